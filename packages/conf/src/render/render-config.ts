import { Code, type NodeConf, quoteValue, ServeError } from "@paddlewheel/core";
import type { ConfObject } from "../text/render-prototxt.js";
import type { Notation } from "../text/tree.js";

/** Levels of lists and objects in a value, far fewer than a file may have; without a limit a cycle would never end. */
const maxDepth = 32;

/** The options of a node as a format can hold them. */
export function renderConfig({ name, config }: NodeConf, format: Notation): ConfObject {
  for (const [key, value] of Object.entries(config)) {
    const fault = faultOf(value, format);
    if (fault === undefined) continue;
    throw new ServeError(Code.invalidConf, `node "${name}" config[${quoteValue(key)}]: ${fault}`);
  }
  return config;
}

function faultOf(value: unknown, format: Notation): string | undefined {
  if (!isData(value, 0)) {
    return `must be text, a number, a bool, null, or lists and objects of these up to ${maxDepth} levels`;
  }
  if (format === "yaml" || (typeof value !== "object" && value !== null)) return undefined;
  return `${quoteValue(value)} has no form in prototxt, where values are text: write YAML`;
}

function isData(value: unknown, depth: number): boolean {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return true;
  if (value === null) return true;
  if (typeof value !== "object" || depth === maxDepth) return false;
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  return isPlain && Object.values(value).every((item) => isData(item, depth + 1));
}
