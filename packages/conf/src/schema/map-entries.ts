import { Field, type MapField } from "protobufjs";
import type { Findings, Place } from "../diagnostic.js";
import type { TreeField, TreeMessage, TreeValue } from "../text/tree.js";
import { keyPlace } from "./key-place.js";
import { readScalar } from "./scalar.js";

/** Map fields whose values YAML may write as it likes: numbers, lists, mappings. */
const freeMaps: ReadonlySet<string> = new Set([".baidu.paddle_serving.configure.DAGNode.config"]);

/** Keys that would reach the prototype of an object somewhere downstream. */
const refusedKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export interface MapFieldOptions {
  readonly field: MapField;
  readonly given: TreeField;
  /** Of the field. */
  readonly place: Place;
  readonly findings: Findings;
}

export interface MapEntry {
  readonly key: string;
  readonly value: unknown;
  readonly line: number;
}

/**
 * The entries of one mention of a map field: `m { key: "k" value: "v" }`, or a list of such, in prototxt; `m: {k: v}`
 * in YAML.
 */
export function readMapEntries(options: MapFieldOptions): readonly MapEntry[] {
  const { value } = options.given;
  if (value.kind === "message" && value.notation === "yaml") return readYamlEntries(options, value);
  const items = value.kind === "list" ? value.items : [value];
  return items.flatMap((item) => {
    if (item.kind === "message" && item.notation === "prototxt") return readPair(options, item);
    options.findings.fault({ ...options.place, line: item.line }, "must be a map: keys with their values");
    return [];
  });
}

function readYamlEntries(options: MapFieldOptions, { fields }: TreeMessage): readonly MapEntry[] {
  return fields.flatMap(({ name: key, value: tree, line }) => {
    if (isRefused(options, key, line)) return [];
    const place = keyPlace({ ...options.place, line }, key);
    const value = freeMaps.has(options.field.fullName)
      ? readFree({ ...options, place }, tree)
      : readText(options, tree, place);
    return value === undefined ? [] : [{ key, value, line }];
  });
}

/** Compat: an absent key or value is the empty string, as in every protobuf map. */
function readPair(options: MapFieldOptions, { fields, line }: TreeMessage): readonly MapEntry[] {
  const pair = new Map<string, string | undefined>();
  for (const { name, value, line: fieldLine } of fields) {
    const place = { ...options.place, line: fieldLine };
    if (name !== "key" && name !== "value") {
      options.findings.fault(place, `a map entry has the fields key and value, no ${name.slice(0, 64)}`);
    } else if (pair.has(name)) {
      options.findings.fault(place, `the ${name} of this map entry is given twice`);
    } else {
      pair.set(name, readText(options, value, place));
    }
  }
  const key = pair.has("key") ? pair.get("key") : "";
  const value = pair.has("value") ? pair.get("value") : "";
  if (key === undefined || value === undefined || isRefused(options, key, line)) return [];
  return [{ key, value, line }];
}

function isRefused({ place, findings }: MapFieldOptions, key: string, line: number): boolean {
  if (!refusedKeys.has(key)) return false;
  findings.fault({ ...place, line }, `"${key}" cannot be a key`);
  return true;
}

const textField = new Field("text", 1, "string");

function readText({ findings }: MapFieldOptions, tree: TreeValue, place: Place): string | undefined {
  const result =
    tree.kind === "scalar" ? readScalar(textField, tree) : { fault: "must be a string in quotes" };
  if ("value" in result && typeof result.value === "string") return result.value;
  findings.fault(place, "fault" in result ? result.fault : "must be a string in quotes");
  return undefined;
}

/** The value of YAML as it is; undefined, with a fault, for what has none. */
function readFree(options: MapFieldOptions, tree: TreeValue): unknown {
  if (tree.kind === "scalar") return tree.notation === "yaml" ? tree.value : tree.source;
  if (tree.kind === "list") return tree.items.map((item) => readFree(options, item));
  const fields = tree.fields.filter(({ name, line }) => !isRefused(options, name, line));
  return Object.fromEntries(fields.map(({ name, value }) => [name, readFree(options, value)]));
}
