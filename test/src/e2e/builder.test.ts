import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, type FetchedByEngine } from "@paddlewheel/client";
import { type OpGraph, OpGraphMaker, OpMaker, Server } from "@paddlewheel/server";
import { clientFolder, house, modelFolder, price } from "../cli/example.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { startServer } from "../harness/start-server.js";
import { graph, sequence, service, typed, written } from "./builder-page/snippets.js";

const feed = { x: Float32Array.from(house) };

/** Both protocols of one port. */
function endpoints(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `http://127.0.0.1:${port}`];
}

function clientOf(endpoint: string): Client {
  const client = new Client();
  client.loadClientConfig(clientFolder);
  client.connect([endpoint]);
  return client;
}

/** What a server says the house costs, over gRPC and over HTTP. */
async function prices(port: number): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const endpoint of endpoints(port)) {
    const client = clientOf(endpoint);
    const { price } = await client.predict({ feed, fetch: "price" });
    found.push(price?.data[0]);
    client.close();
  }
  return found;
}

/** Every block of the page in a language. */
function blocks(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , code = ""]) => code);
}

/** Every region of a source file, without the indent it has there. */
function regions(source: string): readonly string[] {
  return [...source.matchAll(/^( *)\/\/ #region [\w-]+\n(.*?)^ *\/\/ #endregion$/gms)].map(
    ([, indent = "", code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  assert.fail("nothing was refused");
}

describe("a server built in code", () => {
  let folder = "";
  const home = process.cwd();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "paddlewheel-builders-"));
    await cp(join(repositoryRoot, modelFolder), join(folder, "uci_housing_model"), { recursive: true });
    process.chdir(folder);
  });

  after(async () => {
    process.chdir(home);
    await rm(folder, { recursive: true });
  });

  test("answers over gRPC and HTTP, and so does one started from its conf files", async () => {
    const { server, port } = await sequence();
    await using _ = server;
    assert.deepEqual(await prices(port), [price, price]);
    await using started = await startServer(["start", "--conf", "workdir", "--port", "0"], { cwd: folder });
    assert.deepEqual(await prices(started.port), [price, price]);
  });

  test("answers with the outputs of every model of a graph", async () => {
    const { server, port } = await graph();
    await using _ = server;
    for (const endpoint of endpoints(port)) {
      const client = clientOf(endpoint);
      const outputs = await client.predict<FetchedByEngine>({ feed });
      const found = Object.entries(outputs).map(([engine, { price }]) => [engine, price?.data[0]]);
      assert.deepEqual(found, [
        ["east", price],
        ["west", price],
      ]);
      client.close();
    }
  });

  test("runs Ops of its own, which conf brings along for others", async () => {
    const { server, port } = await service();
    await using _ = server;
    assert.deepEqual(await prices(port), [15, 15]);
    await using started = await startServer(["start", "--conf", "capped", "--port", "0"], { cwd: folder });
    assert.deepEqual(await prices(started.port), [15, 15]);
    const response = await fetch(`${started.url}/uci/prediction`, {
      method: "POST",
      body: JSON.stringify({ feed: [{ x: house }], fetch: ["price"] }),
    });
    assert.deepEqual(await response.json(), { result: { price: [[15]] } });
    for (const [file, text] of written(server)) {
      // The folder's resource file names it.
      const inFolder = (await readFile(join("capped", file), "utf8")).replaceAll('"capped/', '"');
      assert.equal(inFolder, text);
    }
  });
});

describe("docs/builders.md", () => {
  const readText = (path: string) => readFile(join(repositoryRoot, path), "utf8");

  test("shows code that compiles and runs here, and all of it", async () => {
    const page = await readText("docs/builders.md");
    const sources = await Promise.all(
      ["snippets.ts", "cap-op.ts"].map((file) => readText(join("test/src/e2e/builder-page", file))),
    );
    assert.deepEqual(new Set(blocks(page, "ts")), new Set(sources.flatMap(regions)));
    typed(new OpMaker());
  });

  test("shows mistakes as they are told", async () => {
    const op = new OpMaker();
    const read = op.create("general_reader", { name: "read" });
    const top = op.create("general_copy", { name: "top", inputs: [read] });
    const rank = (name: string): OpGraph =>
      new OpGraphMaker().addOp(op.create("general_infer", { name })).getOpGraph();
    const lost = new Server();
    lost.setOpGraph(rank("cnn"));
    const negative = new Server();
    negative.setOpGraph(rank("uci"));
    negative.loadModelConfig({ uci: { modelDir: join(repositoryRoot, modelFolder), batchInferSize: -1 } });
    const lines = [
      () => new OpGraphMaker().addOp(top).getOpGraph(),
      () => lost.toConf(),
      () => negative.toConf(),
    ].map(messageOf);
    const page = await readText("docs/builders.md");
    assert.ok(page.includes(`\`\`\`\n${lines.join("\n")}\n\`\`\``), lines.join("\n"));
  });
});
