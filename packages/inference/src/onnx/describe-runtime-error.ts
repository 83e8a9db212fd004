/** Characters of a message that are looked at: an operator may quote whole shapes and lists. */
const maxLength = 2048;

const failedNode = /^Non-zero status code returned while running (\S+) node\. Name:'.*?' Status Message: /s;
const failedLoad = /^Load model from .*? failed: ?/s;
const sourceLocation = /\S*\.(?:cc|cpp|h|hpp):\d+ /g;
const cppSignature = /[\w*&:<>, ]*::[~\w]+\([^()]*\)(?: const)?(?: \[with [^\]]*\])? /;
const path = /(?:\/[\w.+-]+){2,}/g;

const missingLibrary = /^OrtSessionOptionsAppendExecutionProvider_(\w+): Failed to load shared library/;
const missingProvider = /^no available backend found\. ERR: \[([^\]]*)\] backend not found/;

/**
 * What is missing when an execution provider is; undefined when something else is wrong. Source: the install script of
 * onnxruntime-node 1.30, which fetches the binaries for CUDA on Linux x64 only.
 */
function describeMissingProvider(raw: string): string | undefined {
  const cpu = 'or run the model on the CPU: execution_providers: "cpu"';
  const library = missingLibrary.exec(raw)?.[1]?.toLowerCase();
  if (library !== undefined) {
    const also = library === "tensorrt" ? ", TensorRT 10" : "";
    return (
      `the execution provider ${library} is not installed: install CUDA 12, cuDNN 9${also} and the binaries for them, ` +
      `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node, ${cpu}`
    );
  }
  const provider = missingProvider.exec(raw)?.[1];
  return provider && `ONNX Runtime has no execution provider ${provider} on this platform: remove it, ${cpu}`;
}

/**
 * What ONNX Runtime says, on one line and without what concerns only those who built the runtime or the model: places
 * in C++ sources, paths of nodes and files. `Non-zero status code … running MatMul node …` becomes `MatMul: …`.
 */
export function describeRuntimeError(thrown: unknown): string {
  const raw = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, maxLength);
  const missing = describeMissingProvider(raw);
  if (missing !== undefined) return missing;
  const [prefix = "", operator] = failedNode.exec(raw) ?? [];
  const text = raw
    .slice(prefix.length)
    .replace(failedLoad, "")
    .replace(sourceLocation, "")
    .replace(cppSignature, "")
    .replace(path, "…")
    .replace(/\s+/g, " ")
    .trim();
  return operator === undefined ? text : `${operator}: ${text}`;
}
