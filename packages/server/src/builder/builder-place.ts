import { type FieldPath, formatFieldPath } from "@paddlewheel/core";

/** Steps of conf that builders have another word for. */
const builderWords: ReadonlyMap<string, string> = new Map([
  ["dependencies", "inputs"],
  ["workflow_type", "type"],
  ["request_field_key", "workflowMap.requestField"],
  ["value_mapped_workflows", "workflowMap.workflows"],
]);

/** A place inside a workflow of conf, in the words of builders: `graph "rank" node "top" config.k`. */
export function graphPlace(graph: GraphNames, path: FieldPath): string {
  const [top, index, ...inNode] = path;
  const node = top === "nodes" && typeof index === "number" ? graph.nodes[index] : undefined;
  const thing = node ? `graph "${graph.name}" node "${node.name}"` : `graph "${graph.name}"`;
  return placeIn(thing, node ? inNode : path);
}

export interface GraphNames {
  readonly name: string;
  readonly nodes: readonly { readonly name: string }[];
}

/** A field of a thing that has a name; the list of nodes itself is the graph. */
export function placeIn(thing: string, path: FieldPath): string {
  const isWhole = path.length === 0 || (path.length === 1 && path[0] === "nodes");
  return isWhole ? thing : `${thing} ${formatFieldPath(builderPath(path))}`;
}

/** What a node takes in has no fields but its mode. */
function builderPath(path: FieldPath): FieldPath {
  const isInputName = path[0] === "dependencies" && path[2] === "name";
  return (isInputName ? path.slice(0, 2) : path).map((step) =>
    typeof step === "number" ? step : (builderWords.get(step) ?? camelCase(step)),
  );
}

function camelCase(field: string): string {
  return field.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
