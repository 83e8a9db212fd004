import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PreparedModel } from "../models/prepared-model.js";
import type { Workload } from "../workloads/workload.js";

/** An engine is found by the name of its node. */
const inferNode = "general_infer_0";

/** Writes the conf folder that serves a workload, and gives its path. */
export async function writeConf(
  workload: Workload,
  key: string,
  engineLines: readonly string[],
): Promise<string> {
  const directory = join(workload.directory, `${workload.name}-${key}`);
  await mkdir(directory, { recursive: true });
  if (workload.kind === "model") await writeFile(reloadMark(workload), "");
  for (const [file, text] of Object.entries(confFiles(workload, directory, engineLines))) {
    await writeFile(join(directory, file), text);
  }
  return directory;
}

/** File name → prototxt. */
export function confFiles(
  workload: Workload,
  directory: string,
  engineLines: readonly string[] = [],
): Readonly<Record<string, string>> {
  const { name } = workload.service;
  const files = {
    "infer_service.prototxt": `services { name: "${name.slice(name.lastIndexOf(".") + 1)}" workflows: "workflow1" }\n`,
    "workflow.prototxt": workflow(chains[workload.kind]),
  };
  if (workload.kind !== "model") return files;
  return {
    ...files,
    "resource.prototxt": resource(directory),
    "model_toolkit.prototxt": modelToolkit(workload, engineLines),
    "general_model.prototxt": generalModel(workload),
  };
}

interface ChainNode {
  readonly name: string;
  readonly type: string;
}

const reader: ChainNode = { name: "general_reader_0", type: "GeneralReaderOp" };
const response: ChainNode = { name: "general_response_0", type: "GeneralResponseOp" };

/** The Ops that answer, each after the one before. */
const chains: Readonly<Record<Workload["kind"], readonly ChainNode[]>> = {
  model: [reader, { name: inferNode, type: "GeneralInferOp" }, response],
  echo: [{ name: "echo_0", type: "CommonEchoOp" }],
  image: [reader, { name: "first_element_0", type: "FirstElementOp" }, response],
};

function workflow(chain: readonly ChainNode[]): string {
  const nodes = chain.map(({ name, type }, i) => {
    const before = chain[i - 1];
    const dependency = before ? `    dependencies { name: "${before.name}" mode: "RO" }\n` : "";
    return `  nodes {\n    name: "${name}"\n    type: "${type}"\n${dependency}  }\n`;
  });
  return `workflows {\n  name: "workflow1"\n  workflow_type: "Sequence"\n${nodes.join("")}}\n`;
}

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
  model_dir: ${JSON.stringify(model.modelDirectory)}
${lines.map((line) => `  ${line}\n`).join("")}}
`;
}

/** The file a server watches for a new model. */
function reloadMark({ modelDirectory }: PreparedModel): string {
  return join(modelDirectory, "fluid_time_file");
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
