import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readModelContent } from "@paddlewheel/onnx";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";
import { startServer } from "../harness/start-server.js";
import { house, modelFolder, price } from "./example.js";

const keyText = "0123456789abcdef".repeat(4);

let folder = "";
const path = (name: string): string => join(folder, name);
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-encrypted-"));
  await writeFile(path("model.key"), `${keyText}\n`, { mode: 0o600 });
  await writeFile(path("other.key"), "f".repeat(64), { mode: 0o600 });
  const end = await runCommand([
    "encrypt",
    modelFolder,
    "--key_file",
    path("model.key"),
    "--out",
    path("sealed"),
  ]);
  assert.equal(end.code, 0, end.stderr);
  assert.match(
    end.stderr,
    /^paddlewheel: encrypted: model\.onnx\npaddlewheel: copied as they are: .*serving_server_conf/,
  );
});
after(() => rm(folder, { recursive: true }));

async function askPrice(url: string): Promise<unknown> {
  const response = await fetch(`${url}/uci/prediction`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ feed: [{ x: house }], fetch: ["price"] }),
  });
  return await response.json();
}

const serve = (...args: string[]) => [
  "serve",
  "--model",
  path("sealed"),
  "--name",
  "uci",
  "--port",
  "0",
  ...args,
];

describe("a model that paddlewheel encrypt wrote", () => {
  const answer = { result: { price: [[price]] } };

  test("is served with the key in a file", async () => {
    await using server = await startServer(
      serve("--use_encryption_model", "--model_key_file", path("model.key")),
    );
    assert.deepEqual(await askPrice(server.url), answer);
  });

  test("is served with the key in the environment, which is on no page and in no log line", async () => {
    const env = { PADDLEWHEEL_MODEL_KEY: keyText };
    await using server = await startServer(serve("--use_encryption_model"), { env });
    assert.deepEqual(await askPrice(server.url), answer);
    const pages = ["/metrics", "/flags", "/vars", "/status", "/health/ready"];
    const shown = await Promise.all(pages.map(async (page) => (await fetch(server.url + page)).text()));
    await server.stop();
    const all = [...shown, server.command.stdout, server.command.stderr].join("\n");
    assert.ok(!all.includes(keyText));
  });

  test("is not served without the key, nor with another one", async () => {
    const none = await runCommand(serve("--use_encryption_model"));
    assert.match(none.stderr, /encrypted_model is true, and there is no key/);
    const other = await runCommand(serve("--use_encryption_model", "--model_key_file", path("other.key")));
    assert.equal(other.code, 1);
    assert.match(other.stderr, /model\.onnx\.enc: is encrypted with another key/);
    assert.ok(!other.stderr.includes("ffffffff"));
  });

  test("becomes what it was", async () => {
    const args = ["decrypt", path("sealed"), "--out", path("back")];
    const end = await runCommand(args, { env: { PADDLEWHEEL_MODEL_KEY: keyText } });
    assert.equal(end.code, 0, end.stderr);
    const original = join(repositoryRoot, modelFolder);
    assert.deepEqual((await readdir(path("back"))).sort(), (await readdir(original)).sort());
    assert.deepEqual(await readFile(path("back/model.onnx")), await readFile(join(original, "model.onnx")));
  });

  test("needs a key and a folder on the command line", async () => {
    const noKey = await runCommand(["encrypt", modelFolder, "--out", path("none")]);
    assert.deepEqual(
      [noKey.code, noKey.stderr.split("\n")[0]],
      [2, "paddlewheel: encrypt: there is no key: name its file, --key_file, or set PADDLEWHEEL_MODEL_KEY"],
    );
    const noOut = await runCommand(["decrypt", path("sealed"), "--key_file", path("model.key")]);
    assert.match(noOut.stderr, /^paddlewheel: decrypt: --out must name the folder to write\n/);
  });
});

test("a version that paddlewheel diff wrote is served", async () => {
  const modelDir = path("uci");
  await cp(join(repositoryRoot, modelFolder), join(modelDir, "1"), { recursive: true });
  await cp(join(modelDir, "1/serving_server_conf.prototxt"), join(modelDir, "serving_server_conf.prototxt"));
  const bytes = await readFile(join(modelDir, "1/model.onnx"));
  const weight = await firstWeight(join(modelDir, "1/model.onnx"));
  bytes.writeFloatLE(bytes.readFloatLE(weight) + 1, weight);
  await writeFile(path("new.onnx"), bytes);
  const diff = await runCommand([
    "diff",
    join(modelDir, "1"),
    path("new.onnx"),
    "--out",
    join(modelDir, "2"),
  ]);
  assert.match(diff.stdout, /^1 of \d+ weights changed/, diff.stderr);
  await using server = await startServer(["serve", "--model", modelDir, "--name", "uci", "--port", "0"]);
  const { result } = (await askPrice(server.url)) as { result: { price: number[][] } };
  const moved = Number(result.price[0]?.[0]) - price;
  assert.ok(Math.abs(moved - (house[0] ?? 0)) < 1e-4, String(moved));
});

/** Where the elements of the first weight begin in a model file. */
async function firstWeight(file: string): Promise<number> {
  const [weight] = (await readModelContent(file)).layout.tensors;
  assert.ok(weight?.elements);
  return weight.elements.offset;
}
