import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, dtypeTable } from "@paddlewheel/core";
import { type ModelJson, parseModelJson } from "./model-json.js";

const x = { name: "x", aliasName: "x", dtype: "float32", shape: [-1, 2], isLodTensor: false };
const model: ModelJson = { feedVars: [x], fetchVars: [x] };

test("a model's JSON is the conf it tells of", () => {
  assert.deepEqual(parseModelJson(JSON.parse(JSON.stringify(model))), model);
});

test("every fault of a model's JSON has its line", () => {
  const json: unknown = {
    feedVars: [
      { ...x, name: 1, dtype: "float" },
      "x",
      { ...x, aliasName: undefined, shape: [1.5], isLodTensor: 0 },
    ],
    fetchVars: [],
  };
  assert.throws(() => parseModelJson(json as ModelJson), {
    code: Code.invalidConf,
    message: [
      "feedVars[0].name: must be a string, not 1",
      `feedVars[0].dtype: must be one of ${Object.keys(dtypeTable).join(", ")}, not "float"`,
      'feedVars[1]: must be an object, not "x"',
      "feedVars[2].aliasName: must be a string, not undefined",
      "feedVars[2].shape: must be a list of whole numbers from -1 on, not a list",
      "feedVars[2].isLodTensor: must be true or false, not 0",
      "fetchVars: must be a list of one variable or more, not none",
    ].join("\n"),
  });
});

for (const json of [undefined, null, [], "model"] as unknown[]) {
  test(`${JSON.stringify(json)} is no model`, () => {
    assert.throws(() => parseModelJson(json as ModelJson), {
      message:
        "feedVars: must be a list of one variable or more, not undefined\nfetchVars: must be a list of one variable or more, not undefined",
    });
  });
}
