import { readFileSync } from "node:fs";

const cli = new URL("../../../packages/cli/", import.meta.url);

/** The first line of the command's bin. Why it says what it does: docs/decisions/0005-how-the-command-starts.md. */
const [start = ""] = readFileSync(new URL("bin/paddlewheel.js", cli), "utf8").split("\n");

/** What the bin imports before the command. */
export const threadHeaps: string = new URL("dist/thread-heaps.js", cli).href;

/** How the command sets up malloc: variables of its environment. */
export const commandMalloc: Readonly<Record<string, string>> = Object.fromEntries(
  [...start.matchAll(/\b(MALLOC_\w+)=(\d+)/g)].map(([, setting = "", bytes = ""]) => [setting, bytes]),
);

/** Flags of Node that the command starts with. */
export const commandFlags: readonly string[] = start.match(/--\S+/g) ?? [];
