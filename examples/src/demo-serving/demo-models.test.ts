import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { findEscapingExternalData, summarizeModel } from "@paddlewheel/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { bagOfWordsModel } from "./bag-of-words-model.js";
import { classifierModel } from "./classifier-model.js";
import { demoModelFiles } from "./demo-model-files.js";

const folder = new URL("../../demo-serving/models/", import.meta.url);

describe("the models of the demo-serving example", () => {
  for (const [path, bytes] of demoModelFiles()) {
    test(`have in ${path} what build-models writes`, async () => {
      assert.deepEqual(await readFile(new URL(path, folder)), Buffer.from(bytes));
    });
  }

  test("give scores that sum to 1 and differ by picture", async () => {
    const session = await InferenceSession.create(classifierModel(3));
    const pixels = 3 * 224 * 224;
    const data = Float32Array.from({ length: 2 * pixels }, (_, i) => (i < pixels ? (i % 97) / 97 : -1));
    const { score } = await session.run({ image: new Tensor("float32", data, [2, 3, 224, 224]) });
    await session.release();
    assert.deepEqual(score?.dims, [2, 3]);
    const scores = score?.data as Float32Array;
    for (const row of [scores.subarray(0, 3), scores.subarray(3)]) {
      assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-5);
      assert.ok(Math.max(...row) < 0.999, `no class takes all: ${row}`);
    }
    assert.notDeepEqual(scores.slice(0, 3), scores.slice(3));
  });

  test("count the words of a text up to its length, in any order", async () => {
    const session = await InferenceSession.create(bagOfWordsModel(1));
    const run = async (rows: readonly bigint[][], lengths: readonly bigint[]): Promise<number[]> => {
      const ids = new Tensor("int64", BigInt64Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0]);
      const counts = new Tensor("int64", BigInt64Array.from(lengths), [lengths.length]);
      const { probabilities } = await session.run({ words: ids, lengths: counts });
      assert.ok(probabilities);
      return [...(probabilities.data as Float32Array)];
    };
    const [p0 = 0, p1 = 0] = await run([[3n, 7n]], [2n]);
    assert.ok(Math.abs(p0 + p1 - 1) < 1e-6 && p0 !== p1);
    const padded = await run(
      [
        [3n, 7n, 0n, 0n],
        [7n, 3n, 9n, 9n],
        [7n, 3n, 9n, 9n],
      ],
      [2n, 2n, 4n],
    );
    for (const [i, expected] of [p0, p1, p0, p1].entries()) {
      assert.ok(Math.abs((padded[i] ?? 0) - expected) < 1e-6, `${padded}`);
    }
    assert.ok(Math.abs((padded[4] ?? 0) - p0) > 1e-3, `${padded}`);
    // A word beyond the vocabulary is the last one.
    assert.deepEqual(await run([[123_456n]], [1n]), await run([[499n]], [1n]));
    await session.release();
  });

  test("keep their weights to themselves", async () => {
    for (const model of [classifierModel(3), bagOfWordsModel(1)]) {
      assert.deepEqual(await findEscapingExternalData(summarizeModel(model), "model.onnx"), []);
    }
  });
});
