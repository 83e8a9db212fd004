import assert from "node:assert/strict";
import { test } from "node:test";
import { generalModelService, inferenceMethod } from "../workloads/bench-service.js";
import { checkAnswer, checkMessage, readFloatData } from "./answer-check.js";
import { prefixLength } from "./length-prefix.js";

const values = [1.5, -2, 3.25];

/** By proto-loader, which shares no code with the reader. */
function encodeResponse(message: object): Buffer {
  return inferenceMethod(generalModelService).responseSerialize(message);
}

function responseOf(float_data: readonly number[]): Buffer {
  const tensor = { elem_type: 1, shape: [1, float_data.length], name: "y", alias_name: "price", float_data };
  return encodeResponse({
    profile_time: ["1700000000000000", "1700000000000100"],
    outputs: [{ engine_name: "general_infer_0", tensor: [tensor, { ...tensor, float_data: [9] }] }, {}],
    log_id: "18446744073709551615",
  });
}

test("the values of the first tensor are found among all other fields", () => {
  assert.deepEqual(readFloatData(responseOf(values)), Float32Array.from(values));
});

test("many values are found", () => {
  const many = Array.from({ length: 1000 }, (_, i) => i / 8);
  assert.deepEqual(readFloatData(responseOf(many)), Float32Array.from(many));
});

test("an answer without output, tensor or values has none", () => {
  for (const message of [{}, { outputs: [{}] }, { outputs: [{ tensor: [{ name: "y" }] }] }]) {
    assert.equal(readFloatData(encodeResponse(message)).length, 0);
  }
});

test("bytes that are no message have no values and end", () => {
  for (const hex of ["ff", "0aff", "0a05", "0b", "0affffffff0f00"]) {
    assert.equal(readFloatData(Buffer.from(hex, "hex")).length, 0);
  }
});

test("a right answer passes", () => {
  assert.equal(checkAnswer(prefixLength(responseOf(values)), Float32Array.from(values)), undefined);
});

test("a wrong value fails", () => {
  assert.equal(
    checkAnswer(prefixLength(responseOf([1.5, -2, 3])), Float32Array.from(values)),
    "value 2 of the answer is 3, 3.25 is right",
  );
});

test("where bytes are expected, all must be the same", () => {
  const expected = Buffer.from("0801", "hex");
  assert.equal(checkMessage(Uint8Array.of(8, 1), expected), undefined);
  assert.equal(checkMessage(Uint8Array.of(8, 2), expected), "the answer is 0x0802, 0x0801 is right");
  assert.equal(checkMessage(Uint8Array.of(8), expected), "the answer is 0x08, 0x0801 is right");
});

test("a wrong length prefix fails", () => {
  const body = prefixLength(responseOf(values));
  body.writeUInt32BE(body.length, 1);
  assert.equal(
    checkAnswer(body, Float32Array.from(values)),
    `the answer has ${body.length - 5} bytes, its length prefix says ${body.length}`,
  );
});

test("a compressed answer fails, as none was offered", () => {
  const body = prefixLength(responseOf(values));
  body[0] = 1;
  assert.equal(
    checkAnswer(body, Float32Array.from(values)),
    "the answer is compressed although no compression was offered",
  );
});

test("an answer shorter than its prefix fails", () => {
  assert.equal(
    checkAnswer(Buffer.alloc(4), new Float32Array(0)),
    "the answer has 4 bytes, less than its length prefix",
  );
});
