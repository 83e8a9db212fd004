import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Code, type Merger, type OpClass } from "@paddlewheel/core";
import { opOf, runOp } from "@paddlewheel/core/testing";
import { createRegistries, importOpModule } from "@paddlewheel/server";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { createOpsProject, readOpsPage, runScript } from "./ops-project.js";

const page = await readOpsPage();

describe("the code of docs/ops.md", () => {
  let parent = "";
  let project = "";
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), "paddlewheel-ops-page-"));
    project = join(parent, "shop");
    await createOpsProject(page, project);
  });
  after(() => rm(parent, { recursive: true }));

  test("compiles, and passes its own test", async () => {
    const output = await runScript(project, "test");
    assert.match(output, /RankOp gives the best classes by name/);
    assert.match(output, /fail 0/);
  });

  test("has conf that paddlewheel check finds nothing in", async () => {
    assert.equal(await runScript(project, "check"), "");
  });

  test("has a merger that orders what two workflows give", async () => {
    const exports = await import(pathToFileURL(join(project, "dist/ops.js")).href);
    const { bestFirst } = exports as { bestFirst: Merger };
    const [tea, mate] = [
      { name: "tea", score: 1 },
      { name: "mate", score: 2 },
    ];
    assert.deepEqual(bestFirst.merge({ products: [tea] }, { products: [mate] }), { products: [mate, tea] });
  });

  describe("served, beside a server that knows the stock", () => {
    const asked: (string | undefined)[] = [];
    const stock = createServer(({ url, headers }, response) => {
      asked.push(`${url} ${headers.traceparent}`);
      response.end('["tea","coffee"]');
    });
    let server: StartedServer;
    before(async () => {
      await once(stock.listen(0, "127.0.0.1"), "listening");
      const file = join(project, "conf/workflow.prototxt");
      const { port } = stock.address() as AddressInfo;
      await writeFile(file, (await readFile(file, "utf8")).replace(":9394", `:${port}`));
      server = await startServer(["start", "--conf", "conf", "--port", "0"], { cwd: project });
    });
    after(async () => {
      await server.stop();
      stock.close();
    });

    const call = (picture: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(`${server.url}/RankService/inference`, {
        method: "POST",
        headers,
        body: JSON.stringify({ picture: Buffer.from(picture).toString("base64") }),
      });

    test("answers with the products in stock, best first", async () => {
      const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
      const response = await call(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), { traceparent });
      const { products } = (await response.json()) as { products: { name: string; score: number }[] };
      const names = products.map(({ name }) => name);
      assert.deepEqual(new Set(names), new Set(["coffee", "tea"]));
      const scores = products.map(({ score }) => score);
      assert.deepEqual(
        scores,
        scores.toSorted((a, b) => b - a),
      );
      assert.deepEqual(asked, [`/in-stock ${traceparent}`]);
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      assert.match(metrics, /^sold_out_total\{op="stock"\} 1$/m);
    });

    test("tells what is wrong with a request, from the pool too", async () => {
      const response = await call(new Uint8Array(3));
      assert.equal(response.status, 400);
      assert.match(await response.text(), /picture: 3 bytes, must be at least 4/);
    });
  });
});

describe("docs/ops.md", () => {
  test("says what a caller hears of an Op that fails in a way it did not mean to", async () => {
    const rank = opOf("RankOp", () => {
      throw new TypeError("of no concern to callers");
    });
    const message = 'op "rank" (RankOp) failed';
    await assert.rejects(runOp(rank, { name: "rank" }), { code: Code.opFailure, message });
    assert.ok(page.includes(`\`opFailure\` and \`${message}\``));
  });

  test("lists all Ops, with their options and engines", async () => {
    const registries = createRegistries();
    const from = join(repositoryRoot, "packages/cli");
    await importOpModule({ specifier: "@paddlewheel/demo", from, registries });
    const rows = [...registries.ops.entries()].map(([type, opClass]) => [type, ...describeOp(opClass)]);
    assert.deepEqual(listedOps(), rows);
  });
});

/** Its options, and the engine that its nodes run. */
function describeOp({ config, needsEngine, engineOption }: OpClass): readonly [string, string] {
  const options = Object.keys(config?.declaration ?? {}).map((name) => `\`${name}\``);
  const engine = engineOption === undefined ? "of the node's name" : `of \`${engineOption}\``;
  return [options.join(", "), needsEngine ? engine : ""];
}

/** Type, options and engine of each row below the last heading. */
function listedOps(): string[][] {
  const section = page.slice(page.lastIndexOf("\n## "));
  return [...section.matchAll(/^\| `(\w+)` *\|.*?\|(.*)\|(.*)\|$/gm)].map(([, type = "", ...cells]) => [
    type,
    ...cells.map((cell) => cell.trim()),
  ]);
}
