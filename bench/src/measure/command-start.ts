import { readFileSync } from "node:fs";

/** The first line of the command's bin. Why it says what it does: docs/decisions/0005-how-the-command-starts.md. */
const [start = ""] = readFileSync(
  new URL("../../../packages/cli/bin/paddlewheel.js", import.meta.url),
  "utf8",
).split("\n");

/** How the command sets up malloc: variables of its environment. */
export const commandMalloc: Readonly<Record<string, string>> = Object.fromEntries(
  [...start.matchAll(/\b(MALLOC_\w+)=(\d+)/g)].map(([, setting = "", bytes = ""]) => [setting, bytes]),
);

/** Flags of Node that the command starts with. */
export const commandFlags: readonly string[] = start.match(/--\S+/g) ?? [];
