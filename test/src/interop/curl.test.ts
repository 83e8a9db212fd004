import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { house, price } from "../cli/example.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { runProgram, skipWithout } from "./programs.js";

const protos = join(repositoryRoot, "protos/paddle_serving");
const messageType = "baidu.paddle_serving.predictor.general_model";

/** The request in protobuf's text format. */
const textRequest = `
tensor { name: "x" elem_type: 1 shape: [1, 13] float_data: [${house.join()}] }
fetch_var_names: "price"
`;

describe("curl against the conf that npm start serves", () => {
  let server: StartedServer;

  before(async () => {
    server = await startServer(["start", "--conf", "conf", "--port", "0"]);
  });

  after(() => server[Symbol.asyncDispose]());

  async function curl(path: string, ...args: readonly string[]): Promise<Buffer> {
    const end = await runProgram("curl", ["--silent", "--show-error", ...args, `${server.url}${path}`]);
    assert.equal(end.code, 0, end.stderr);
    return end.stdout;
  }

  test("POST /uci/prediction gives the price", { skip: skipWithout("curl") }, async () => {
    const body = JSON.stringify({ feed: [{ x: house }], fetch: ["price"] });
    const answer = await curl(
      "/uci/prediction",
      "--header",
      "Content-Type: application/json",
      "--data",
      body,
    );
    assert.equal(answer.toString(), `{"result":{"price":[[${price}]]}}`);
  });

  test("it gives it over HTTP/2 as well", { skip: skipWithout("curl") }, async () => {
    const body = JSON.stringify({ feed: [{ x: house }], fetch: ["price"] });
    const answer = await curl("/uci/prediction", "--http2-prior-knowledge", "--data", body);
    assert.equal(answer.toString(), `{"result":{"price":[[${price}]]}}`);
    assert.equal((await curl("/health/live", "--http2-prior-knowledge")).toString(), "OK");
  });

  test("it gives it too when curl says what it says by itself", { skip: skipWithout("curl") }, async () => {
    const body = JSON.stringify({ feed: [{ x: house }], fetch: ["price"] });
    const answer = await curl("/uci/prediction", "--data", body);
    assert.equal(answer.toString(), `{"result":{"price":[[${price}]]}}`);
  });

  test("POST /GeneralModelService/inference takes and gives JSON", {
    skip: skipWithout("curl"),
  }, async () => {
    const tensor = [{ name: "x", elem_type: 1, shape: [1, 13], float_data: house }];
    const body = JSON.stringify({ tensor, fetch_var_names: ["price"] });
    const type = "Content-Type: application/json";
    const answer = await curl("/GeneralModelService/inference", "--header", type, "--data", body);
    const { outputs } = JSON.parse(answer.toString()) as { outputs: unknown };
    const expected = {
      name: "fc_0.tmp_1",
      alias_name: "price",
      elem_type: 1,
      shape: [1, 1],
      float_data: [price],
    };
    assert.deepEqual(outputs, [{ engine_name: "GeneralInferOp_0", tensor: [expected] }]);
  });

  test("it takes and gives protobuf's standard JSON", { skip: skipWithout("curl") }, async () => {
    const tensor = [{ name: "x", elemType: 1, shape: [1, "13"], floatData: house.map(String) }];
    const body = JSON.stringify({ tensor, fetchVarNames: ["price"] });
    const type = "Content-Type: application/proto-json";
    const answer = await curl("/GeneralModelService/inference", "--header", type, "--data", body);
    const { outputs } = JSON.parse(answer.toString()) as {
      outputs: { engineName: string; tensor: object[] }[];
    };
    assert.equal(outputs[0]?.engineName, "GeneralInferOp_0");
    const expected = { floatData: [Number(price.toPrecision(9))], elemType: 1, shape: [1, 1] };
    assert.deepEqual(outputs[0]?.tensor, [{ ...expected, name: "fc_0.tmp_1", aliasName: "price" }]);
  });

  const needsBoth = skipWithout("curl", "protoc");
  test("it takes protobuf's text format, and gives what protoc reads", { skip: needsBoth }, async () => {
    const type = "Content-Type: application/proto-text";
    const path = "/GeneralModelService/inference";
    for (const version of ["--http1.1", "--http2-prior-knowledge"]) {
      const answer = await curl(path, version, "--header", type, "--data-binary", textRequest);
      const read = (
        await protoc("decode", "Response", await protoc("encode", "Response", answer))
      ).toString();
      assert.match(read, /float_data: 18\.9011517\n/);
      assert.equal(read.replace(/profile_time.*\n/g, ""), answer.toString().replace(/profile_time.*\n/g, ""));
    }
  });

  test("it takes and gives protobuf, written and read by protoc", { skip: needsBoth }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "paddlewheel-curl-"));
    const file = join(folder, "request.bin");
    await writeFile(file, await protoc("encode", "Request", textRequest));
    const type = "Content-Type: application/proto";
    const answer = await curl(
      "/GeneralModelService/inference",
      "--header",
      type,
      "--data-binary",
      `@${file}`,
    );
    await rm(folder, { recursive: true });
    const text = (await protoc("decode", "Response", answer)).toString();
    assert.match(text, /float_data: 18\.9011517\n/);
    assert.match(text, /name: "fc_0\.tmp_1"\n/);
    assert.match(text, /alias_name: "price"\n/);
  });
});

async function protoc(verb: "encode" | "decode", message: string, input: Buffer | string): Promise<Buffer> {
  const args = [`--${verb}=${messageType}.${message}`, `-I${protos}`, "general_model_service.proto"];
  const { code, stdout, stderr } = await runProgram("protoc", args, { input });
  assert.equal(code, 0, stderr);
  return stdout;
}
