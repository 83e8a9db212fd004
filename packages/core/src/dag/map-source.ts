import { type NodeConf, startupOp } from "./workflow-conf.js";

/** What a map runs over. */
export interface MapSource {
  /** Name of the dependency whose items replace it, one in each run. */
  readonly dependency: string;
  /** Name of the list in its output, or of the tensor; undefined when the output itself is what has items. */
  readonly field: string | undefined;
}

/**
 * Reads `dependency` or `dependency.field`. Node names may have dots: the longest name that fits is meant. Undefined when
 * the text begins with no declared dependency, nor with the request, which every node may read.
 */
export function parseMapSource(text: string, node: NodeConf): MapSource | undefined {
  const names = [startupOp, ...node.dependencies.map(({ name }) => name)];
  const [dependency] = names
    .filter((name) => text === name || (text.startsWith(`${name}.`) && text.length > name.length + 1))
    .sort((a, b) => b.length - a.length);
  if (dependency === undefined) return undefined;
  const field = text.slice(dependency.length + 1);
  return { dependency, field: field === "" ? undefined : field };
}
