import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Code } from "@paddlewheel/core";
import { serveModel } from "../e2e/serve-model.js";
import { everyType, sampleValues, servedTypes } from "../e2e/served-models.js";
import type { StartedServer } from "../harness/start-server.js";
import type { Errand, Result } from "./every-type-page.js";

const origin = "https://shop.example";

const variable = (dtype: string, name: string) => ({
  name,
  aliasName: name,
  dtype,
  shape: [2],
  isLodTensor: false,
});
const model = {
  feedVars: servedTypes.map((dtype) => variable(dtype, dtype)),
  fetchVars: servedTypes.map((dtype) => variable(dtype, `${dtype}_out`)),
};

const texts = Object.fromEntries(servedTypes.map((dtype) => [dtype, sampleValues[dtype].map(String)]));

/** Runs the page without a global of Node's, as one of the origin. */
async function runPage(errand: Errand, pageOrigin: string): Promise<Result> {
  const [runner, page] = ["run-page.js", "every-type-page.js"].map((file) =>
    fileURLToPath(new URL(file, import.meta.url)),
  );
  const args = ["--experimental-vm-modules", "--no-warnings", runner ?? "", page ?? "", pageOrigin];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, JSON.stringify(errand)]);
  return JSON.parse(stdout) as Result;
}

describe("BrowserClient in a page of another origin", () => {
  let server: StartedServer;
  before(async () => {
    const env = { PADDLEWHEEL_AUTH_TOKENS: "canary-0123456789abcdef" };
    server = await serveModel({ model: everyType() }, ["--cors_origin", origin], { env });
  });
  after(() => server[Symbol.asyncDispose]());

  test("gets every type of tensor back from the server, and its errors", async () => {
    const { tensors, error, globals } = await runPage({ url: server.url, model, values: texts }, origin);
    for (const dtype of servedTypes) {
      const values = sampleValues[dtype].map((value) => (typeof value === "boolean" ? Number(value) : value));
      assert.deepEqual(tensors[`${dtype}_out`], { shape: [3, 2], values: values.map(String) }, dtype);
    }
    assert.equal(error?.code, Code.notFound);
    assert.match(error?.message ?? "", /has no version "99"; it has "0"$/);
    assert.ok(globals.includes("fetch") && !globals.includes("process"), globals.join());
  });

  test("is kept from a server that does not allow its origin", async () => {
    await assert.rejects(
      runPage({ url: server.url, model, values: texts }, "https://evil.example"),
      /cannot call http.*: Failed to fetch; is it up, and may pages of this origin call it\?/,
    );
  });
});
