import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { credentials, type Metadata, makeGenericClientConstructor, type ServiceError } from "@grpc/grpc-js";
import { Code, type InferServiceConf, ServeError, type WorkflowConf } from "@paddlewheel/core";
import { type Inference, opOf } from "@paddlewheel/core/testing";
import { generalModelServiceName, loadProtoService } from "@paddlewheel/wire";
import { createRegistries } from "../registries.js";
import { ServerManager } from "../server-manager.js";

const echoProto = `syntax = "proto2";
import "pds_option.proto";
package demo.echo;
message Instance { required int64 id = 1; repeated float dense_values = 2; }
message Request {
  repeated Instance instances = 1;
  optional uint64 log_id = 2;
  optional string scene_name = 3;
  repeated string tags = 4;
  optional int32 count = 5;
}
message Response {
  repeated Instance instances = 1;
  required int64 err_code = 2;
  optional string err_msg = 3;
  optional string log = 4;
}
service EchoService {
  rpc inference(Request) returns (Response);
  rpc debug(Request) returns (Response);
  option (pds.options).generate_impl = true;
}
service PlainService { rpc inference(Request) returns (Request); }
service OldService { rpc debug(Instance) returns (Instance); }`;

const folder = mkdtempSync(join(tmpdir(), "proto-service-"));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, "echo.proto");
writeFileSync(file, echoProto);
const methods = loadProtoService({ file, service: "EchoService" }).methods;
const [codecs] = methods;
assert.ok(codecs);

interface Request {
  instances: { id: bigint; denseValues: number[] }[];
  logId: bigint;
}

const ops: Readonly<Record<string, Inference>> = {
  EchoOp: (op) => {
    const { instances } = op.requestMessage<Request>();
    op.output = { instances, errCode: 0n, log: String(op.call.logId) };
  },
  MoreOp: (op) => {
    const { instances } = op.requestMessage<Request>();
    op.output = { instances: instances.map((one) => ({ ...one, id: -one.id })), errCode: 7 };
  },
  SameOp: (op) => {
    op.output = op.requestMessage();
  },
  WrongOp: (op) => {
    op.output = { instances: [{ id: "x" }], errCode: 0 };
  },
  RefuseOp: () => {
    throw new ServeError(Code.invalidArgument, "instances: too few");
  },
};

const registries = createRegistries();
for (const [type, inference] of Object.entries(ops)) registries.ops.register(opOf(type, inference));

/** One workflow of one node for each Op, of its name. */
const workflows = Object.keys(ops).map(
  (type): WorkflowConf => ({
    name: type,
    workflowType: "Sequence",
    nodes: [{ name: "node", type, dependencies: [], address: [], config: {} }],
  }),
);

function serviceConf(name: string, workflow: string, more: Partial<InferServiceConf> = {}): InferServiceConf {
  return {
    name,
    merger: "default",
    workflows: [workflow],
    workflowMap: undefined,
    isParallel: false,
    webService: undefined,
    proto: { file, service: undefined },
    ...more,
  };
}

function createServer(...services: InferServiceConf[]): ServerManager {
  const conf = { port: undefined, services, workflows, engines: [], opModules: [] };
  return new ServerManager({ conf, registries, port: 0, host: "127.0.0.1" });
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

interface Client {
  post(path: string, body: string | Uint8Array, type?: string): Promise<Answer>;
  grpc(path: string, message: Uint8Array): Promise<Buffer>;
}

/** Runs `work` with a client of a server of these services. */
async function withServer(
  services: readonly InferServiceConf[],
  work: (client: Client) => Promise<void>,
): Promise<void> {
  const server = createServer(...services);
  const { port } = await server.start();
  const GrpcClient = makeGenericClientConstructor({}, "raw");
  const grpcClient = new GrpcClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  try {
    await work({
      async post(path, body, type = "application/json") {
        const url = `http://127.0.0.1:${port}${path}`;
        const response = await fetch(url, { method: "POST", body, headers: { "content-type": type } });
        return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
      },
      grpc: (path, message) =>
        new Promise((resolve, reject) => {
          const done = (error: ServiceError | null, reply?: Buffer): void => {
            if (error) reject(error);
            else resolve(reply ?? Buffer.alloc(0));
          };
          grpcClient.makeUnaryRequest(path, asIs, asIs, Buffer.from(message), done);
        }),
    });
  } finally {
    grpcClient.close();
    await server.stop();
  }
}

const jsonRequest =
  '{"instances":[{"id":9007199254740993,"dense_values":[0.5,1]}],"log_id":18446744073709551615}';
const jsonResponse =
  '{"instances":[{"id":9007199254740993,"dense_values":[0.5,1]}],"err_code":0,"log":"18446744073709551615"}';

describe("a service of a .proto that conf names", () => {
  const services = [serviceConf("EchoService", "EchoOp")];

  test("answers JSON, bytes over HTTP and gRPC, by its short and its full name", async () => {
    await withServer(services, async ({ post, grpc }) => {
      for (const name of ["EchoService", "demo.echo.EchoService"]) {
        const path = `/${name}/inference`;
        const json = await post(path, jsonRequest);
        assert.deepEqual([json.status, json.body.toString()], [200, jsonResponse]);
        const bytes = codecs.request.encode(codecs.request.decodeJson(jsonRequest));
        const instances = [{ id: 2n ** 53n + 1n, denseValues: [0.5, 1] }];
        const reply = codecs.response.encode({ instances, errCode: 0, log: "18446744073709551615" });
        const expected: Buffer = Buffer.from(reply);
        assert.deepEqual((await post(path, bytes, "application/proto")).body, expected);
        assert.deepEqual(await grpc(path, bytes), expected);
      }
    });
  });

  test("dumps what its Ops did when its method debug is called", async () => {
    await withServer(services, async ({ post }) => {
      const { body } = await post("/EchoService/debug", jsonRequest);
      const dump = JSON.parse(body.toString());
      assert.deepEqual(
        dump.ops.map((op: { op_type: string }) => op.op_type),
        ["EchoOp"],
      );
      assert.equal(dump.log_id, "18446744073709551615");
      assert.equal(dump.response.err_code, 0);
    });
  });

  test("refuses a request without a required field, with its path", async () => {
    await withServer(services, async ({ post, grpc }) => {
      const message = "instances[0].id: is missing, message Instance requires it";
      const { status, body } = await post("/EchoService/inference", '{"instances":[{}]}');
      assert.deepEqual(
        [status, JSON.parse(body.toString())],
        [400, { err_code: Code.malformedRequest, err_msg: message }],
      );
      await assert.rejects(grpc("/EchoService/inference", Uint8Array.of(0x0a, 0x00)), { details: message });
    });
  });

  test("says what went wrong in its err_code and err_msg", async () => {
    await withServer([serviceConf("EchoService", "RefuseOp")], async ({ post }) => {
      const { status, body } = await post("/EchoService/inference", "{}");
      assert.equal(status, 400);
      assert.equal(body.toString(), '{"err_code":22,"err_msg":"instances: too few"}');
    });
  });

  test("says in text what went wrong when its response has no place for it", async () => {
    await withServer([serviceConf("PlainService", "RefuseOp")], async ({ post }) => {
      const { status, body } = await post("/PlainService/inference", "{}");
      assert.deepEqual([status, body.toString()], [400, "instances: too few"]);
    });
  });

  test("names the field that an Op has made wrong", async () => {
    await withServer([serviceConf("EchoService", "WrongOp")], async ({ post, grpc }) => {
      const message = /op output: instances\[0\]\.id: must be a bigint of int64, got "x" \(request id /;
      const { status, body } = await post("/EchoService/inference", "{}");
      assert.equal(status, 500);
      assert.match(JSON.parse(body.toString()).err_msg, message);
      await assert.rejects(grpc("/EchoService/inference", Buffer.alloc(0)), (error: ServiceError) => {
        assert.match(error.details, message);
        assert.equal(numberOf(error.metadata), Code.opFailure);
        return true;
      });
    });
  });

  test("merges what several workflows give by the rules of its messages", async () => {
    const conf = serviceConf("EchoService", "EchoOp", { workflows: ["MoreOp", "EchoOp"] });
    await withServer([conf], async ({ post }) => {
      const { body } = await post("/EchoService/inference", '{"instances":[{"id":1}]}');
      assert.equal(body.toString(), '{"instances":[{"id":-1},{"id":1}],"err_code":0,"log":"0"}');
    });
  });

  test("is one of several of a file, with a debug of its own when there is no inference beside", async () => {
    const both = [serviceConf("EchoService", "EchoOp"), serviceConf("OldService", "SameOp")];
    await withServer(both, async ({ post }) => {
      assert.equal((await post("/OldService/debug", '{"id":5}')).body.toString(), '{"id":5}');
      assert.equal((await post("/EchoService/inference", "{}")).body.toString(), '{"err_code":0,"log":"0"}');
    });
  });
});

function numberOf(metadata: Metadata): number {
  return Number(metadata.get("x-bd-error-code")[0]);
}

describe("a service of a .proto whose requests pick their workflows", () => {
  const mapped = (requestField: string): InferServiceConf =>
    serviceConf("EchoService", "EchoOp", {
      workflows: [],
      workflowMap: {
        requestField,
        workflows: new Map([
          ["day", ["EchoOp"]],
          ["night", ["MoreOp"]],
        ]),
      },
    });

  test("runs those of the field's value, by its name in the .proto", async () => {
    await withServer([mapped("scene_name")], async ({ post }) => {
      const errCode = async (scene: string): Promise<number> =>
        JSON.parse((await post("/EchoService/inference", `{"scene_name":"${scene}"}`)).body.toString())
          .err_code;
      assert.deepEqual([await errCode("day"), await errCode("night")], [0, 7]);
      assert.equal(await errCode("dusk"), Code.invalidArgument);
    });
  });

  const refused: [field: string, what: string, hint: string][] = [
    ["scene", "is no field", ""],
    ["scene_nam", "is no field", '; did you mean "scene_name"?'],
    ["tags", "is a repeated string", ""],
    ["count", "is a field of type int32", ""],
  ];
  for (const [field, what, hint] of refused) {
    test(`is refused at the start when ${field} ${what} that could`, () => {
      assert.throws(() => createServer(mapped(field)), {
        code: Code.invalidConf,
        message: `request_field_key "${field}" ${what} of demo.echo.Request, must be a string of it that is not repeated${hint}`,
      });
    });
  }
});

describe("conf that names a .proto", () => {
  test("is refused when the .proto has no such service", () => {
    assert.throws(() => createServer(serviceConf("EhcoService", "EchoOp")), {
      code: Code.invalidConf,
      message: `${file}: has no service "EhcoService"; it has "demo.echo.EchoService", "demo.echo.PlainService", "demo.echo.OldService"`,
    });
  });

  test("is refused for a web service, which has messages of its own", () => {
    assert.throws(() => createServer(serviceConf("EchoService", "EchoOp", { webService: "echo" })), {
      code: Code.invalidConf,
      message:
        'web_service "echo" needs the messages of GeneralModelService, and "EchoService" has others: remove it',
    });
  });
});

describe("gRPC reflection and health", () => {
  const services = ["EchoService", "PlainService"].map((name) => serviceConf(name, "SameOp"));
  const general = serviceConf("GeneralModelService", "SameOp", { proto: undefined });
  const reflectionFile = join(folder, "reflection.proto");
  writeFileSync(
    reflectionFile,
    `syntax = "proto3";
    message Request { string symbol = 4; string list = 7; }
    message Reply { Files files = 4; Listed listed = 6; }
    message Files { repeated bytes file = 1; }
    message Listed { repeated Name service = 1; }
    message Name { string name = 1; }
    service Reflection { rpc ask(Request) returns (Reply); }`,
  );
  const [ask] = loadProtoService({ file: reflectionFile }).methods;
  assert.ok(ask);

  interface Reply {
    readonly listed: { readonly service: readonly { readonly name: string }[] };
    readonly files: { readonly file: readonly Uint8Array[] };
  }

  /** Asks over gRPC, as reflection clients do: one message of a stream. */
  async function reflect(grpc: Client["grpc"], request: object): Promise<Reply> {
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    return ask?.response.decode(await grpc(path, ask.request.encode(request))) as Reply;
  }

  test("list such services and no others of their files, with the schema of their messages", async () => {
    const other = join(folder, "other.proto");
    writeFileSync(
      other,
      'syntax = "proto3"; package demo.echo; message O { int32 other_field = 1; } service Other { rpc m(O) returns (O); }',
    );
    const more = [
      general,
      serviceConf("Other", "SameOp", { proto: { file: other, service: "demo.echo.Other" } }),
    ];
    await withServer([...services, ...more], async ({ grpc }) => {
      const { listed } = await reflect(grpc, { list: "*" });
      const names = ["EchoService", "Other", "PlainService"].map((name) => `demo.echo.${name}`);
      assert.deepEqual(listed.service.map(({ name }) => name).sort(), [generalModelServiceName, ...names]);
      for (const symbol of names) {
        const { files } = await reflect(grpc, { symbol });
        const text = files.file.map((one) => Buffer.from(one).toString("latin1")).join();
        for (const word of ["dense_values", "err_code", "other_field"]) assert.ok(text.includes(word), word);
      }
    });
  });

  test("know such a service by its full name", async () => {
    await withServer(services, async ({ grpc }) => {
      const name = Buffer.from("demo.echo.EchoService");
      const reply = await grpc(
        "/grpc.health.v1.Health/Check",
        Buffer.concat([Buffer.of(0x0a, name.length), name]),
      );
      assert.deepEqual(reply, Buffer.of(0x08, 1));
    });
  });
});
