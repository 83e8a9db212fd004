export type OnnxRuntime = typeof import("onnxruntime-node");

/**
 * ONNX Runtime, imported by the thread that needs it and only then: a native library may fail to load, and a process
 * that runs no model must not depend on it.
 * @throws Error that names the platform and the loader's own reason.
 */
export async function loadRuntime(
  importRuntime: () => Promise<OnnxRuntime> = () => import("onnxruntime-node"),
): Promise<OnnxRuntime> {
  try {
    const runtime = await importRuntime();
    // It prints failures by itself, and each of them arrives here as an error too.
    runtime.env.logLevel = "fatal";
    return runtime;
  } catch (thrown) {
    const [reason = ""] = String(thrown instanceof Error ? thrown.message : thrown).split("\n");
    throw new Error(
      `onnxruntime-node cannot be loaded on ${process.platform} ${process.arch} with Node.js ${process.versions.node}: ${reason}`,
      { cause: thrown },
    );
  }
}
