import type { HeaderField } from "../header-field.js";

/** Fields as `name: value` lines, to compare and to read. */
export function toLines(fields: readonly HeaderField[]): string[] {
  return fields.map(({ name, value }) => `${name}: ${value}`);
}

/** The fields of `name: value` lines. A name may begin with a colon. */
export function toFields(lines: readonly string[]): HeaderField[] {
  return lines.map((line) => {
    const at = line.indexOf(": ");
    return { name: line.slice(0, at), value: line.slice(at + 2) };
  });
}

export function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
