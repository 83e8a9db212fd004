import assert from "node:assert/strict";
import { test } from "node:test";
import { shortServiceName } from "./rpc-service.js";

test("the short name of a service is the part after its package", () => {
  assert.equal(shortServiceName("baidu.paddle_serving.GeneralModelService"), "GeneralModelService");
  assert.equal(shortServiceName("GeneralModelService"), "GeneralModelService");
});
