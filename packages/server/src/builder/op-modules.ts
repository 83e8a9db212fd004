import { fileURLToPath } from "node:url";
import { type Fault, invalidConf, type OpClass } from "@paddlewheel/core";
import { graphPlace } from "./builder-place.js";
import { isBuiltIn } from "./built-in-ops.js";
import type { OpGraph } from "./op-graph.js";

/**
 * The modules that conf has to name under `ops`, so that whoever reads it has the Ops of these graphs: absolute paths.
 * @throws ServeError invalidConf naming each node whose class does not say which file it is from.
 */
export function opModulesOf(graphs: readonly OpGraph[]): readonly string[] {
  const nodes = graphs.flatMap(({ conf, opClasses }) =>
    opClasses.map((opClass, i) => ({ opClass, place: graphPlace(conf, ["nodes", i]) })),
  );
  const own = nodes.filter(({ opClass }) => !isBuiltIn(opClass));
  const faults = own.flatMap(({ opClass, place }): Fault[] => {
    if (fileOf(opClass) !== undefined) return [];
    const message = `conf cannot name the Op ${opClass.name}: give the class "static readonly module = import.meta.url", and export it from that file`;
    return [{ path: [place], message }];
  });
  if (faults.length > 0) throw invalidConf(faults);
  return [...new Set(own.flatMap(({ opClass }) => fileOf(opClass) ?? []))];
}

function fileOf({ module }: OpClass): string | undefined {
  return module?.startsWith("file:") ? fileURLToPath(module) : undefined;
}
