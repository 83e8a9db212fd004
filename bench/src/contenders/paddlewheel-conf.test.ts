import assert from "node:assert/strict";
import { test } from "node:test";
import type { PreparedModel } from "../models/prepared-model.js";
import { echoService, generalModelService } from "../workloads/bench-service.js";
import { confFiles } from "./paddlewheel-conf.js";

const model: PreparedModel = {
  kind: "model",
  name: "mlp",
  service: generalModelService,
  directory: "/tmp",
  modelDirectory: "/tmp/mlp",
  file: "/tmp/mlp/model.onnx",
  inputName: "x",
  outputName: "y",
  inputShape: [1, 3, 224],
  outputShape: [1, 10],
  requests: [],
};

test("the conf declares the model's variables without their batch axis", () => {
  const text = confFiles(model, "/tmp/mlp-conf")["general_model.prototxt"];
  assert.equal(
    text,
    `feed_var {
  name: "x"
  alias_name: "x"
  feed_type: 1
  shape: 3
  shape: 224
}
fetch_var {
  name: "y"
  alias_name: "y"
  fetch_type: 1
  shape: 10
}
`,
  );
});

test("a workload without a model has a chain of Ops and no engine", () => {
  const files = confFiles(
    { kind: "echo", name: "echo", service: echoService, directory: "/tmp", requests: [] },
    "/tmp/echo-conf",
  );
  assert.deepEqual(Object.keys(files), ["infer_service.prototxt", "workflow.prototxt"]);
  assert.match(files["infer_service.prototxt"] ?? "", /name: "BuiltinTestEchoService"/);
  assert.match(files["workflow.prototxt"] ?? "", /type: "CommonEchoOp"/);
});

test("the engine has the name of its node and the folder of the model", () => {
  const files = confFiles(model, "/tmp/mlp-conf");
  assert.match(files["workflow.prototxt"] ?? "", /name: "general_infer_0"\n {4}type: "GeneralInferOp"/);
  assert.match(files["model_toolkit.prototxt"] ?? "", /name: "general_infer_0"/);
  assert.match(files["model_toolkit.prototxt"] ?? "", /model_dir: "\/tmp\/mlp"/);
});
