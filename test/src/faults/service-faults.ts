import { type ConfFault, rightFiles, workflow } from "./conf-fault.js";

const shopProto = (service: string, method = "rpc inference(Request) returns (Answer);"): string =>
  `syntax = "proto3";
package shop;
message Request { string kind = 1; int32 top = 2; }
message Answer { string label = 1; }
service ${service} { ${method} }
`;

export const serviceFaults: readonly ConfFault[] = [
  {
    what: "services, mergers, workflows and files that there are not, or twice",
    files: {
      "infer_service.prototxt": `services { name: "GeneralModelService" workflows: "rank" merger: "AverageMerger" }
services { name: "GeneralModelService" workflows: "rank" }
services { name: "ShopService" workflows: "rank" }
services { name: "BuiltinTestEchoService" workflows: "rnak" }
services { name: "TopService" proto_file: "protos/top.proto" workflows: "rank" }
services { name: "RankService" proto_file: "rank.proto" proto_service: "shop.RakService" workflows: "rank" }
`,
      "rank.proto": shopProto("RankService"),
    },
    lines: [
      'infer_service.prototxt:1 services[0].merger: no merger named "AverageMerger", there is "default"',
      'infer_service.prototxt:2 services[1].name: the service name "GeneralModelService" is already taken at infer_service.prototxt:1: one service takes several workflows',
      'infer_service.prototxt:3 services[2].name: no service named "ShopService": for one of your own name its .proto in proto_file',
      'infer_service.prototxt:4 services[3].workflows[0]: no workflow named "rnak"; did you mean "rank"?',
      "infer_service.prototxt:5 services[4].proto_file: there is no file DIR/protos/top.proto",
      'infer_service.prototxt:6 services[5].name: must be "RakService", the last part of proto_service',
    ],
  },
  {
    what: "services whose .proto files or Ops are at fault",
    files: {
      "infer_service.prototxt": `services { name: "ReadService" proto_file: "read.proto" workflows: "rank" }
services { name: "TopService" proto_file: "rank.proto" workflows: "rank" }
services { name: "FlowService" proto_file: "flow.proto" workflows: "rank" }
services {
  name: "RankService"
  proto_file: "rank.proto"
  enable_map_request_to_workflow: true
  request_field_key: "knd"
  value_mapped_workflows { request_field_value: "a" workflow: "rank" }
}
services { name: "WebService" proto_file: "web.proto" web_service: "rank" workflows: "rank" }
services {
  name: "PathService"
  proto_file: "path.proto"
  workflows: "rank"
  restful_mappings: "/v1/run => inference"
  restful_mappings: "/v1/* => inferense"
}
services { name: "GeneralModelService" workflows: "slow" }
services { name: "BuiltinTestEchoService" workflows: "licensed" }
`,
      "read.proto": `syntax = "proto3";\nmesage Request { string kind = 1; }\n`,
      "rank.proto": shopProto("RankService"),
      "flow.proto": shopProto("FlowService", "rpc inference(Request) returns (stream Answer);"),
      "web.proto": shopProto("WebService"),
      "path.proto": shopProto("PathService"),
      "workflow.prototxt": `ops: "./ops.mjs"
${rightFiles["workflow.prototxt"]}
${workflow("slow", '  nodes { name: "slow" type: "SlowOp" }')}
${workflow("licensed", '  nodes { name: "top" type: "LicensedOp" }')}`,
      "ops.mjs": `export class SlowOp { static runsOn = "pool"; inference() {} bind() {} }
export class LicensedOp { constructor() { throw new Error("no licence"); } inference() {} bind() {} }
`,
    },
    lines: [
      "infer_service.prototxt:1 services[0].proto_file: DIR/read.proto:2: illegal token 'mesage' is not what the .proto language has here",
      'infer_service.prototxt:2 services[1].proto_file: DIR/rank.proto: has no service "TopService"; it has "shop.RankService"',
      'infer_service.prototxt:3 services[2].proto_file: DIR/flow.proto:5: method "inference" streams, which cannot be served; take "stream" out, or the method',
      'infer_service.prototxt:8 services[3].request_field_key: request_field_key "knd" is no field of shop.Request, must be a string of it that is not repeated; did you mean "kind"?',
      'infer_service.prototxt:11 services[4].web_service: web_service "rank" needs the messages of GeneralModelService, and "WebService" has others: remove it',
      'infer_service.prototxt:17 services[5].restful_mappings[1]: maps /v1/* to the method "inferense", which the service does not have; did you mean "inference"?',
      'workflow.prototxt:11 workflows[1].nodes[0].type: op "slow" (SlowOp) runs on the pool: its class must say where it is, with static module = import.meta.url',
      'workflow.prototxt:17 workflows[2].nodes[0].type: op "top" (LicensedOp) could not be created: no licence',
    ],
  },
  {
    what: "options that the Op does not take",
    files: {
      "workflow.prototxt": `ops: "./ops.mjs"
${workflow(
  "rank",
  `
  nodes {
    name: "top"
    type: "TopOp"
    config { key: "k" value: "many" }
    config { key: "top_k" value: "5" }
    config { key: "label" value: "5" }
  }
  nodes {
    name: "copy"
    type: "GeneralCopyOp"
    dependencies { name: "top" mode: "RO" }
    config { key: "k" value: "5" }
  }`,
)}`,
      "ops.mjs": `export class TopOp {
  static config = { declaration: { k: { int32: 5 }, top: { bool: true } } };
  inference() {}
  bind() {}
}
`,
    },
    lines: [
      'workflow.prototxt:8 workflows[0].nodes[0].config["k"]: must be a whole number from -2147483648 to 2147483647, not "many"',
      'workflow.prototxt:9 workflows[0].nodes[0].config["top_k"]: no option named "top_k"; did you mean "top"?',
      'workflow.prototxt:10 workflows[0].nodes[0].config["label"]: no option named "label", there is "k", "top"',
      'workflow.prototxt:16 workflows[0].nodes[1].config["k"]: no option named "k": the Op takes none, remove it',
    ],
  },
  {
    what: "modules of Ops that bring none",
    files: {
      "workflow.prototxt": `ops: "./nowhere.mjs"
ops: "./syntax.mjs"
ops: "./throws.mjs"
ops: "./empty.mjs"
ops: "./late.mjs"
ops: "./idle.mjs"
ops: "./first.mjs"
ops: "./second.mjs"
ops: "no-such-ops"
ops: "empty.mjs"
ops: "./first"
${rightFiles["workflow.prototxt"]}`,
      "syntax.mjs": "export class {",
      "throws.mjs": `throw new Error("no licence");`,
      "empty.mjs": "export const version = 1;",
      "late.mjs": "export async function register() {}",
      "idle.mjs": "export function register() {}",
      "first.mjs": "export class TopOp { inference() {} bind() {} }",
      "second.mjs": "export class TopOp { inference() {} bind() {} }",
    },
    lines: [
      "workflow.prototxt:1 ops[0]: there is no file DIR/nowhere.mjs",
      'workflow.prototxt:2 ops[1]: module "DIR/syntax.mjs": cannot be imported: Unexpected token \'{\'; "node --check DIR/syntax.mjs" shows where',
      'workflow.prototxt:3 ops[2]: module "DIR/throws.mjs": cannot be imported: no licence',
      'workflow.prototxt:4 ops[3]: module "DIR/empty.mjs": exports nothing to register, it must export Op classes, mergers, or a function register({ ops, mergers, services })',
      'workflow.prototxt:5 ops[4]: module "DIR/late.mjs": register must not be asynchronous: await at the top of the module instead',
      'workflow.prototxt:6 ops[5]: module "DIR/idle.mjs": register registered nothing new, it must call ops.register, mergers.register or services.set',
      'workflow.prototxt:8 ops[7]: module "DIR/second.mjs": an Op type named "TopOp" is already registered: give this class a static type of its own',
      'workflow.prototxt:9 ops[8]: module "no-such-ops": cannot be imported: Cannot find module \'no-such-ops\'; install it, or write "./" in front of a file',
      'workflow.prototxt:10 ops[9]: "empty.mjs" names a package: for the file write "./empty.mjs"',
      'workflow.prototxt:11 ops[10]: there is no file DIR/first; did you mean "./first.mjs"?',
    ],
  },
];
