import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { moduleGraph } from "../browser/module-graph.js";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";

const folder = join(repositoryRoot, "examples/browser");
const html = await readFile(join(folder, "index.html"), "utf8");
const origin = "http://localhost:8000";
const [, features = ""] = /<textarea[^>]*>([^<]*)</.exec(html) ?? [];

/** What the page says after its form was sent. */
async function sendForm(server: string, pageOrigin: string, text: string): Promise<string> {
  const runner = fileURLToPath(new URL("run-form.js", import.meta.url));
  const args = ["--experimental-vm-modules", "--no-warnings", runner, server, pageOrigin, text];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

describe("the browser example", () => {
  let server: StartedServer;
  before(async () => {
    const model = "examples/fit_a_line/uci_housing_model";
    server = await startServer(["serve", "--model", model, "--port", "0", "--cors_origin", origin]);
  });
  after(() => server[Symbol.asyncDispose]());

  test("says the price that its README shows", async () => {
    const readme = await readFile(join(folder, "README.md"), "utf8");
    const said = await sendForm(server.url, origin, features);
    assert.equal(said, "18.901 thousand dollars");
    assert.ok(readme.includes(said));
  });

  test("says what is wrong", async () => {
    const [tooFew, stranger] = await Promise.all([
      sendForm(server.url, origin, "[[1, 2]]"),
      sendForm(server.url, "http://127.0.0.1:8000", features),
    ]);
    assert.equal(tooFew, 'feed "x": 2 elements do not fill the shape [13]');
    assert.match(stranger, /Failed to fetch; is it up, and may pages of this origin call it\?$/);
  });

  test("has every module of the client in its import map", async () => {
    const [, json = ""] = /<script type="importmap">(.*?)<\/script>/s.exec(html) ?? [];
    const { imports } = JSON.parse(json) as { imports: Record<string, string> };
    const wanted = new Map<string, string>();
    for (const module of moduleGraph(join(folder, "page.js")).values()) {
      for (const [specifier, file] of module.imports) if (!/^\./.test(specifier)) wanted.set(specifier, file);
    }
    const mapped = Object.entries(imports).map(
      async ([specifier, path]) => [specifier, await realpath(join(folder, path))] as const,
    );
    assert.deepEqual(new Map(await Promise.all(mapped)), wanted);
  });

  test("has the JSON that paddlewheel types writes", async () => {
    const { stdout } = await runCommand(["types", "examples/fit_a_line/uci_housing_client", "--json"]);
    assert.deepEqual(JSON.parse(await readFile(join(folder, "housing.json"), "utf8")), JSON.parse(stdout));
  });
});
