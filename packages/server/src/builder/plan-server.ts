import { isDeepStrictEqual } from "node:util";
import type { ServerConf } from "@paddlewheel/conf";
import { type Fault, type FieldPath, invalidConf, type MergerRegistry } from "@paddlewheel/core";
import { knownNames, type Registries } from "../registries.js";
import { graphPlace } from "./builder-place.js";
import { type CheckedConf, checkBuiltConf } from "./check-built-conf.js";
import { type EngineDefaults, type ModelConfig, planEngines } from "./model-options.js";
import type { OpGraph } from "./op-graph.js";
import { registerOps } from "./register-ops.js";
import { graphsOf, type ServiceOptions, serviceConf } from "./service-options.js";

/** What a server is built of. */
export interface ServerParts {
  readonly port: number;
  readonly services: readonly ServiceOptions[];
  readonly models: ModelConfig;
  readonly engineDefaults: EngineDefaults;
}

export interface PlannedServer extends CheckedConf {
  readonly graphs: readonly OpGraph[];
}

/**
 * The configuration of a server, checked as conf is. Registers the Op classes of its nodes, and its mergers.
 * @throws ServeError invalidConf with a line for each fault that names the service, graph, node or engine.
 */
export function planServer(parts: ServerParts, registries: Registries): PlannedServer {
  const { port, services } = parts;
  const graphs = distinct(services.flatMap(graphsOf));
  const { engines, faults } = planEngines(parts.models, graphs, parts.engineDefaults);
  const all = [
    ...services.flatMap((service) => registerMerger(service, registries.mergers)),
    ...services.flatMap((service, i) => duplicateService(service, services.slice(0, i))),
    ...graphs.flatMap((graph, i) => duplicateGraph(graph, graphs.slice(0, i))),
    ...graphs.flatMap((graph) => placed(graph, registerOps(graph, registries.ops))),
    ...faults,
  ];
  if (services.length === 0)
    all.push(at("server", "has no service: call setOpSequence, setOpGraph or addService"));
  if (all.length > 0) throw invalidConf(all);
  const built: ServerConf = {
    // 0 is any free port, which conf cannot ask for.
    port: port === 0 ? undefined : port,
    services: services.map(serviceConf),
    workflows: graphs.map(({ conf }) => conf),
    engines,
    opModules: [],
  };
  return { ...checkBuiltConf(built, knownNames(registries)), graphs };
}

/** A maker gives a new graph each time it is asked, and the same one counts once. */
function distinct(graphs: readonly OpGraph[]): readonly OpGraph[] {
  return graphs.filter((graph, i) => graphs.findIndex((other) => isSame(other, graph)) === i);
}

function isSame(a: OpGraph, b: OpGraph): boolean {
  return a === b || (isDeepStrictEqual(a.conf, b.conf) && isDeepStrictEqual(a.opClasses, b.opClasses));
}

function duplicateGraph({ conf }: OpGraph, earlier: readonly OpGraph[]): readonly Fault[] {
  if (!earlier.some((other) => other.conf.name === conf.name)) return [];
  return [at(graphPlace(conf, []), "another graph of the server has this name: give its maker another")];
}

function duplicateService(service: ServiceOptions, earlier: readonly ServiceOptions[]): readonly Fault[] {
  const { name } = serviceConf(service);
  if (!earlier.some((other) => serviceConf(other).name === name)) return [];
  return [at(`service "${name}"`, "is there twice: one service takes several workflows")];
}

/** Of a merger given by name, the check of conf tells whether there is one. */
function registerMerger(service: ServiceOptions, mergers: MergerRegistry): readonly Fault[] {
  const { merger } = service;
  if (merger === undefined || typeof merger === "string") return [];
  if (![...mergers.names()].includes(merger.name)) mergers.register(merger);
  if (mergers.get(merger.name) === merger) return [];
  const place = `service "${serviceConf(service).name}" merger`;
  return [at(place, `there is another merger named "${merger.name}": give this one a name of its own`)];
}

function placed({ conf }: OpGraph, faults: readonly Fault[]): readonly Fault[] {
  return faults.map(({ path, message }) => at(graphPlace(conf, path), message));
}

function at(place: string, message: string): Fault {
  const path: FieldPath = [place];
  return { path, message };
}
