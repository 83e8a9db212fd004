import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PreparedModel } from "../models/prepared-model.js";

/** An engine is found by the name of its node. */
const inferNode = "general_infer_0";

/** What an engine's conf says beyond the model: lines of prototxt, and a name for the folder. */
export interface EngineSettings {
  readonly key: string;
  readonly lines: readonly string[];
}

/** Nothing tuned. */
const defaultSettings: EngineSettings = { key: "conf", lines: [] };

/** Writes the conf folder that serves a model by reader → infer → response, and gives its path. */
export async function writeConf(
  model: PreparedModel,
  settings: EngineSettings = defaultSettings,
): Promise<string> {
  const directory = join(model.directory, "..", `${model.name}-${settings.key}`);
  await mkdir(directory, { recursive: true });
  await writeFile(reloadMark(model), "");
  for (const [file, text] of Object.entries(confFiles(model, directory, settings))) {
    await writeFile(join(directory, file), text);
  }
  return directory;
}

/** File name → prototxt. */
export function confFiles(
  model: PreparedModel,
  directory: string,
  { lines }: EngineSettings = defaultSettings,
): Readonly<Record<string, string>> {
  return {
    "infer_service.prototxt": 'services { name: "GeneralModelService" workflows: "workflow1" }\n',
    "workflow.prototxt": workflow,
    "resource.prototxt": resource(directory),
    "model_toolkit.prototxt": modelToolkit(model, lines),
    "general_model.prototxt": generalModel(model),
  };
}

const workflow = `workflows {
  name: "workflow1"
  workflow_type: "Sequence"
  nodes { name: "general_reader_0" type: "GeneralReaderOp" }
  nodes {
    name: "${inferNode}"
    type: "GeneralInferOp"
    dependencies { name: "general_reader_0" mode: "RO" }
  }
  nodes {
    name: "general_response_0"
    type: "GeneralResponseOp"
    dependencies { name: "${inferNode}" mode: "RO" }
  }
}
`;

function resource(directory: string): string {
  const path = JSON.stringify(directory);
  return `model_toolkit_path: ${path}
model_toolkit_file: "model_toolkit.prototxt"
general_model_path: ${path}
general_model_file: "general_model.prototxt"
`;
}

function modelToolkit(model: PreparedModel, lines: readonly string[]): string {
  return `engines {
  name: "${inferNode}"
  type: "ONNX"
  reloadable_meta: ${JSON.stringify(reloadMark(model))}
  reloadable_type: "timestamp_ne"
  model_dir: ${JSON.stringify(model.directory)}
${lines.map((line) => `  ${line}\n`).join("")}}
`;
}

/** The file a server watches for a new model. */
function reloadMark({ directory }: PreparedModel): string {
  return join(directory, "fluid_time_file");
}

function generalModel({ inputName, outputName, inputShape, outputShape }: PreparedModel): string {
  return `${modelVar({ field: "feed_var", typeField: "feed_type", name: inputName, shape: inputShape })}
${modelVar({ field: "fetch_var", typeField: "fetch_type", name: outputName, shape: outputShape })}
`;
}

interface ModelVar {
  readonly field: string;
  readonly typeField: string;
  readonly name: string;
  readonly shape: readonly number[];
}

/** Type 1 is float32; the shape in conf leaves the batch axis out. */
function modelVar({ field, typeField, name, shape }: ModelVar): string {
  const sizes = shape.slice(1).map((size) => `  shape: ${size}`);
  return [
    `${field} {`,
    `  name: ${JSON.stringify(name)}`,
    `  alias_name: ${JSON.stringify(name)}`,
    `  ${typeField}: 1`,
    ...sizes,
    "}",
  ].join("\n");
}
