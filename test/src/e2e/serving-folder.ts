import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ServedModel {
  /** Bytes of the .onnx file. */
  readonly model: Uint8Array;
  /** Also answer `POST /{webService}/prediction`. */
  readonly webService?: string;
  /** Further fields of the engine, as prototxt. */
  readonly engine?: string;
  /** More engines of the same model, which no node runs: only loading them takes time. Default 0. */
  readonly idleEngines?: number;
}

/** Name of the engine, and so of the node, that runs the model. */
export const engineName = "model";

/**
 * Writes the conf set and the model of a server with one model into a folder of its own, as its user would by hand.
 * Gives the folder, which holds nothing else; whoever called removes it.
 */
export async function writeServingFolder(served: ServedModel): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "paddlewheel-"));
  await mkdir(join(dir, "model"));
  await writeFile(join(dir, "model", "model.onnx"), served.model);
  for (const [file, text] of confFiles(dir, served)) await writeFile(join(dir, file), text);
  return dir;
}

export async function removeServingFolder(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}

function confFiles(dir: string, served: ServedModel): readonly (readonly [string, string])[] {
  const { webService, engine = "", idleEngines = 0 } = served;
  const web = webService === undefined ? "" : `web_service: "${webService}"`;
  const names = [engineName, ...Array.from({ length: idleEngines }, (_, i) => `idle_${i}`)];
  const modelDir = join(dir, "model");
  const engines = names.map(
    (name) =>
      `engines { name: "${name}" type: "ONNX" model_dir: "${modelDir}" reloadable_type: "none" ${engine} }`,
  );
  return [
    ["infer_service.prototxt", `services { name: "GeneralModelService" workflows: "workflow1" ${web} }`],
    ["workflow.prototxt", workflow],
    ["resource.prototxt", `model_toolkit_path: "${dir}" model_toolkit_file: "model_toolkit.prototxt"`],
    ["model_toolkit.prototxt", engines.join("\n")],
  ];
}

const workflow = `workflows {
  name: "workflow1"
  workflow_type: "Sequence"
  nodes { name: "reader" type: "GeneralReaderOp" }
  nodes { name: "${engineName}" type: "GeneralInferOp" dependencies { name: "reader" mode: "RO" } }
  nodes { name: "response" type: "GeneralResponseOp" dependencies { name: "${engineName}" mode: "RO" } }
}`;
