import { type Fault, type OpRegistry, opTypeName } from "@paddlewheel/core";
import type { OpGraph } from "./op-graph.js";

/** Registers the Op classes of a graph; those that cannot be are faults of their nodes. */
export function registerOps({ opClasses }: OpGraph, registry: OpRegistry): readonly Fault[] {
  return opClasses.flatMap((opClass, i): Fault[] => {
    const type = opTypeName(opClass);
    if (!registry.has(type)) registry.register(opClass);
    if (registry.get(type) === opClass) return [];
    const message = `there is another Op of the type "${type}": give the class ${opClass.name} a static type of its own`;
    return [{ path: ["nodes", i, "type"], message }];
  });
}
