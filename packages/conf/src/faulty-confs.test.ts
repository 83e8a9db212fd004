import assert from "node:assert/strict";
import { test } from "node:test";
import { faultLines, goodTexts } from "./testing/conf-set.js";

interface FaultyConf {
  readonly what: string;
  /** File in `conf/` whose text replaces the good one. */
  readonly file: string;
  readonly text: string;
  /** Without the `conf/` in front. */
  readonly faults: readonly string[];
}

const service = (fields: string) => `services { name: "GeneralModelService" ${fields} }`;
const workflow = (nodes: string) => `workflows {\n name: "w1"\n workflow_type: "Sequence"\n${nodes}\n}`;
const reader = ' nodes { name: "reader" type: "GeneralReaderOp" }';
const engine = (fields: string) =>
  `engines {\n name: "infer" type: "ONNX" model_dir: "models/uci"\n reloadable_type: "none"\n ${fields}\n}`;
const feed = (fields: string) => `feed_var { name: "x" feed_type: 1 }\nfetch_var { name: "y" ${fields} }`;

const services: readonly Omit<FaultyConf, "file">[] = [
  {
    what: "a port that is none",
    text: `port: 65536\n${service('workflows: "w1"')}`,
    faults: [":1 port: must be a whole number from 0 to 65535, not 65536"],
  },
  {
    what: "a port below the type's range",
    text: `port: -1\n${service('workflows: "w1"')}`,
    faults: [":1 port: must be a whole number from 0 to 4294967295, not -1"],
  },
  {
    what: "a port in quotes",
    text: `port: "8010"\n${service('workflows: "w1"')}`,
    faults: [':1 port: must be a whole number from 0 to 4294967295, not "8010"'],
  },
  {
    what: "a port given twice",
    text: `port: 1\n${service('workflows: "w1"')}\nport: 2`,
    faults: [":3 port: is given twice, first on line 1"],
  },
  {
    what: "a list for one value",
    text: `port: [1, 2]\n${service('workflows: "w1"')}`,
    faults: [":1 port: takes one value, not a list"],
  },
  {
    what: "lists without a colon, which only lists of messages may be",
    text: 'services [ { name: "EchoService" workflows ["w1"]\n value_mapped_workflows [] } ]',
    faults: [':1 services[0].workflows: ":" is missing after "workflows"'],
  },
  {
    what: "no service at all",
    text: "port: 1",
    faults: [" services: is missing, a server needs at least one service"],
  },
  {
    what: "a misspelt field",
    text: service('workflow: "w1"'),
    faults: [
      ':1 services[0].workflow: InferService has no such field; did you mean "workflows"?',
      ":1 services[0].workflows: is missing, name at least one workflow",
    ],
  },
  {
    what: "a service without a name",
    text: 'services {\n  workflows: "w1"\n}',
    faults: [":1 services[0].name: is missing, InferService needs it"],
  },
  {
    what: "an unknown service",
    text: 'services { name: "GeneralModelServce" workflows: "w1" }',
    faults: [
      ':1 services[0].name: no service named "GeneralModelServce"; did you mean "GeneralModelService"?',
    ],
  },
  {
    what: "a service configured twice",
    text: `${service('workflows: "w1"')}\n${service('workflows: "w1"')}`,
    faults: [
      ':2 services[1].name: the service name "GeneralModelService" is already taken at conf/infer_service.prototxt:1: one service takes several workflows',
    ],
  },
  {
    what: "an unknown workflow",
    text: service('\nworkflows: "w1"\nworkflows: "w2"'),
    faults: [':3 services[0].workflows[1]: no workflow named "w2"; did you mean "w1"?'],
  },
  {
    what: "an unknown merger",
    text: service('workflows: "w1" merger: "AveragMerger"'),
    faults: [':1 services[0].merger: no merger named "AveragMerger"; did you mean "AverageMerger"?'],
  },
  {
    what: "a bool that is a word",
    text: service('workflows: "w1" parallel: yes'),
    faults: [":1 services[0].parallel: must be true or false, not yes"],
  },
  {
    what: "a mapped service without its key and values",
    text: service("enable_map_request_to_workflow: true"),
    faults: [
      ":1 services[0].request_field_key: is missing: name the string field of the request that picks the workflows",
      ":1 services[0].value_mapped_workflows: is missing: say which value of the field picks which workflows",
    ],
  },
  {
    what: "an empty request field key",
    text: service(
      'enable_map_request_to_workflow: true request_field_key: ""\nvalue_mapped_workflows { request_field_value: "a" workflow: "w1" }',
    ),
    faults: [
      ':1 services[0].request_field_key: must be 1 to 128 characters without commas, control characters or blanks at its ends, not ""',
    ],
  },
  {
    what: "a mapped workflow that is not there, and a list with a hole",
    text: service(
      'enable_map_request_to_workflow: true request_field_key: "k"\nvalue_mapped_workflows { request_field_value: "a" workflow: "w1, w3" }\nvalue_mapped_workflows { request_field_value: "b" workflow: "w1,,w1" }',
    ),
    faults: [
      ':2 services[0].value_mapped_workflows[0].workflow: no workflow named "w3"; did you mean "w1"?',
      ':3 services[0].value_mapped_workflows[1].workflow: must be names of workflows with commas between them, not "w1,,w1"',
    ],
  },
  {
    what: "a value mapped twice",
    text: service(
      'enable_map_request_to_workflow: true request_field_key: "k"\nvalue_mapped_workflows { request_field_value: "a" workflow: "w1" }\nvalue_mapped_workflows { request_field_value: "a" workflow: "w1" }',
    ),
    faults: [
      ':3 services[0].value_mapped_workflows[1].request_field_value: the value "a" is already mapped: name all its workflows there',
    ],
  },
  {
    what: "a limit of calls that is none",
    text: service('workflows: "w1" max_concurrency: "many"'),
    faults: [
      ':1 services[0].max_concurrency: must be a whole number from 0 on, "auto", "timeout" or "timeout:MS", not "many"',
    ],
  },
  {
    what: "a limit of calls that is given twice",
    text: service(
      'workflows: "w1" method_max_concurrency { method: "inference" limit: 3 } method_max_concurrency { method: "inference" limit: "auto" }',
    ),
    faults: [':1 services[0].method_max_concurrency[1].method: the method "inference" has a limit already'],
  },
  {
    what: "a web service that is no part of a URL",
    text: service('workflows: "w1" web_service: "a/b"'),
    faults: [
      ':1 services[0].web_service: must be letters, digits, "_", "-" and ".", as it is part of a URL, not "a/b"',
    ],
  },
  {
    what: "restful mappings that are none",
    text: service(
      'workflows: "w1"\n restful_mappings: "/v1 inference"\n restful_mappings: "/a*b => inference"',
    ),
    faults: [
      ':2 services[0].restful_mappings[0]: must be "PATH => METHOD", "/v1/predict/* => inference" say, not "/v1 inference"',
      ':3 services[0].restful_mappings[1]: must have "*" as a whole segment, not "a*b"',
    ],
  },
  {
    what: "a path of two services",
    text: `${service('workflows: "w1" restful_mappings: "/v1/run => inference"')}
services { name: "EchoService" workflows: "w1"
 restful_mappings: "/v1 => inference"
 restful_mappings: "v1//run/ => debug" }`,
    faults: [
      ":4 services[1].restful_mappings[1]: maps /v1/run, which is mapped already: one path reaches one method",
    ],
  },
  {
    what: "a web service of two services",
    text: `${service('workflows: "w1" web_service: "uci"')}\nservices { name: "EchoService" workflows: "w1" web_service: "uci" }`,
    faults: [
      ':2 services[1].web_service: "uci" is already the web service of another service: choose another name',
    ],
  },
  {
    what: "a .proto file that is not there",
    text: 'services { name: "Echo"\n workflows: "w1"\n proto_file: "echo.proto" }',
    faults: [":3 services[0].proto_file: there is no file /srv/app/conf/echo.proto"],
  },
  {
    what: "a .proto file that is a folder",
    text: 'services { name: "Echo" workflows: "w1" proto_file: "../models/uci" }',
    faults: [":1 services[0].proto_file: there is no file /srv/app/models/uci"],
  },
  {
    what: "another name than that of its service",
    text: 'services { name: "Echo"\n workflows: "w1" proto_file: "infer_service.prototxt" proto_service: "demo.Ecco" }',
    faults: [':1 services[0].name: must be "Ecco", the last part of proto_service'],
  },
  {
    what: "the name of a service that none can have",
    text: 'services { name: "Echo" workflows: "w1" proto_file: "infer_service.prototxt" proto_service: "demo/Echo" }',
    faults: [
      ':1 services[0].proto_service: must be the full name of a service, package.Service, not "demo/Echo"',
    ],
  },
  {
    what: "a service of no .proto file",
    text: service('workflows: "w1" proto_service: "demo.GeneralModelService"'),
    faults: [
      ":1 services[0].proto_service: stands without proto_file: name the .proto file this service is in",
    ],
  },
];

const workflows: readonly Omit<FaultyConf, "file">[] = [
  {
    what: "a workflow type that is none",
    text: workflow(reader).replace("Sequence", "Sequenze"),
    faults: [
      ':3 workflows[0].workflow_type: workflow "w1" has the type "Sequenze", must be "Sequence" or "Parallel"',
    ],
  },
  {
    what: "a workflow without nodes",
    text: workflow(""),
    faults: [':1 workflows[0].nodes: workflow "w1" has no nodes, it needs at least one'],
  },
  {
    what: "two workflows of one name",
    text: `${workflow(reader)}\n${workflow(reader)}`,
    faults: [
      ':7 workflows[1].name: the workflow name "w1" is already taken at conf/workflow.prototxt:2: choose another',
    ],
  },
  {
    what: "a node without a type",
    text: workflow(' nodes { name: "reader" }'),
    faults: [":4 workflows[0].nodes[0].type: is missing, DAGNode needs it"],
  },
  {
    what: "an unknown Op type",
    text: workflow(reader.replace("GeneralReaderOp", "GeneralReadOp")),
    faults: [
      ':4 workflows[0].nodes[0].type: no Op type named "GeneralReadOp"; did you mean "GeneralReaderOp"?',
    ],
  },
  {
    what: "a dependency that is no node",
    text: workflow(
      `${reader}\n nodes { name: "e" type: "EchoOp"\n  dependencies { name: "raeder" mode: "RO" } }`,
    ),
    faults: [
      ':6 workflows[0].nodes[1].dependencies[0].name: no node named "raeder" in workflow "w1"; did you mean "reader"?',
    ],
  },
  {
    what: "a mode that is none, and a missing one",
    text: workflow(
      `${reader}\n nodes { name: "e" type: "EchoOp"\n  dependencies { name: "reader" mode: "WO" }\n  dependencies { name: "startup_op" } }`,
    ),
    faults: [
      ':6 workflows[0].nodes[1].dependencies[0].mode: mode is "WO", must be "RO" or "RW"',
      ":7 workflows[0].nodes[1].dependencies[1].mode: is missing, DAGNodeDependency needs it",
    ],
  },
  {
    what: "the request to be written to",
    text: workflow(' nodes { name: "e" type: "EchoOp" dependencies { name: "startup_op" mode: "RW" } }'),
    faults: [
      ':4 workflows[0].nodes[0].dependencies[0].mode: the request is shared by all nodes, "startup_op" can only be read: mode must be "RO"',
    ],
  },
  {
    what: "two nodes of one name",
    text: workflow(`${reader}\n${reader}`),
    faults: [
      ':5 workflows[0].nodes[1].name: node name "reader" is already taken by nodes[0] of workflow "w1": give it another',
    ],
  },
  {
    what: "a cycle",
    text: workflow(
      ' nodes { name: "a" type: "EchoOp" dependencies { name: "b" mode: "RO" } }\n nodes { name: "b" type: "EchoOp" dependencies { name: "a" mode: "RO" } }',
    ),
    faults: [
      ':4 workflows[0].nodes[0].dependencies: the nodes "a", "b" of workflow "w1" depend on each other in a cycle: take a dependency or condition between them out',
    ],
  },
  {
    what: "two last nodes",
    text: workflow(`${reader}\n nodes { name: "b" type: "EchoOp" }`),
    faults: [
      ':4 workflows[0].nodes: workflow "w1" ends with 2 nodes ("reader", "b"), the last stage must be exactly one: its output is the response, let one depend on the others',
    ],
  },
  {
    what: "an address without a port",
    text: workflow(' nodes { name: "r" type: "GeneralRemoteOp" address: "10.0.0.1" }'),
    faults: [':4 workflows[0].nodes[0].address[0]: must be host:port, not "10.0.0.1"'],
  },
  {
    what: "a node that needs an engine of its name",
    text: workflow(' nodes { name: "infr" type: "GeneralInferOp" }'),
    faults: [
      ':4 workflows[0].nodes[0].name: GeneralInferOp runs the engine of its node\'s name: no engine named "infr"; did you mean "infer"?',
    ],
  },
  {
    what: "a key of config given twice, and one that no object should have",
    text: workflow(
      ' nodes { name: "e" type: "EchoOp"\n config { key: "k" value: "1" }\n config { key: "k" value: "2" }\n config { key: "__proto__" value: "x" }\n config { key: "n" value: 5 } }',
    ),
    faults: [
      ':6 workflows[0].nodes[0].config["k"]: is given twice',
      ':7 workflows[0].nodes[0].config: "__proto__" cannot be a key',
      ":8 workflows[0].nodes[0].config: must be a string in quotes, not 5",
    ],
  },
  {
    what: "control fields out of range",
    text: workflow(
      ' nodes { name: "e" type: "EchoOp"\n timeout_ms: 0\n retries: 11\n retry_backoff_ms: -1\n map_over: "startup_op"\n map_concurrency: 257 }',
    ),
    faults: [
      ":5 workflows[0].nodes[0].timeout_ms: timeout_ms is 0, must be a whole number from 1 to 86400000",
      ":6 workflows[0].nodes[0].retries: retries is 11, must be a whole number from 0 to 10",
      ":7 workflows[0].nodes[0].retry_backoff_ms: retry_backoff_ms is -1, must be a whole number from 0 to 60000",
      ":9 workflows[0].nodes[0].map_concurrency: map_concurrency is 257, must be a whole number from 1 to 256",
    ],
  },
  {
    what: "control fields that name what the node cannot read",
    text: workflow(
      `${reader}\n nodes { name: "e" type: "EchoOp"\n dependencies { name: "reader" mode: "RO" }\n when: "raeder.x > 1"\n map_over: "reeder"\n fallback: "f" }`,
    ),
    faults: [
      ':7 workflows[0].nodes[1].when: no node named "raeder" in workflow "w1"; did you mean "reader"?',
      ':8 workflows[0].nodes[1].map_over: node "e" has no dependency on "reeder"; did you mean "reader"?',
      ':9 workflows[0].nodes[1].fallback: no node named "f" in workflow "w1", there is "reader"',
    ],
  },
  {
    what: "a condition that is none, and a number of a map that is none",
    text: workflow(' nodes { name: "e" type: "EchoOp"\n when: "startup_op.x >"\n map_concurrency: 4 }'),
    faults: [
      ":5 workflows[0].nodes[0].when: column 15: expected a value, found the end",
      ":6 workflows[0].nodes[0].map_concurrency: has no effect without map_over: remove it, or say what to map over",
    ],
  },
  {
    what: "control fields of the wrong type, and nothing that follows from them",
    text: workflow(
      ' nodes { name: "e" type: "EchoOp"\n when: 5\n map_over: 6 map_concurrency: 4\n fallback: 7\n timeout_ms: "8" }\n nodes { name: "f" type: "EchoOp" }',
    ),
    faults: [
      ":5 workflows[0].nodes[0].when: must be a string in quotes, not 5",
      ":6 workflows[0].nodes[0].map_over: must be a string in quotes, not 6",
      ":7 workflows[0].nodes[0].fallback: must be a string in quotes, not 7",
      ':8 workflows[0].nodes[0].timeout_ms: must be a whole number from -2147483648 to 2147483647, not "8"',
    ],
  },
  {
    what: "nodes and dependencies without names, and nothing that follows from them",
    text: workflow(
      ' nodes { type: "EchoOp" }\n nodes { name: "e" type: "EchoOp" fallback: "f" when: "d.x > 1" dependencies { mode: "RO" } }',
    ),
    faults: [
      ":4 workflows[0].nodes[0].name: is missing, DAGNode needs it",
      ":5 workflows[0].nodes[1].dependencies[0].name: is missing, DAGNodeDependency needs it",
    ],
  },
  {
    what: "an output that is changed while another node reads it",
    text: workflow(
      `${reader}
 nodes { name: "a" type: "EchoOp"
  dependencies { name: "reader" mode: "RO" } }
 nodes { name: "b" type: "EchoOp"
  dependencies { name: "reader"
   mode: "RW" } }
 nodes { name: "c" type: "EchoOp" dependencies { name: "a" mode: "RO" } dependencies { name: "b" mode: "RO" } }`,
    ).replace("Sequence", "Parallel"),
    faults: [
      ':9 workflows[0].nodes[2].dependencies[0].mode: node "b" changes the output of "reader" while node "a" reads it: let "b" depend on "a" or "a" on "b", or copy it in a node of its own',
    ],
  },
  {
    what: "more nodes than any request should run",
    text: workflow(
      Array.from({ length: 257 }, (_, i) => ` nodes { name: "n${i}" type: "EchoOp" }`).join("\n"),
    ),
    faults: [":4 workflows[0].nodes: has 257 nodes, at most 256 are allowed"],
  },
];

const resources: readonly Omit<FaultyConf, "file">[] = [
  {
    what: "a toolkit file that is not there",
    text: 'model_toolkit_path: "./cnf"\nmodel_toolkit_file: "m.prototxt"',
    faults: [
      ':2 model_toolkit_file[0]: there is no file "cnf/m.prototxt": looked for /srv/app/cnf/m.prototxt and /srv/app/conf/cnf/m.prototxt',
    ],
  },
  {
    what: "lists of different length",
    text: 'model_toolkit_path: ["conf", "conf"]\nmodel_toolkit_file: "model_toolkit.prototxt"',
    faults: [":1 model_toolkit_path: has 2 entries, model_toolkit_file has 1: they go together one by one"],
  },
  {
    what: "a general model of no toolkit",
    text: 'model_toolkit_file: "model_toolkit.prototxt"\ngeneral_model_file: ["general_model.prototxt",\n"general_model.prototxt"]',
    faults: [":3 general_model_file[1]: belongs to no model_toolkit_file: the lists go together one by one"],
  },
  {
    what: "quantisation that is none",
    text: 'model_toolkit_file: "model_toolkit.prototxt" cube_quant_bits: 4',
    faults: [":1 cube_quant_bits: must be one of 0, 8, not 4"],
  },
  {
    what: "nothing",
    text: "",
    faults: [" model_toolkit_file: is missing, name at least one file: there are nodes that run an engine"],
  },
];

const toolkits: readonly Omit<FaultyConf, "file">[] = [
  {
    what: "two engines of one name",
    text: `${engine("")}\n${engine("")}`,
    faults: [
      ':7 engines[1].name: the engine name "infer" is already taken at conf/model_toolkit.prototxt:2: choose another',
    ],
  },
  {
    what: "an unknown engine type",
    text: engine("").replace("ONNX", "ONX"),
    faults: [':2 engines[0].type: no engine type named "ONX"; did you mean "ONNX"?'],
  },
  {
    what: "no model folder",
    text: engine("").replace('model_dir: "models/uci"', ""),
    faults: [":1 engines[0].model_dir: is missing: name the folder of the model"],
  },
  {
    what: "a model folder that is not there",
    text: engine("").replace("models/uci", "models/icu"),
    faults: [
      ':2 engines[0].model_dir: there is no folder "models/icu": looked for /srv/app/models/icu and /srv/app/conf/models/icu',
    ],
  },
  {
    what: "a model folder that is a file",
    text: engine("").replace("models/uci", "/srv/app/conf/resource.prototxt"),
    faults: [
      ':2 engines[0].model_dir: there is no folder "/srv/app/conf/resource.prototxt": looked for /srv/app/conf/resource.prototxt',
    ],
  },
  {
    what: "a reload type that is none",
    text: engine("").replace("none", "timestamp_lt"),
    faults: [
      ':3 engines[0].reloadable_type: must be one of timestamp_ne, timestamp_gt, md5sum, revision, none, not "timestamp_lt"',
    ],
  },
  {
    what: "a placement that is none",
    text: engine('placement: "thread"'),
    faults: [':4 engines[0].placement: must be one of auto, inline, pool, not "thread"'],
  },
  {
    what: "session options that there are not",
    text: engine(
      'execution_mode: "both"\n graph_optimization_level: "full"\n execution_providers: ["cpu", "gpu"]\n intra_op_num_threads: -1\n session_config { key: "session.save_model_format" value: "ORT" }',
    ),
    faults: [
      ':4 engines[0].execution_mode: must be one of sequential, parallel, not "both"',
      ':5 engines[0].graph_optimization_level: must be one of disabled, basic, extended, layout, all, not "full"',
      ':6 engines[0].execution_providers[1]: must be one of cpu, cuda, tensorrt, webgpu, coreml, dml, not "gpu"',
      ":7 engines[0].intra_op_num_threads: must be a whole number from 0 to 256, not -1",
      ':8 engines[0].session_config["session.save_model_format"]: cannot be set: the server decides from which files a model is read',
    ],
  },
  {
    what: "numbers out of range",
    text: engine(
      "runtime_thread_num: 257\n batch_infer_size: -1\n max_queue_size: 0\n gpu_ids: [0, -2]\n cpu_math_thread_num: 0",
    ),
    faults: [
      ":4 engines[0].runtime_thread_num: must be a whole number from 0 to 256, not 257",
      ":5 engines[0].batch_infer_size: must be a whole number from 0 to 65536, not -1",
      ":6 engines[0].max_queue_size: must be a whole number from 1 to 1000000, not 0",
      ":7 engines[0].gpu_ids[1]: must be a whole number from -1 to 1023, not -2",
      ":8 engines[0].cpu_math_thread_num: must be a whole number from 1 to 1024, not 0",
    ],
  },
  {
    what: "a number beyond 32 bits, a fraction and a word",
    text: engine("runtime_thread_num: 99999999999\n batch_infer_size: 1.5\n max_queue_size: many"),
    faults: [
      ":4 engines[0].runtime_thread_num: must be a whole number from -2147483648 to 2147483647, not 99999999999",
      ":5 engines[0].batch_infer_size: must be a whole number from -2147483648 to 2147483647, not 1.5",
      ":6 engines[0].max_queue_size: must be a whole number from -2147483648 to 2147483647, not many",
    ],
  },
  {
    what: "an enum value that is none",
    text: engine("sparse_param_service_type: FAR"),
    faults: [":4 engines[0].sparse_param_service_type: must be one of NONE, LOCAL, REMOTE, not FAR"],
  },
  {
    what: "strings that are none",
    text: engine('version_file: "\\q"\n version_type: word\n dist_cfg_file: { a: 1 }'),
    faults: [
      ":4 engines[0].version_file: is no legal string: illegal string escape '\\q'",
      ":5 engines[0].version_type: must be a string in quotes, not word",
      ":6 engines[0].dist_cfg_file: must be one string, not a message",
    ],
  },
  {
    what: "a value where a message belongs",
    text: "engines: 5",
    faults: [":1 engines[0]: must be a message, the fields of EngineDesc"],
  },
  {
    what: "a text that is no list of fields",
    text: "#!/bin/sh\necho hello",
    faults: [
      ':2: ":" is missing after "echo"',
      ":2 echo: ModelToolkitConf has no such field",
      " engines: is missing, a toolkit needs at least one engine",
    ],
  },
];

const models: readonly Omit<FaultyConf, "file">[] = [
  {
    what: "an element type that is none",
    text: feed("fetch_type: 12"),
    faults: [
      ":2 fetch_var[0].fetch_type: must be one of 0 (int64), 1 (float32), 2 (int32), 3 (float64), 4 (int16), 5 (float16), 6 (bfloat16), 7 (uint8), 8 (int8), 9 (bool), 10 (complex64), 11 (complex128), 20 (string), not 12",
    ],
  },
  {
    what: "a variable without a name",
    text: 'feed_var { alias_name: "x" }',
    faults: [":1 feed_var[0].name: is missing, FeedVar needs it"],
  },
  {
    what: "an alias name given twice",
    text: 'feed_var { name: "a" alias_name: "x" }\nfeed_var { name: "x" }',
    faults: [':2 feed_var[1].name: another feed_var already has the alias name "x"'],
  },
  {
    what: "a size below -1",
    text: feed("shape: -2"),
    faults: [":2 fetch_var[0].shape[0]: must be a whole number from -1 to 2147483647, not -2"],
  },
  {
    what: "too many axes",
    text: feed(`shape: [${"1,".repeat(15)}1]`),
    faults: [":2 fetch_var[0].shape: has 16 axes, at most 15 beside the batch axis are allowed"],
  },
  {
    what: "too many elements",
    text: feed("shape: [65536, 65536, -1]"),
    faults: [":2 fetch_var[0].shape: has 4294967296 elements, at most 268435456 are allowed"],
  },
  {
    what: "a feed_type of a fetch",
    text: feed("feed_type: 1"),
    faults: [':2 fetch_var[0].feed_type: FetchVar has no such field; did you mean "fetch_type"?'],
  },
];

const groups: Readonly<Record<string, readonly Omit<FaultyConf, "file">[]>> = {
  "infer_service.prototxt": services,
  "workflow.prototxt": workflows,
  "resource.prototxt": resources,
  "model_toolkit.prototxt": toolkits,
  "general_model.prototxt": models,
};

for (const [file, confs] of Object.entries(groups)) {
  for (const { what, text, faults } of confs) {
    test(`${file} with ${what} is refused`, () => {
      const lines = faultLines({ ...goodTexts, [`conf/${file}`]: text });
      const expected = faults.map((fault) => (fault.startsWith("conf/") ? fault : `conf/${file}${fault}`));
      assert.deepEqual(new Set(lines), new Set(expected));
      assert.equal(lines.length, expected.length);
    });
  }
}

const yamlServices: readonly (readonly [text: string, faults: readonly string[]])[] = [
  ["port: '8010'", [':1 port: must be a whole number from 0 to 4294967295, not "8010"']],
  ["port: 80.5", [":1 port: must be a whole number from 0 to 4294967295, not 80.5"]],
  ["port:", [":1 port: has no value: give it one or leave the field out"]],
  ["port: [80]", [":1 port: takes one value, not a list"]],
  ["port: {a: 1}", [":1 port: must be one uint32, not a message"]],
  ["port: 1\nprot: 2", [':2 prot: InferServiceConf has no such field; did you mean "port"?']],
];

for (const [text, faults] of yamlServices) {
  test(`YAML with ${JSON.stringify(text)} is refused`, () => {
    const { "conf/infer_service.prototxt": _, ...texts } = goodTexts;
    const yaml = `${text}\nservices: {name: GeneralModelService, workflows: w1}\n`;
    assert.deepEqual(
      faultLines({ ...texts, "conf/infer_service.yaml": yaml }),
      faults.map((fault) => `conf/infer_service.yaml${fault}`),
    );
  });
}

test("YAML values of the wrong kind inside lists and mappings have their own lines", () => {
  const { "conf/infer_service.prototxt": _, ...texts } = goodTexts;
  const yaml = `services:
- name: GeneralModelService
  workflows:
  - w1
  - [w1]
  - ~
  parallel: yes
- just text
-
  name: 5
  workflows: []
`;
  assert.deepEqual(faultLines({ ...texts, "conf/infer_service.yaml": yaml }), [
    "conf/infer_service.yaml:5 services[0].workflows[1]: must be one string, not a list",
    "conf/infer_service.yaml:6 services[0].workflows[2]: has no value: give it one or leave the field out",
    'conf/infer_service.yaml:7 services[0].parallel: must be true or false, not "yes"',
    "conf/infer_service.yaml:8 services[1]: must be a message, the fields of InferService",
    'conf/infer_service.yaml:10 services[2].name: no service named "5": for one of your own name its .proto in proto_file',
    "conf/infer_service.yaml:10 services[2].workflows: is missing, name at least one workflow",
  ]);
});

test("files of the set that are not there are named", () => {
  assert.deepEqual(faultLines({}), [
    "conf/infer_service.prototxt: there is no such file",
    "conf/workflow.prototxt: there is no such file",
  ]);
});

test("a missing resource file is a fault as soon as a node needs an engine", () => {
  const { "conf/resource.prototxt": _, ...texts } = goodTexts;
  assert.deepEqual(faultLines(texts), ["conf/resource.prototxt: there is no such file"]);
  const echo = { ...texts, "conf/workflow.prototxt": workflow(' nodes { name: "e" type: "EchoOp" }') };
  assert.deepEqual(faultLines(echo), []);
});

test("what a file that cannot be read would have named is not called unknown", () => {
  const texts = { ...goodTexts, "conf/workflow.prototxt": "workflows {\n" };
  assert.deepEqual(faultLines(texts), ['conf/workflow.prototxt:1: "{" is never closed']);
});

test("two files for one purpose are refused", () => {
  const texts = { ...goodTexts, "conf/workflow.yaml": "" };
  assert.deepEqual(faultLines(texts), [
    "conf/workflow.yaml: stands beside conf/workflow.prototxt: keep one of them",
  ]);
});

test("ten different faults over all files make ten lines", () => {
  const texts = {
    "conf/infer_service.prototxt": `port: 70000
services {
  name: "GeneralModelServices"
  workflows: "w2"
}
`,
    "conf/workflow.prototxt": `workflows {
  name: "w1"
  workflow_type: "sequence"
  nodes { name: "reader" type: "GeneralReaderOp" }
  nodes {
    name: "infer"
    type: "GeneralInferOps"
    dependencies { name: "read" mode: "R" }
  }
}
`,
    "conf/resource.prototxt": `model_toolkit_file: "model_toolkit.prototxt"
genral_model_file: "general_model.prototxt"
`,
    "conf/model_toolkit.prototxt": `engines {
  name: "infer"
  type: "ONNX"
  model_dir: "models/missing"
  reloadable_type: "none"
  batch_infer_size: 100000
}
`,
  };
  assert.deepEqual(faultLines(texts), [
    "conf/infer_service.prototxt:1 port: must be a whole number from 0 to 65535, not 70000",
    'conf/infer_service.prototxt:3 services[0].name: no service named "GeneralModelServices"; did you mean "GeneralModelService"?',
    'conf/infer_service.prototxt:4 services[0].workflows[0]: no workflow named "w2"; did you mean "w1"?',
    'conf/workflow.prototxt:3 workflows[0].workflow_type: workflow "w1" has the type "sequence", must be "Sequence" or "Parallel"',
    'conf/workflow.prototxt:7 workflows[0].nodes[1].type: no Op type named "GeneralInferOps"; did you mean "GeneralInferOp"?',
    'conf/workflow.prototxt:8 workflows[0].nodes[1].dependencies[0].name: no node named "read" in workflow "w1"; did you mean "reader"?',
    'conf/workflow.prototxt:8 workflows[0].nodes[1].dependencies[0].mode: mode is "R", must be "RO" or "RW"',
    'conf/resource.prototxt:2 genral_model_file: ResourceConf has no such field; did you mean "general_model_file"?',
    'conf/model_toolkit.prototxt:4 engines[0].model_dir: there is no folder "models/missing": looked for /srv/app/models/missing and /srv/app/conf/models/missing',
    "conf/model_toolkit.prototxt:6 engines[0].batch_infer_size: must be a whole number from 0 to 65536, not 100000",
  ]);
});
