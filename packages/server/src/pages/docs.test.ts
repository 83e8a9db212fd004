import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { ShownServer } from "./testing/shown-server.js";

const docs = await readFile(new URL("../../../../docs/pages.md", import.meta.url), "utf8");

/** What the docs show as the answer to a curl of a page, by path. */
const shown = new Map(
  [...docs.matchAll(/^```console\n\$ curl '?http:\/\/127\.0\.0\.1:8010(\/[^\n']*)'?\n(.*?)^```$/gms)].map(
    ([, path = "", answer = ""]) => [path, answer] as const,
  ),
);

describe("docs/pages.md", () => {
  for (const [path, answer] of shown) {
    test(`shows ${path} as it is`, async () => {
      assert.equal(answer, (await new ShownServer().ask(path)).body);
    });
  }

  test("shows every page", () => {
    const pages = new ShownServer().pages().map(({ path }) => path);
    // Another name of the first one, and Prometheus's text as prom-client writes it.
    const others = new Set(["/index", "/metrics"]);
    const missing = pages.filter((path) => !shown.has(path) && !others.has(path));
    assert.deepEqual(missing, []);
    for (const path of others) assert.ok(docs.includes(`\`${path}\``), path);
  });
});
