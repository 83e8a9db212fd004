import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findEscapingExternalData, type ModelSummary, readModelSummary } from "@paddlewheel/onnx";
import { isServable, servableTypes } from "./servable-types.js";

/**
 * Reads what a model file declares and refuses what must not be loaded: weights outside the model's folder, which
 * would let a model give away any file of the host, and inputs or outputs that cannot be served.
 * @throws Error with every reason.
 */
export async function readOnnxModel(file: string): Promise<ModelSummary> {
  const summary = await readModelSummary(file);
  const faults = [...(await findEscapingExternalData(summary, file)), ...unservableValues(summary)];
  if (faults.length > 0) throw new Error(`${file}: ${faults.join("; ")}`);
  return summary;
}

/** The files of a model: its own, and those its weights lie in. */
export function modelFiles(file: string, { externalData }: ModelSummary): readonly string[] {
  const weights = externalData.map(({ location }) => join(dirname(file), location));
  return [...new Set([file, ...weights])];
}

/** Bytes of a model on disk. */
export async function modelBytes(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function unservableValues({ inputs, outputs }: ModelSummary): string[] {
  const describe = (side: string) => (value: { name: string; dtype: string }) =>
    `${side} "${value.name}" is ${value.dtype}, which cannot be served; what can: ${servableTypes.join(", ")}`;
  const isRefused = ({ dtype }: { dtype: string }) => !isServable(dtype);
  return [
    ...inputs.filter(isRefused).map(describe("input")),
    ...outputs.filter(isRefused).map(describe("output")),
  ];
}
