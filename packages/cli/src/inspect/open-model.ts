import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inspectModelDir, type ModelInspection } from "@paddlewheel/inference";
import { findEscapingExternalData, readModelSummary } from "@paddlewheel/onnx";

/**
 * What an ONNX file, or the one of a model folder, declares.
 * @throws Error when there is none, or its weights lie outside its folder.
 */
export async function openModel(path: string): Promise<ModelInspection> {
  const status = await stat(path).catch(() => undefined);
  if (!status) throw new Error(`there is no file or folder ${path}`);
  return status.isDirectory() ? inspectModelDir(path) : inspectFile(path);
}

async function inspectFile(file: string): Promise<ModelInspection> {
  const summary = await readModelSummary(file);
  const faults = await findEscapingExternalData(summary, file);
  if (faults.length > 0) throw new Error(faults.map((fault) => `${file}: ${fault}`).join("\n"));
  const weights = new Set(summary.externalData.map(({ location }) => join(dirname(file), location)));
  const sizes = await Promise.all([file, ...weights].map(async (path) => (await stat(path)).size));
  return { ...summary, file, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
