import { parsePrototxt } from "./prototxt.js";
import { textLimits } from "./text-limits.js";
import type { Notation, ParsedText } from "./tree.js";
import { parseYaml } from "./yaml.js";

/** Reads conf text of either notation: YAML when the file's name ends so, else prototxt. */
export function parseText(file: string, text: string): ParsedText {
  const notation = notationOf(file);
  const bytes = Buffer.byteLength(text);
  if (bytes > textLimits.maxBytes) {
    const message = `the file has more than ${textLimits.maxBytes} bytes, the most a conf file may have`;
    const tree = { kind: "message", notation, line: 1, fields: [], isWhole: false } as const;
    return { tree, faults: [{ line: 1, message }] };
  }
  const body = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return notation === "yaml" ? parseYaml(body) : parsePrototxt(body);
}

function notationOf(file: string): Notation {
  return file.endsWith(".yaml") || file.endsWith(".yml") ? "yaml" : "prototxt";
}
