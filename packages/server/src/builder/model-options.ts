import { join, resolve } from "node:path";
import {
  defaultEngineConf,
  type EngineConf,
  type Fault,
  nearestNameHint,
  ReloadableType,
} from "@paddlewheel/core";
import { graphPlace } from "./builder-place.js";
import type { OpGraph } from "./op-graph.js";

/**
 * The models of a server: one folder, folders in the order of the nodes that run a model, or folders by engine name,
 * which is the name of the node. Relative paths start from the working directory of the process.
 */
export type ModelConfig = string | readonly string[] | Readonly<Record<string, string | ModelOptions>>;

/** A model and how its engine runs it; what is left out is as `paddlewheel serve` has it. */
export interface ModelOptions extends Partial<Omit<EngineConf, "name" | "modelDir" | "model">> {
  /** Folder of the model. */
  readonly modelDir: string;
}

/** Values for all models of a server, used in turn in the order of the nodes. */
export interface EngineDefaults {
  readonly runtimeThreadNum: readonly number[];
  readonly batchInferSize: readonly number[];
}

export interface PlannedEngines {
  /** Their `model` is still to be read from their folder. */
  readonly engines: readonly EngineConf[];
  /** Each with its whole place as its path. */
  readonly faults: readonly Fault[];
}

/** Gives models to the nodes that run one. Source: Paddle Serving, python/paddle_serving_server/server.py. */
export function planEngines(
  models: ModelConfig,
  graphs: readonly OpGraph[],
  defaults: EngineDefaults,
): PlannedEngines {
  const nodes = engineNodes(graphs);
  const names = [...new Set(nodes.map(({ name }) => name))];
  const isListed = typeof models === "string" || isList(models);
  const folders = isListed ? [models].flat() : [];
  if (isListed && folders.length !== names.length && folders.length > 0) {
    return { engines: [], faults: [countFault(folders, names)] };
  }
  const byName = isListed
    ? new Map(folders.map((folder, i) => [names[i] ?? "", folder]))
    : new Map(Object.entries(models));
  return {
    engines: [...byName].map(([name, model], index) => engineConf({ name, model, index }, defaults)),
    faults: nodes.filter(({ name }) => !byName.has(name)).map((node) => missingFault(node, byName.keys())),
  };
}

interface EngineNode {
  readonly name: string;
  readonly type: string;
  readonly place: string;
}

function engineNodes(graphs: readonly OpGraph[]): readonly EngineNode[] {
  return graphs.flatMap(({ conf, opClasses }) =>
    conf.nodes.flatMap(({ name, type }, i) =>
      opClasses[i]?.needsEngine ? [{ name, type, place: graphPlace(conf, ["nodes", i]) }] : [],
    ),
  );
}

function isList(models: ModelConfig): models is readonly string[] {
  return Array.isArray(models);
}

function countFault(folders: readonly string[], names: readonly string[]): Fault {
  const wanted = names.map((name) => `"${name}"`).join(", ") || "none";
  const message = `has ${folders.length} folders for the nodes that run a model, ${wanted}: give one folder for each, or name them, { node: folder }`;
  return { path: ["loadModelConfig"], message };
}

function missingFault({ name, type, place }: EngineNode, given: Iterable<string>): Fault {
  const hint = nearestNameHint(name, given) || `: call loadModelConfig({ ${JSON.stringify(name)}: folder })`;
  return { path: [place], message: `${type} runs the model of its node's name, which has no folder${hint}` };
}

interface NamedModel {
  readonly name: string;
  readonly model: string | ModelOptions;
  readonly index: number;
}

/** The defaults are those of conf, and what `serve` writes: a change of `fluid_time_file` announces a new model. */
function engineConf({ name, model, index }: NamedModel, defaults: EngineDefaults): EngineConf {
  const { modelDir: folder, ...options } = typeof model === "string" ? { modelDir: model } : model;
  const modelDir = resolve(folder);
  return {
    ...defaultEngineConf,
    name,
    type: "PADDLE_INFER",
    modelDir,
    reloadableMeta: join(modelDir, "fluid_time_file"),
    reloadableType: ReloadableType.timestampNe,
    runtimeThreadNum: inTurn(defaults.runtimeThreadNum, index) ?? defaultEngineConf.runtimeThreadNum,
    batchInferSize: inTurn(defaults.batchInferSize, index) ?? defaultEngineConf.batchInferSize,
    ...options,
    model: undefined,
  };
}

function inTurn(values: readonly number[], index: number): number | undefined {
  return values[index % values.length];
}
