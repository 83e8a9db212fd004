import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Code } from "@paddlewheel/core";
import { CompressType } from "@paddlewheel/wire";
import { house, modelFolder, price } from "../cli/example.js";
import { logLines } from "../e2e/access-log.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { python, runProgram, skipWithout } from "./programs.js";

/** The sources beside this test, which are not compiled. */
const sources = fileURLToPath(new URL("../../src/interop/", import.meta.url));
const protos = join(repositoryRoot, "protos");
const token = "a-token-of-the-tests-0123";

/** Many rows, so that there is something to pack. */
const rows = 40;
const fields = {
  tensor: [{ name: "x", elem_type: 1, shape: [rows, 13], float_data: Array(rows).fill(house).flat() }],
  fetch_var_names: ["price"],
};
const answer = [
  { name: "fc_0.tmp_1", alias: "price", shape: [rows, 1], floats: Array<number>(rows).fill(price) },
];
const priced = { code: Code.ok, answer };

interface PythonCall {
  readonly fields: object;
  readonly compress?: CompressType;
  readonly attachment?: string;
  readonly log_id?: number;
  readonly credential?: string;
  readonly service?: string;
  readonly method?: string;
}

describe("a client in Python that packs the frames of baidu_std by itself, with messages of protoc's", {
  skip: skipWithout("curl", "protoc", "python"),
}, () => {
  let generated: string;

  before(async () => {
    generated = await mkdtemp(join(tmpdir(), "paddlewheel-python-"));
    await protoc("paddle_serving", "general_model_service.proto");
    await protoc("brpc", "baidu_rpc_meta.proto");
  });

  after(() => rm(generated, { recursive: true }));

  async function protoc(folder: string, file: string): Promise<void> {
    const args = [`--python_out=${generated}`, `-I${join(protos, folder)}`, file];
    const { code, stderr } = await runProgram("protoc", args);
    assert.equal(code, 0, stderr);
  }

  function serve(env: Readonly<Record<string, string>> = {}): Promise<StartedServer> {
    const args = ["serve", "--model", modelFolder, "--name", "uci", "--host", "127.0.0.1", "--port", "0"];
    return startServer(args, { env });
  }

  /** What a program in Python beside this test prints. */
  async function run(program: string, { address }: StartedServer, calls: unknown): Promise<unknown> {
    assert.ok(python, "there is no Python with grpc and google.protobuf");
    const args = [join(sources, program), address, JSON.stringify(calls)];
    const { code, stdout, stderr } = await runProgram(python, args, { env: { PYTHONPATH: generated } });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.toString());
  }

  function call(server: StartedServer, ...calls: readonly PythonCall[]): Promise<unknown> {
    return run("baidu_std_client.py", server, calls);
  }

  for (const name of ["none", "gzip", "zlib"] as const) {
    test(`gets the prices of messages packed by ${name}`, async () => {
      await using server = await serve();
      assert.deepEqual(await call(server, { fields, compress: CompressType[name] }), [priced]);
    });
  }

  test("gets the prices of messages packed by snappy", { skip: skipWithout("snappy") }, async () => {
    await using server = await serve();
    assert.deepEqual(await call(server, { fields, compress: CompressType.snappy }), [priced]);
  });

  test("gets the answers to many calls on one connection, sent before the first is read", async () => {
    await using server = await serve();
    const calls = Array.from({ length: 20 }, (_, log_id): PythonCall => {
      const compress = log_id % 2 === 0 ? CompressType.none : CompressType.gzip;
      return { fields, log_id, compress, attachment: "a".repeat(log_id) };
    });
    assert.deepEqual(await call(server, ...calls), Array(20).fill(priced));
    const logIds = logLines((await server.stop()).stdout).flatMap((line) => {
      const { logId } = line as { readonly logId?: string };
      return logId === undefined ? [] : [Number(logId)];
    });
    assert.deepEqual(new Set(logIds), new Set(calls.keys()));
  });

  test("gets the number and the text of an error, and the next answer", async () => {
    await using server = await serve();
    const calls: readonly PythonCall[] = [
      { fields: { ...fields, fetch_var_names: ["prize"] } },
      { fields, method: "predict" },
      { fields, service: "no.such.Service" },
      { fields },
    ];
    const missing = "The server does not implement the method";
    const service = "baidu.paddle_serving.predictor.general_model.GeneralModelService";
    assert.deepEqual(await call(server, ...calls), [
      { code: Code.invalidArgument, text: 'fetch_var_names[0]: no output named "prize", there is "price"' },
      { code: Code.methodNotFound, text: `${missing} /${service}/predict` },
      { code: Code.methodNotFound, text: `${missing} /no.such.Service/inference` },
      priced,
    ]);
  });

  test("says who it is in its first request, and is not heard without", async () => {
    await using server = await serve({ PADDLEWHEEL_AUTH_TOKENS: token });
    assert.deepEqual(await call(server, { fields, credential: token }, { fields }), [priced, priced]);
    const [refused, next] = (await call(server, { fields, credential: "wrong" }, { fields })) as {
      readonly code: number;
    }[];
    assert.deepEqual([refused?.code, next], [Code.unauthenticated, null]);
  });

  test("gets the same as grpcio and curl get from the same server", async () => {
    await using server = await serve();
    await protoc("../test/src/interop", "health.proto");
    const [overBaiduStd] = (await call(server, { fields })) as (typeof priced)[];
    const [overGrpc] = (await run("general_model_client.py", server, [
      ["inference", fields],
    ])) as (typeof priced)[];
    const path = `${server.url}/GeneralModelService/inference`;
    const { stdout } = await runProgram("curl", ["--silent", "--data", JSON.stringify(fields), path]);
    const { outputs } = JSON.parse(stdout.toString()) as {
      readonly outputs: readonly { readonly tensor: readonly { readonly float_data: readonly number[] }[] }[];
    };
    assert.deepEqual(overBaiduStd?.answer, answer);
    assert.deepEqual(overGrpc?.answer, answer);
    assert.deepEqual(outputs[0]?.tensor[0]?.float_data, answer[0]?.floats);
  });
});
