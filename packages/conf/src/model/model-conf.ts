import { join, resolve } from "node:path";
import { Code, elemTypeOf, type ModelConf, type ModelVarConf, ServeError } from "@paddlewheel/core";
import { Findings, formatDiagnostic } from "../diagnostic.js";
import { type ConfContext, readConfFile } from "../files/conf-context.js";
import { type ConfFiles, diskFiles, overlayFiles } from "../files/conf-files.js";
import { findConfFile } from "../files/find-conf-file.js";
import { resolveModel } from "../resolve/resolve-model.js";
import { confType } from "../schema/messages.js";
import { type ConfObject, renderPrototxt } from "../text/render-prototxt.js";

export interface LoadModelConfOptions {
  /** A file, or the folder of a model. */
  readonly path: string;
  /** Without extension: which file of the folder. */
  readonly name: "serving_server_conf" | "serving_client_conf";
  /** What a relative path starts from, the process's own working directory by default. */
  readonly cwd?: string;
  readonly files?: ConfFiles;
}

/**
 * Reads the names and shapes of a model, from prototxt or YAML.
 * @throws ServeError invalidConf with one line for each fault.
 */
export function loadModelConf(options: LoadModelConfOptions): ModelConf {
  const cwd = resolve(options.cwd ?? process.cwd());
  const path = resolve(cwd, options.path);
  const context = { cwd, dir: path, files: options.files ?? diskFiles, findings: new Findings() };
  return orThrow(context, readModelConf(context, path, options.name));
}

/**
 * Reads the text of a general_model, serving_server_conf or serving_client_conf file.
 * @param file its name, for messages; one that ends in .yaml or .yml is read as YAML
 * @throws ServeError invalidConf with one line for each fault.
 */
export function parseModelConf(text: string, file: string): ModelConf {
  const cwd = resolve(".");
  const path = resolve(cwd, file);
  const context = { cwd, dir: cwd, files: overlayFiles(new Map([[path, text]])), findings: new Findings() };
  return orThrow(context, readModelConf(context, path));
}

/**
 * Reads a file, or the file `name` of a folder; undefined, with a fault, when there is no model conf in it.
 */
export function readModelConf(context: ConfContext, path: string, name?: string): ModelConf | undefined {
  const isFolder = name !== undefined && context.files.isDirectory(path);
  const file = isFolder ? (findConfFile(context, path, name) ?? join(path, `${name}.prototxt`)) : path;
  const section = readConfFile(context, file, "GeneralModelConfig");
  const model = section && resolveModel(section, context.findings);
  if (section?.isWhole && !model) {
    context.findings.fault(section.place, "names no feed_var and no fetch_var");
  }
  return model;
}

function orThrow({ findings }: ConfContext, model: ModelConf | undefined): ModelConf {
  if (model && !findings.hasFaults) return model;
  throw new ServeError(Code.invalidConf, findings.faults.map(formatDiagnostic).join("\n"));
}

/** A model's conf as Paddle Serving's tools write it. */
export interface RenderedModelConf {
  /** Of `serving_server_conf.prototxt`: what Python's `str(message)` gives. */
  readonly prototxt: string;
  /** Of `serving_server_conf.stream.prototxt`: the binary message, is_lod_tensor and type always present. */
  readonly stream: Uint8Array;
}

/** The files of a model's conf; the server's and the client's have the same content. */
export function renderModelConf(model: ModelConf): RenderedModelConf {
  const type = confType("GeneralModelConfig");
  const message = modelMessage(model);
  return { prototxt: renderPrototxt(type, message), stream: type.encode(type.create(message)).finish() };
}

/** A model's conf as the message GeneralModelConfig, nothing left out. */
export function modelMessage(model: ModelConf): ConfObject {
  return {
    feed_var: model.feedVars.map((feed) => varMessage(feed, "feed_type")),
    fetch_var: model.fetchVars.map((fetch) => varMessage(fetch, "fetch_type")),
  };
}

function varMessage(variable: ModelVarConf, typeField: string): ConfObject {
  return {
    name: variable.name,
    alias_name: variable.aliasName,
    is_lod_tensor: variable.isLodTensor,
    [typeField]: elemTypeOf(variable.dtype),
    shape: variable.shape,
  };
}
