import { readFileSync } from "node:fs";

/** The text itself, or that of the file behind an `@`. @throws Error for a file that cannot be read. */
export function textOrFile(text: string): string {
  return text.startsWith("@") ? readFileSync(text.slice(1), "utf8") : text;
}
