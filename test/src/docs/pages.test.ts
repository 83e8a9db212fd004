import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";

const read = (path: string): string => readFileSync(join(repositoryRoot, path), "utf8");
const foldersIn = (path: string): string[] =>
  readdirSync(join(repositoryRoot, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** The first block of a language that a page shows. */
function blockOf(page: string, language: string): string {
  const [, text] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(read(page)) ?? [];
  assert.ok(text, `${page} has no block of ${language}`);
  return text;
}

describe("README.md", () => {
  test("draws the cascade as explain does", async () => {
    const { stdout } = await runCommand(["explain", "examples/cascade/conf", "--mermaid"]);
    assert.equal(blockOf("README.md", "mermaid"), stdout);
  });

  test("shows an Op of docs/ops.md, which runs", () => {
    assert.ok(read("docs/ops.md").includes(blockOf("README.md", "ts")));
  });
});

test("examples/README.md lists every example", () => {
  const examples = foldersIn("examples").filter((name) =>
    existsSync(join(repositoryRoot, "examples", name, "README.md")),
  );
  const listed = [...read("examples/README.md").matchAll(/^\| \[(.*?)\]\((.*?)\) /gm)];
  for (const [, name, target] of listed) assert.equal(name, target);
  assert.deepEqual(new Set(listed.map(([, name]) => name)), new Set(examples));
});

describe("docs/architecture.md", () => {
  const rooms = foldersIn("packages");

  test("has every room in its table", () => {
    const listed = [...read("docs/architecture.md").matchAll(/^\| `([a-z\d]+)` +\|/gm)].map(
      ([, room]) => room,
    );
    assert.deepEqual(new Set(listed), new Set(rooms));
  });

  test("draws who may import whom as the packages depend on each other", () => {
    const drawn = new Map<string, string[]>();
    for (const [, from = "", to = ""] of blockOf("docs/architecture.md", "mermaid").matchAll(
      /(.*) --> (.*)/g,
    )) {
      for (const room of to.split("&")) {
        const before = drawn.get(room.trim()) ?? [];
        drawn.set(room.trim(), [...before, ...from.split("&").map((name) => name.trim())]);
      }
    }
    const declared = new Map(rooms.map((room) => [room, dependenciesOf(room)]));
    for (const room of rooms) assert.deepEqual(allBelow(room, drawn), allBelow(room, declared), room);
  });
});

function dependenciesOf(room: string): string[] {
  const { dependencies = {} } = JSON.parse(read(`packages/${room}/package.json`)) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies).flatMap((name) => name.split("@paddlewheel/")[1] ?? []);
}

/** All rooms that one reaches, by however many steps. */
function allBelow(room: string, below: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set(below.get(room));
  // A set that grows while it is walked is walked to its new end.
  for (const one of found) for (const next of below.get(one) ?? []) found.add(next);
  return found;
}

test("docs/testing.md names tests that are there", () => {
  const named = [...read("docs/testing.md").matchAll(/`((?:packages|attacks|e2e|fuzz)\/[^`]+)`/g)];
  assert.ok(named.length > 40);
  for (const [, path = ""] of named) {
    const file = path.startsWith("packages/") ? path : join("test/src", path);
    assert.ok(existsSync(join(repositoryRoot, file)), path);
  }
});

const pages = [
  "README.md",
  ...readdirSync(join(repositoryRoot, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "examples/README.md",
  ...foldersIn("examples")
    .map((name) => `examples/${name}/README.md`)
    .filter((path) => existsSync(join(repositoryRoot, path))),
];
for (const page of pages) {
  test(`${page} links to files that are there`, () => {
    for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      assert.ok(existsSync(join(repositoryRoot, dirname(page), target)), target);
    }
  });
}
