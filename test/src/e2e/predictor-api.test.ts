import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type GeneralTensor, PredictorApi, protocols } from "@paddlewheel/client";
import { Code } from "@paddlewheel/core";
import { TestAuthority } from "@paddlewheel/server/testing";
import type { StartedServer } from "../harness/start-server.js";
import { serveModel } from "./serve-model.js";
import { slowModel } from "./slow-model.js";

const token = "canary-0123456789abcdef";
const width = 256;

/** Rows that each have their number in all places, which come back. */
function numberedRows(count: number): GeneralTensor {
  const data = Float32Array.from({ length: count * width }, (_, i) => Math.floor(i / width));
  return { name: "x", aliasName: "x", dtype: "float32", shape: [count, width], data };
}

describe("PredictorApi with a conf file, and a server that wants TLS and a token", () => {
  let server: StartedServer;
  let dir = "";
  const authority = new TestAuthority();

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "paddlewheel-predictors-"));
    await writeFile(join(dir, "token"), `${token}\n`);
    const { certFile, keyFile } = authority.issue({ name: "server" });
    await copyFile(authority.caFile, join(dir, "ca.pem"));
    const flags = ["--tls_cert", certFile, "--tls_key", keyFile];
    const env = { PADDLEWHEEL_AUTH_TOKENS: token };
    server = await serveModel({ model: slowModel(0) }, flags, { env });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    authority[Symbol.dispose]();
    await rm(dir, { recursive: true });
  });

  async function createApi(protocol: string, security: string): Promise<PredictorApi> {
    const text = `default_variant_conf {
  tag: "default"
  rpc_parameter { protocol: "${protocol}" package_size: 2 max_channel_per_request: 3 pack_rows: true compress_type: 2 }
  ${security}
}
predictors { variants { tag: "only" naming_conf { cluster: "list://${server.address}" } } }
`;
    await writeFile(join(dir, "predictors.prototxt"), text);
    const api = new PredictorApi();
    await api.create(dir, "predictors.prototxt");
    return api;
  }

  for (const protocol of protocols) {
    test(`puts the rows of split requests together over ${protocol}`, async () => {
      const api = await createApi(protocol, 'tls { ca_file: "ca.pem" } token_file: "token"');
      const { outputs } = await api.fetchPredictor("general_model").inference({ tensors: [numberedRows(7)] });
      const [y] = outputs[0]?.tensors ?? [];
      assert.deepEqual([y?.shape, y?.data], [[7, width], numberedRows(7).data]);
      api.destroy();
    });
  }

  test("is not let in without the token", async () => {
    const api = await createApi("baidu_std", 'tls { ca_file: "ca.pem" }');
    const answer = api.fetchPredictor("general_model").inference({ tensors: [numberedRows(1)] });
    await assert.rejects(answer, { code: Code.unauthenticated });
    api.destroy();
  });
});
