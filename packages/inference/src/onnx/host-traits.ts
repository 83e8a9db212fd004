import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { arch, cpus, platform } from "node:os";

const { version: runtimeVersion } = createRequire(import.meta.url)("onnxruntime-node/package.json") as {
  version: string;
};

/**
 * What an optimised graph depends on beside the model: packed weights are laid out for one kind of processor by one
 * version of the runtime.
 */
export async function hostTraits(cpuInfo = "/proc/cpuinfo"): Promise<string> {
  const info = await readFile(cpuInfo, "utf8").catch(() => "");
  // `flags` on x86, `Features` on arm64; elsewhere the name of the processor has to do.
  const features = /^(?:flags|Features)\s*:\s*(.+)$/m.exec(info)?.[1] ?? cpus()[0]?.model ?? "unknown";
  return JSON.stringify([`onnxruntime-node ${runtimeVersion}`, platform(), arch(), features]);
}
