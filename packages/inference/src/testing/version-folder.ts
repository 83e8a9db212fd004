import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { linearModel } from "@paddlewheel/onnx";

/** A model that answers `x + bias`, so that an answer tells which model gave it. */
export function biasModel(bias: number): Uint8Array {
  return linearModel({ weights: [1], bias, fetchName: "y" });
}

/** Puts a file where it belongs in one step, as a careful writer does. */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/** Puts a whole version into a model folder in one step. */
export async function addVersion(modelDir: string, version: number, bias: number): Promise<void> {
  const staged = join(modelDir, `staged-${version}`);
  await rm(staged, { recursive: true, force: true });
  await replaceFile(join(staged, "model.onnx"), biasModel(bias));
  await rename(staged, join(modelDir, String(version)));
}
