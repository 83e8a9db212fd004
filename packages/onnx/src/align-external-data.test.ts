import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { alignExternalData } from "./align-external-data.js";
import { readModelSummary } from "./read/summarize-model.js";
import { messageType } from "./schema.js";

const tensor = { dims: [3], data_type: 2, data_location: 1 };

async function saved(t: TestContext, initializer: readonly object[], weights: Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "align-"));
  t.after(() => rm(folder, { recursive: true }));
  const model = messageType("ModelProto").encode({ ir_version: 8, graph: { initializer } }).finish();
  await writeFile(join(folder, "model.onnx"), model);
  await writeFile(join(folder, "w.bin"), weights);
  return folder;
}

function external(entries: Readonly<Record<string, string>>): object[] {
  return Object.entries({ location: "w.bin", ...entries }).map(([key, value]) => ({ key, value }));
}

test("each part begins at a multiple, with the bytes it had", async (t) => {
  const first = external({ offset: "0", length: "3", prepacked_0: "MatMul+1|3;5;0|8;1;0" });
  const second = external({ offset: "9", length: "3" });
  const initializer = [
    { name: "a", ...tensor, external_data: first },
    { name: "b", ...tensor, external_data: second },
    { name: "inline", dims: [1], data_type: 2, raw_data: Uint8Array.of(7) },
  ];
  const folder = await saved(
    t,
    initializer,
    Uint8Array.from({ length: 12 }, (_, i) => i + 1),
  );
  await alignExternalData(join(folder, "model.onnx"), 64);
  const { externalData } = await readModelSummary(join(folder, "model.onnx"));
  assert.deepEqual(
    externalData.map(({ tensor: name, location, offsets }) => ({ name, location, offsets })),
    [
      { name: "a", location: "w.bin", offsets: [0, 64, 128] },
      { name: "b", location: "w.bin", offsets: [192] },
    ],
  );
  const bytes = await readFile(join(folder, "w.bin"));
  const parts = [bytes.subarray(0, 3), bytes.subarray(64, 69), bytes.subarray(128, 129), bytes.subarray(192)];
  assert.deepEqual(
    parts.map((part) => [...part]),
    [[1, 2, 3], [4, 5, 6, 7, 8], [9], [10, 11, 12]],
  );
});

test("a model without such weights stays as it is", async (t) => {
  const folder = await saved(t, [], new Uint8Array());
  const before = await readFile(join(folder, "model.onnx"));
  await alignExternalData(join(folder, "model.onnx"), 64);
  assert.deepEqual(await readFile(join(folder, "model.onnx")), before);
});

test("a part that reaches over the end of its file is no part", async (t) => {
  const initializer = [{ name: "a", ...tensor, external_data: external({ offset: "0", length: "3" }) }];
  const folder = await saved(t, initializer, Uint8Array.of(1));
  await assert.rejects(
    alignExternalData(join(folder, "model.onnx"), 64),
    new Error("the file of the weights is too short"),
  );
});
