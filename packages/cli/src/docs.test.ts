import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import type { Command } from "./command.js";
import { commands } from "./commands.js";
import { type Flag, flagUsage } from "./flags/flag.js";

const docs = await readFile(new URL("../../../docs/cli.md", import.meta.url), "utf8");

/** What stands under the heading of a command. */
function sectionOf({ name }: Command): string {
  const start = docs.indexOf(`\n## paddlewheel ${name}\n`);
  assert.notEqual(start, -1, `docs/cli.md has no heading "## paddlewheel ${name}"`);
  const end = docs.indexOf("\n## ", start + 1);
  return docs.slice(start, end === -1 ? undefined : end);
}

/** The table rows of all flags, as docs/cli.md must have them. */
function rowsOf({ groups }: Command): string[] {
  return groups.flatMap(({ flags }) => Object.entries(flags)).map(([name, flag]) => row(name, flag));
}

function row(name: string, flag: Flag): string {
  if (flag.ignored !== undefined) return `| \`--${name}\` | ${flag.ignored} |`;
  const standard = flag.default ?? (flag.kind === "bool" ? "off" : "none");
  return `| \`${flagUsage(name, flag)}\` | ${standard} | ${flag.help} |`;
}

/** A formatter may align the columns of a table. */
function withoutPadding(line: string): string {
  return line.replaceAll(/ +\|/g, " |");
}

describe("docs/cli.md", () => {
  for (const command of commands) {
    test(`has every flag of ${command.name}, with its default, as help tells it`, () => {
      const rows = sectionOf(command)
        .split("\n")
        .filter((line) => line.startsWith("| `--"))
        .map(withoutPadding);
      assert.deepEqual(rows, rowsOf(command));
    });

    test(`tells how ${command.name} is called`, () => {
      const section = sectionOf(command);
      for (const line of [command.usage, ...command.examples]) assert.ok(section.includes(line), line);
    });
  }

  test("has no command that there is not", () => {
    const headings = [...docs.matchAll(/^## paddlewheel (\w+)$/gm)].map(([, name]) => name);
    assert.deepEqual(
      headings,
      commands.map(({ name }) => name),
    );
  });
});
