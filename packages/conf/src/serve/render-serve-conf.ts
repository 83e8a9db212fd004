import { resolve } from "node:path";
import { Code, ServeError } from "@paddlewheel/core";
import { Findings, formatDiagnostic } from "../diagnostic.js";
import type { ConfContext } from "../files/conf-context.js";
import { type ConfFiles, diskFiles } from "../files/conf-files.js";
import { findConfFile } from "../files/find-conf-file.js";
import { readModelConf, renderModelConf } from "../model/model-conf.js";
import { confType } from "../schema/messages.js";
import { type ConfObject, renderPrototxt } from "../text/render-prototxt.js";
import { flagPlace, planServeDag, type ServeNode } from "./serve-dag.js";
import { renderEngine } from "./serve-engine.js";
import type { ServeOptions } from "./serve-options.js";

export interface RenderServeOptions extends ServeOptions {
  /** What relative model folders start from, the process's own working directory by default. */
  readonly cwd?: string;
  readonly files?: ConfFiles;
}

const workflowName = "workflow1";

/** The folder `serve` puts its files in: `{workdir}_{port}`. */
export function serveFolder({ workdir = "workdir", port = 9393 }: ServeOptions): string {
  return `${workdir}_${port}`;
}

/**
 * The conf files Paddle Serving's `serve` writes for the same flags, field for field: text by path inside
 * `{workdir}_{port}`. Reads the models' own conf and writes nothing.
 *
 * A model without serving_server_conf gets an empty general_model file; Paddle Serving refuses such a model.
 * @throws ServeError invalidConf when flags do not go together or a model's conf is wrong.
 */
export function renderServeConf(options: RenderServeOptions): ReadonlyMap<string, string> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const findings = new Findings();
  const files = renderServeFiles(options, { cwd, dir: cwd, files: options.files ?? diskFiles, findings });
  if (!findings.hasFaults) return files;
  throw new ServeError(Code.invalidConf, findings.faults.map(formatDiagnostic).join("\n"));
}

/** As `renderServeConf`, with the faults in the findings of the context. */
export function renderServeFiles(options: ServeOptions, context: ConfContext): ReadonlyMap<string, string> {
  const nodes = planServeDag(options, context.findings);
  const texts = new Map<string, string>();
  const write = (file: string, type: string, message: ConfObject) =>
    texts.set(file, renderPrototxt(confType(type), message));
  write("infer_service.prototxt", "InferServiceConf", inferService(options));
  write("workflow.prototxt", "WorkflowConf", workflow(nodes));
  write("resource.prototxt", "ResourceConf", resource(nodes, options));
  for (const [index, { name, model }] of nodesWithModel(nodes).entries()) {
    const folder = resolve(context.cwd, model);
    checkFolder(folder, model, context);
    const hasParams = context.files.exists(resolve(folder, "__params__"));
    const engine = renderEngine({ name, model, index, hasParams }, options);
    write(`${name}/model_toolkit.prototxt`, "ModelToolkitConf", { engines: [engine] });
    texts.set(`${name}/general_model.prototxt`, generalModel(folder, context));
  }
  return texts;
}

interface ModelNode extends ServeNode {
  readonly model: string;
}

function nodesWithModel(nodes: readonly ServeNode[]): readonly ModelNode[] {
  return nodes.filter((node): node is ModelNode => node.model !== undefined);
}

function checkFolder(folder: string, model: string, { files, findings }: ConfContext): void {
  if (files.isDirectory(folder)) return;
  findings.fault(flagPlace("--model"), `there is no folder "${model}": looked for ${folder}`);
}

function inferService({ port = 9393, name }: ServeOptions): ConfObject {
  const service = { name: "GeneralModelService", workflows: [workflowName], web_service: name };
  return { port, services: [service] };
}

function workflow(nodes: readonly ServeNode[]): ConfObject {
  const chain = nodes.map(({ name, type, address }, i) => {
    const previous = nodes[i - 1];
    return { name, type, address, dependencies: previous ? [{ name: previous.name, mode: "RO" }] : [] };
  });
  return { workflows: [{ name: workflowName, workflow_type: "Sequence", nodes: chain }] };
}

function resource(nodes: readonly ServeNode[], options: ServeOptions): ConfObject {
  const folder = serveFolder(options);
  const models = nodesWithModel(nodes);
  const isCube = nodes.some(({ name }) => /distkv/i.test(name));
  const isQuant = nodes.some(({ name }) => /distkv/i.test(name) && /quant/i.test(name));
  return {
    model_toolkit_path: models.map(() => folder),
    model_toolkit_file: models.map(({ name }) => `${name}/model_toolkit.prototxt`),
    general_model_path: models.map(() => folder),
    general_model_file: models.map(({ name }) => `${name}/general_model.prototxt`),
    cube_config_path: isCube ? folder : undefined,
    cube_config_file: isCube ? "cube.conf" : undefined,
    cube_quant_bits: isQuant ? 8 : undefined,
    auth_product_name: options.productName,
    auth_container_id: options.containerId,
  };
}

function generalModel(folder: string, context: ConfContext): string {
  const path = findConfFile(context, folder, "serving_server_conf");
  const model = path === undefined ? undefined : readModelConf(context, path);
  return model ? renderModelConf(model).prototxt : "";
}
