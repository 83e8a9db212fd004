import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import {
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { load } from "@grpc/proto-loader";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { runProgram, skipWithout } from "../interop/programs.js";

const folder = join(repositoryRoot, "examples/demo-serving");
const protos = join(repositoryRoot, "protos/paddle_serving/demo");

/** A call as the README shows it. */
interface ShownCall {
  readonly service: string;
  readonly command: string;
  readonly answer: unknown;
}

const readme = await readFile(join(folder, "README.md"), "utf8");
const shownCalls: readonly ShownCall[] = [...readme.matchAll(/```sh\n(.*?)```\n\n```json\n(.*?)```/gs)].map(
  ([, command = "", answer = ""]) => ({
    service: /:8010\/(\w+)\/inference/.exec(command)?.[1] ?? "",
    command,
    answer: JSON.parse(answer),
  }),
);
const image_binary = await readFile(join(folder, "picture.jpg"));

/** The requests of the README, as a gRPC client makes them. */
const requests: Readonly<
  Record<string, { readonly file: string; readonly space: string; readonly request: object }>
> = {
  BuiltinTestEchoService: { file: "echo_service", space: "echo_service", request: { a: 7, b: 0.5 } },
  BuiltinDenseFormatService: {
    file: "dense_service",
    space: "dense_service",
    request: { instances: [{ features: [1, 2] }, { features: [3] }] },
  },
  BuiltinSparseFormatService: {
    file: "sparse_service",
    space: "sparse_service",
    request: { instances: [{ keys: [1, 5], shape: [8], values: [0.5, 2] }] },
  },
  BuiltinFluidService: {
    file: "int64tensor_service",
    space: "int64tensor_service",
    request: { instances: [{ data: [1, 2, 3], shape: [3] }] },
  },
  ImageClassifyService: {
    file: "image_class",
    space: "image_classification",
    request: { instances: [{ image_binary, image_length: image_binary.length }] },
  },
  TextClassificationService: {
    file: "text_classification",
    space: "text_classification",
    request: { instances: [{ ids: [8, 233, 52, 1] }, { ids: [19] }] },
  },
};

/** Calls a service over gRPC, with nothing but its .proto. */
async function callGrpc(address: string, service: string, request?: object): Promise<unknown> {
  const known = requests[service];
  assert.ok(known, service);
  const definition = await load(`${known.file}.proto`, { includeDirs: [protos], keepCase: true });
  const baidu = loadPackageDefinition(definition).baidu as GrpcObject;
  const predictor = (baidu.paddle_serving as GrpcObject).predictor as GrpcObject;
  const Client = (predictor[known.space] as GrpcObject)[service] as unknown as GrpcClientClass;
  const client = new Client(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) => {
      client.inference(request ?? known.request, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
  } finally {
    client.close();
  }
}

type GrpcClientClass = new (
  address: string,
  channel: ReturnType<typeof credentials.createInsecure>,
) => {
  inference(request: object, done: (error: ServiceError | null, response: unknown) => void): void;
  close(): void;
};

/** Equal, but for the last digits of numbers, which differ between processors; JSON in a string counts as what it says. */
function assertSame(actual: unknown, expected: unknown): void {
  if (typeof expected === "number") {
    assert.ok(Math.abs(Number(actual) - expected) < 1e-4, `${actual} is not ${expected}`);
  } else if (typeof expected === "string" && expected.startsWith("{")) {
    assertSame(JSON.parse(String(actual)), JSON.parse(expected));
  } else if (typeof expected === "object" && expected !== null) {
    assert.deepEqual(Object.keys(actual as object), Object.keys(expected));
    for (const [key, value] of Object.entries(expected)) {
      assertSame((actual as Record<string, unknown>)[key], value);
    }
  } else {
    assert.equal(actual, expected);
  }
}

async function post(url: string, path: string, body: object): Promise<unknown> {
  return (await fetch(`${url}/${path}`, { method: "POST", body: JSON.stringify(body) })).json();
}

describe("the demo-serving example", () => {
  let server: StartedServer;
  before(async () => {
    server = await startServer(["start", "--conf", "examples/demo-serving/conf", "--port", "0"]);
  });
  after(() => server[Symbol.asyncDispose]());

  test("starts without a warning, and its README calls every service of its own", () => {
    assert.match(server.command.stderr, /^paddlewheel: ready [^\n]*\n$/);
    assert.deepEqual(
      shownCalls.map(({ service }) => service),
      Object.keys(requests),
    );
  });

  for (const { service, command, answer } of shownCalls) {
    test(`${service} answers curl as the README shows`, { skip: skipWithout("curl") }, async () => {
      const script = `cd '${repositoryRoot}' && ${command.replace("127.0.0.1:8010", server.address)}`;
      const { code, stdout, stderr } = await runProgram("sh", ["-c", script]);
      assert.equal(code, 0, stderr);
      assertSame(JSON.parse(stdout.toString()), answer);
    });

    test(`${service} gives a gRPC client the same answer`, async () => {
      assertSame(await callGrpc(server.address, service), answer);
    });
  }

  test("names the field of a picture that is none, over gRPC too", async () => {
    const request = { instances: [{ image_binary }, { image_binary: Buffer.from("GIF89a") }] };
    await assert.rejects(callGrpc(server.address, "ImageClassifyService", request), {
      code: status.INVALID_ARGUMENT,
      details: "instances[1].image_binary: is no JPEG file: those begin with the bytes FF D8",
    });
  });

  test("classifies the pictures of one request each by itself, and together as alone", async () => {
    const one = shownCalls.find(({ service }) => service === "ImageClassifyService")?.answer as {
      predictions: unknown[];
    };
    const instance = { image_binary };
    const three = { instances: [instance, instance, instance] };
    const answer = await callGrpc(server.address, "ImageClassifyService", three);
    assertSame(answer, { predictions: Array(3).fill(one.predictions[0]) });
  });

  test("tells in debug what each Op did", async () => {
    const instances = [{ image_binary: image_binary.toString("base64") }];
    const { ops } = (await post(server.url, "ImageClassifyService/debug", { instances })) as {
      ops: { op_name: string; debug_str: string }[];
    };
    assert.deepEqual(
      ops.map(({ op_name }) => op_name),
      ["image_reader_op", "image_classify_op", "write_json_op"],
    );
    assert.match(ops[0]?.debug_str ?? "", /^image: float32 \[1, 3, 224, 224\] = /);
  });

  test("serves the general model beside the others", async () => {
    const tensor = [{ name: "x", elem_type: 1, shape: [1, 13], float_data: Array(13).fill(0) }];
    const { outputs } = (await post(server.url, "GeneralModelService/inference", { tensor })) as {
      outputs: unknown;
    };
    const price = {
      float_data: [22.738298],
      elem_type: 1,
      shape: [1, 1],
      name: "fc_0.tmp_1",
      alias_name: "price",
    };
    assertSame(outputs, [{ tensor: [price], engine_name: "general_model" }]);
  });
});

test("the example's conf in the form of Paddle Serving's demo serves the same", async () => {
  const dir = await mkdtemp(join(tmpdir(), "paddlewheel-demo-"));
  try {
    await cp(join(folder, "conf"), dir, { recursive: true });
    await rename(join(dir, "infer_service.prototxt"), join(dir, "service.prototxt"));
    const older = (text: string): string =>
      text
        .replaceAll('type: "ONNX"', 'type: "FLUID_CPU_ANALYSIS_DIR"')
        .replaceAll("model_dir:", "batch_infer_size: 0\n  enable_batch_align: 0\n  model_data_path:")
        .replaceAll("examples/demo-serving/conf", dir);
    for (const file of ["resource.prototxt", "model_toolkit.prototxt", "general_model_toolkit.prototxt"]) {
      await writeFile(join(dir, file), older(await readFile(join(dir, file), "utf8")));
    }
    await using server = await startServer(["start", "--conf", dir, "--port", "0"]);
    for (const { service, answer } of shownCalls) assertSame(await callGrpc(server.address, service), answer);
  } finally {
    await rm(dir, { recursive: true });
  }
});
