import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { patchFile } from "@paddlewheel/onnx";

/** The file a folder's model is in when there are several. */
const preferredFile = "model.onnx";

/**
 * The ONNX file of a model folder: `model.onnx`, or the only file that ends in `.onnx`.
 * @throws Error when there is none, with the way to convert a Paddle model when there is one; or when it is unclear
 * which.
 */
export async function findOnnxFile(modelDir: string): Promise<string> {
  const files = await listModelFolder(modelDir);
  const found = pickModel(modelDir, files, ".onnx");
  if (found !== undefined) return found;
  throw new Error(missingModel(modelDir, files));
}

/**
 * The file with this ending that is called `model`, or the only one; undefined when there is none.
 * @throws Error when it is unclear which.
 */
export function pickModel(modelDir: string, files: readonly string[], ending: string): string | undefined {
  const preferred = `model${ending}`;
  const models = files.filter((name) => name.endsWith(ending));
  const [only, ...others] = models.includes(preferred) ? [preferred] : models;
  if (only === undefined || others.length === 0) return only && join(modelDir, only);
  throw new Error(`${modelDir} has several models: ${models.join(", ")}; name the one to serve ${preferred}`);
}

/** @throws Error that says why the folder cannot be read. */
export async function listModelFolder(modelDir: string): Promise<string[]> {
  try {
    return (await readdir(modelDir)).sort();
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT") throw new Error(`there is no model folder ${modelDir}`);
    if (code === "ENOTDIR")
      throw new Error(`${modelDir} is a file; model_dir must be the folder of the model`);
    throw new Error(`the model folder ${modelDir} cannot be read (${String(code)})`, { cause: thrown });
  }
}

function missingModel(modelDir: string, files: readonly string[]): string {
  const sealed = files.find((name) => name.endsWith(".onnx.enc"));
  if (sealed !== undefined) {
    return `${modelDir}: ${sealed} is encrypted: write encrypted_model: true for its engine, or paddlewheel decrypt it`;
  }
  if (files.includes(patchFile)) return `${modelDir} holds a patch of a model: paddlewheel patch applies it`;
  const program = files.find(isPaddleProgram);
  if (program === undefined) {
    return `${modelDir} has no model: expected ${preferredFile}, or one other file that ends in .onnx`;
  }
  const params = files.find(isPaddleParams) ?? "PARAMS_FILE";
  return (
    `${modelDir} has a Paddle model (${program}), which must be converted to ONNX first: ` +
    `paddle2onnx --model_dir ${modelDir} --model_filename ${program} --params_filename ${params} ` +
    `--save_file ${join(modelDir, preferredFile)}`
  );
}

/** Compat: the endings by which Paddle Serving finds the program; newer Paddle writes it as JSON. */
function isPaddleProgram(name: string): boolean {
  return name === "__model__" || name === "model" || name === "inference.json" || name.endsWith(".pdmodel");
}

function isPaddleParams(name: string): boolean {
  return name === "__params__" || name === "params" || name.endsWith(".pdiparams");
}
