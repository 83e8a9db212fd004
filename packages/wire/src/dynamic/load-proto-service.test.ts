import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Code } from "@paddlewheel/core";
import { Root } from "protobufjs";
import { loadProtoTexts } from "../testing/load-proto-text.js";
import { loadProtoService, type ProtoService } from "./load-proto-service.js";

/** As Paddle's demo services declare themselves. */
const echo = `syntax = "proto2";
import "pds_option.proto";
import "builtin_format.proto";
package baidu.paddle_serving.predictor.echo_service;

option cc_generic_services = true;

message RequestAndResponse {
  required int32 a = 1;
  required float b = 2 [ (pds.pack_on) = true ];
  repeated format.Dense instances = 3;
};

service BuiltinTestEchoService {
  rpc inference(RequestAndResponse) returns (RequestAndResponse);
  rpc debug(RequestAndResponse) returns (RequestAndResponse);
  option (pds.options).generate_impl = true;
};`;
const format = `syntax = "proto2";
package baidu.paddle_serving.predictor.format;
message Dense { repeated float features = 1; }`;
const pdsOption = `syntax = "proto2";
import "google/protobuf/descriptor.proto";
package pds;
extend google.protobuf.FieldOptions { optional bool pack_on = 70000 [default = false]; };
extend google.protobuf.ServiceOptions { optional PaddleServiceOption options = 80000; };
message PaddleServiceOption { optional bool generate_impl = 1 [default = false]; };`;

const protos = { "conf/main.proto": echo, "conf/builtin_format.proto": format };

function load(text: string, service?: string): ProtoService {
  return loadProtoTexts({ "conf/main.proto": text }, service);
}

describe("loadProtoService", () => {
  it("gives the service with its methods and the types of their messages", () => {
    const service = loadProtoTexts(protos);
    assert.equal(service.name, "baidu.paddle_serving.predictor.echo_service.BuiltinTestEchoService");
    assert.deepEqual(
      service.methods.map(({ name, request, response }) => [name, request.typeName, response.typeName]),
      ["inference", "debug"].map((name) => [
        name,
        "baidu.paddle_serving.predictor.echo_service.RequestAndResponse",
        "baidu.paddle_serving.predictor.echo_service.RequestAndResponse",
      ]),
    );
    assert.deepEqual(service.methods[0]?.request.fields, [
      { name: "a", protoName: "a", type: "int32", shape: "single", isRequired: true, isPackOn: false },
      { name: "b", protoName: "b", type: "float", shape: "single", isRequired: true, isPackOn: false },
      {
        name: "instances",
        protoName: "instances",
        type: "baidu.paddle_serving.predictor.format.Dense",
        shape: "list",
        isRequired: false,
        isPackOn: false,
      },
    ]);
  });

  it("takes the options of Paddle whether their file is there or not", () => {
    const message = { a: 1, b: 0.5, instances: [{ features: [1, 2] }] };
    for (const files of [protos, { ...protos, "conf/pds_option.proto": pdsOption }]) {
      const codec = loadProtoTexts(files).methods[0]?.request;
      assert.deepEqual(codec?.decode(codec.encode(message)), message);
    }
  });

  it("gives a schema that protobufjs reads again", () => {
    const { schema } = loadProtoTexts({ ...protos, "conf/pds_option.proto": pdsOption });
    const root = Root.fromJSON(schema);
    assert.equal(root.lookupService("BuiltinTestEchoService").methodsArray.length, 2);
  });

  it("reads a file from disk", () => {
    const file = fileURLToPath(
      new URL("../../../../protos/paddle_serving/general_model_service.proto", import.meta.url),
    );
    const { name } = loadProtoService({ file });
    assert.equal(name, "baidu.paddle_serving.predictor.general_model.GeneralModelService");
  });

  it("finds an import beside the file that imports it, beside the first one, and among the well-known types", () => {
    const service = loadProtoTexts({
      "conf/main.proto": `syntax = "proto3"; import "sub/a.proto"; import "google/protobuf/struct.proto";
        message M { A a = 1; google.protobuf.Struct s = 2; } service S { rpc m(M) returns (M); }`,
      "conf/sub/a.proto":
        'syntax = "proto3"; import "b.proto"; import "c.proto"; message A { B b = 1; C c = 2; }',
      "conf/sub/b.proto": 'syntax = "proto3"; message B { int32 x = 1; }',
      "conf/c.proto": 'syntax = "proto3"; import "sub/a.proto"; message C { A again = 1; }',
    });
    const codec = service.methods[0]?.request;
    const text = '{"a":{"b":{"x":1},"c":{"again":{"b":{"x":2}}}},"s":{"fields":{"k":{"number_value":5}}}}';
    assert.equal(codec?.encodeJson(codec.decodeJson(text)), text);
  });

  it("gives the service asked for, by its full or its short name", () => {
    const text = `package p; message M {} service A { rpc m(M) returns (M); } service B { rpc m(M) returns (M); }`;
    assert.equal(load(text, "A").name, "p.A");
    assert.equal(load(text, "p.B").name, "p.B");
  });

  it("leaves extensions out", () => {
    const text = `message M { extensions 100 to 200; } extend M { optional int32 more = 100; }
      service S { rpc m(M) returns (M); }`;
    const codec = load(text).methods[0]?.request;
    assert.deepEqual(codec?.fields, []);
    assert.deepEqual(codec?.decode(Uint8Array.of(0xa0, 0x06, 0x05)), {});
  });
});

const m = "message M {}";
const service = "service S { rpc m(M) returns (M); }";

describe("loadProtoService refuses", () => {
  const refused: [what: string, text: string, message: string, name?: string][] = [
    [
      "what is not the .proto language",
      `${m}\nmesage X {}`,
      "conf/main.proto:2: illegal token 'mesage' is not what the .proto language has here",
    ],
    ["a file that ends too early", "message M {\n", "conf/main.proto:2: the file ends inside a declaration"],
    [
      "a number used twice",
      `message M {\n  optional int32 a = 1;\n  optional int32 b = 1;\n}`,
      "conf/main.proto:3: duplicate id 1 in Type M; every field needs a free number of its own",
    ],
    [
      "a name used twice",
      `message M {\n  optional int32 a = 1;\n  optional int32 a = 2;\n}`,
      "conf/main.proto:3: duplicate name 'a' in Type M; give it another name",
    ],
    [
      "an import that is not there",
      `syntax = "proto2";\n// import "x.proto"\nimport "x.proto";`,
      'conf/main.proto:3: cannot import "x.proto": it is neither of "conf/x.proto", nor one of google/protobuf',
    ],
    [
      "a type that is not there",
      `message Dense {}\nmessage M {\n  repeated Dence d = 1; /* Dence d = 1\n */\n}`,
      'conf/main.proto:3: field "d" of message M: there is no type "Dence"; did you mean "Dense"?',
    ],
    [
      "a type of a map that is not there",
      "message M {\n  map<string, Nope> d = 1;\n}",
      'conf/main.proto:2: field "d" of message M: there is no type "Nope"',
    ],
    [
      "a method of a message that is not there",
      `${m}\nservice S {\n  rpc m(M) returns (N);\n}`,
      'conf/main.proto:3: method "m": there is no message "N"',
    ],
    [
      "a method that streams",
      `${m}\nservice S {\n  rpc m(M) returns (stream M);\n}`,
      'conf/main.proto:3: method "m" streams, which cannot be served; take "stream" out, or the method',
    ],
    ["a service without methods", `${m}\nservice S {}`, "conf/main.proto:2: service S has no method"],
    ["a file without services", m, "conf/main.proto: declares no service"],
    [
      "to choose between services",
      `${m} service A { rpc m(M) returns (M); } service B { rpc m(M) returns (M); }`,
      'conf/main.proto: has the services "A", "B"; name the one to serve',
    ],
    [
      "a service that is not there",
      `package p; ${m} service Echo { rpc m(M) returns (M); }`,
      'conf/main.proto: has no service "p.Ehco"; did you mean "p.Echo"?; it has "p.Echo"',
      "p.Ehco",
    ],
    [
      "a group",
      `message M {\n  optional group G = 1 { optional int32 a = 1; }\n}\n${service}`,
      'conf/main.proto:2: field "g" of message M: is a group, which cannot be served; make it a field of a message type',
    ],
    [
      "two fields that are one in camelCase",
      `message M {\n  optional int32 a_b = 1;\n  optional int32 aB = 2;\n}\n${service}`,
      'conf/main.proto:3: field "aB" of message M: and "a_b" are both aB in camelCase; rename one of them',
    ],
    [
      "a default beyond what is exact",
      `message M {\n  optional uint64 a = 1 [default = 18446744073709551615];\n}\n${service}`,
      'conf/main.proto:2: field "a" of message M: the default is too large to be read exactly; leave it out',
    ],
    [
      "a default that is none",
      `message M {\n  optional int32 a = 1 [default = 5000000000];\n}\n${service}`,
      'conf/main.proto:2: field "a" of message M: the default must be a whole number from -2147483648 to 2147483647',
    ],
  ];
  for (const [what, text, message, name] of refused) {
    it(what, () =>
      assert.throws(() => load(text, name), { name: "ServeError", code: Code.invalidConf, message }),
    );
  }

  it("a file that cannot be read", () => {
    assert.throws(() => loadProtoTexts({}), {
      code: Code.invalidConf,
      message: "conf/main.proto: cannot be read: no such file, open 'conf/main.proto'",
    });
  });

  it("a fault of an imported file, in its name", () => {
    const files = {
      "conf/main.proto": `import "a.proto"; ${m} ${service}`,
      "conf/a.proto": "message A {\n  int x\n}",
    };
    assert.throws(() => loadProtoTexts(files), {
      code: Code.invalidConf,
      message: /^conf\/a\.proto:2: illegal token 'int'/,
    });
  });
});
