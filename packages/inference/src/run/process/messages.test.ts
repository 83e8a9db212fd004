import assert from "node:assert/strict";
import { test } from "node:test";
import { takes, tensor, tensors, variable } from "../../testing/tensors.js";
import { encodeFrame, FrameReader } from "./frames.js";
import { fromParts, type SentTensors, toParts } from "./messages.js";

test("tensors of every kind arrive as they were sent: views, strings and empty ones", () => {
  const { inputs } = takes(
    variable("a", "float32", ["N"]),
    variable("s", "string", ["N"]),
    variable("b", "int64", ["N"]),
    variable("h", "float16", ["N"]),
    variable("e", "float64", ["N"]),
  );
  const sent = tensors({
    a: tensor("float32", [2], Float32Array.of(9, 1, 2).subarray(1)),
    s: tensor("string", [2], ["", "né"]),
    b: tensor("int64", [1], BigInt64Array.of(-(2n ** 63n))),
    h: tensor("float16", [3], Uint16Array.of(1, 2, 65535)),
    e: tensor("float64", [0], new Float64Array(0)),
  });
  const { tensors: value, parts } = toParts(inputs, sent);
  let arrived: unknown;
  const reader = new FrameReader((frame) => {
    arrived = fromParts(inputs, frame.value as SentTensors, frame.parts);
  });
  for (const bytes of encodeFrame({ value, parts })) reader.push(bytes);
  assert.deepEqual(arrived, sent);
});
