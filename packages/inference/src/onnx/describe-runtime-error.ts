/** Characters of a message that are looked at: an operator may quote whole shapes and lists. */
const maxLength = 2048;

const failedNode = /^Non-zero status code returned while running (\S+) node\. Name:'.*?' Status Message: /s;
const failedLoad = /^Load model from .*? failed: ?/s;
const sourceLocation = /\S*\.(?:cc|cpp|h|hpp):\d+ /g;
const cppSignature = /[\w*&:<>, ]*::[~\w]+\([^()]*\)(?: const)?(?: \[with [^\]]*\])? /;
const path = /(?:\/[\w.+-]+){2,}/g;

/**
 * What ONNX Runtime says, on one line and without what concerns only those who built the runtime or the model: places
 * in C++ sources, paths of nodes and files. `Non-zero status code … running MatMul node …` becomes `MatMul: …`.
 */
export function describeRuntimeError(thrown: unknown): string {
  const raw = (thrown instanceof Error ? thrown.message : String(thrown)).slice(0, maxLength);
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
