import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findEscapingExternalData, readModelSummary } from "@paddlewheel/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { uciHousingFiles } from "./uci-housing-files.js";

const folder = new URL("../../fit_a_line/", import.meta.url);
const model = fileURLToPath(new URL("uci_housing_model/model.onnx", folder));

const house = [
  0.0137, -0.1136, 0.2553, -0.0692, 0.0582, -0.0727, -0.1583, -0.0584, 0.6283, 0.4919, 0.1856, 0.0795,
  -0.0332,
];

describe("the fit_a_line example", () => {
  for (const [path, bytes] of uciHousingFiles()) {
    test(`has in ${path} what build-model writes`, async () => {
      assert.deepEqual(await readFile(new URL(path, folder)), Buffer.from(bytes));
    });
  }

  test("declares x and the price, and keeps its weights to itself", async () => {
    const summary = await readModelSummary(model);
    assert.deepEqual(summary.inputs, [{ name: "x", dtype: "float32", shape: ["N", 13] }]);
    assert.deepEqual(summary.outputs, [{ name: "fc_0.tmp_1", dtype: "float32", shape: ["N", 1] }]);
    assert.deepEqual(await findEscapingExternalData(summary, model), []);
  });

  test("gives the price that the README shows, to the last bit", async () => {
    const session = await InferenceSession.create(model);
    const { "fc_0.tmp_1": price } = await session.run({
      x: new Tensor("float32", Float32Array.from(house), [1, 13]),
    });
    assert.deepEqual(price?.data, Float32Array.of(18.901151657104492));
    await session.release();
    assert.match(await readFile(new URL("README.md", folder), "utf8"), /18\.901151657104492/);
  });

  test("is what the conf folder serves", async () => {
    const conf = await readFile(new URL("../../../conf/general_model.prototxt", import.meta.url), "utf8");
    const withoutComments = conf.replaceAll(/^#.*\n/gm, "");
    const original = await readFile(
      new URL("uci_housing_model/serving_server_conf.prototxt", folder),
      "utf8",
    );
    assert.equal(withoutComments, original);
  });
});
