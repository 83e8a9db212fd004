import { join } from "node:path";
import type { EngineConf } from "@paddlewheel/core";
import type { ServerConf } from "../check-server-conf.js";
import { modelMessage } from "../model/model-conf.js";
import type { ConfObject } from "../text/render-prototxt.js";
import type { Notation } from "../text/tree.js";
import { renderInferServiceConf } from "./render-infer-service-conf.js";
import { renderMessage } from "./render-message.js";
import { renderModelToolkitConf } from "./render-model-toolkit-conf.js";
import { renderWorkflowConf } from "./render-workflow-conf.js";

export interface RenderServerConfOptions {
  /** Default `prototxt`. */
  readonly format?: Notation;
  /**
   * Folder the files are for, as the resource file is to name it. Without, it names its files alone: they are found in
   * the conf folder, unless the working directory of the server has files of these names.
   */
  readonly dir?: string;
}

/**
 * The conf set of a valid configuration: text by path inside its folder, defaults left out. Reading it gives the same
 * configuration, with one exception: an engine without `model` takes the serving_server_conf of its folder, if there is
 * one. Writes nothing.
 * @throws ServeError invalidConf for a value of `config` that the format has no form for.
 */
export function renderServerConf(
  conf: ServerConf,
  { format = "prototxt", dir = "" }: RenderServerConfOptions = {},
): ReadonlyMap<string, string> {
  const { services, workflows, engines, port, opModules } = conf;
  const files = new Map([
    [`infer_service.${format}`, renderInferServiceConf(services, { port, format })],
    [`workflow.${format}`, renderWorkflowConf(workflows, format, opModules)],
  ]);
  if (engines.length === 0) return files;
  const parts = engines.map((engine, i) => engineFiles(engine, engines.length > 1 ? `_${i}` : "", format));
  files.set(`resource.${format}`, renderMessage("ResourceConf", resourceMessage(parts, dir), format));
  for (const { toolkit, generalModel } of parts) {
    files.set(toolkit.file, toolkit.text);
    files.set(generalModel.file, generalModel.text);
  }
  return files;
}

interface EngineFiles {
  readonly toolkit: { readonly file: string; readonly text: string };
  readonly generalModel: { readonly file: string; readonly text: string };
}

/** An engine needs a toolkit of its own, as all engines of a toolkit share one general_model file. */
function engineFiles(engine: EngineConf, suffix: string, format: Notation): EngineFiles {
  const model = engine.model ? modelMessage(engine.model) : {};
  return {
    toolkit: {
      file: `model_toolkit${suffix}.${format}`,
      text: renderModelToolkitConf([engine], format),
    },
    generalModel: {
      file: `general_model${suffix}.${format}`,
      text: renderMessage("GeneralModelConfig", model, format),
    },
  };
}

function resourceMessage(parts: readonly EngineFiles[], dir: string): ConfObject {
  return {
    model_toolkit_file: parts.map(({ toolkit }) => join(dir, toolkit.file)),
    general_model_file: parts.map(({ generalModel }) => join(dir, generalModel.file)),
  };
}
