import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type DType, type ModelVarConf, ServeError } from "@paddlewheel/core";
import { parseJson } from "@paddlewheel/wire";
import { stackInstances } from "./stack-instances.js";

function feed(dtype: DType, shape: readonly number[] = [2]): ModelVarConf {
  return { name: "x", aliasName: "x", dtype, shape, isLodTensor: false };
}

/** Values as they come out of a body. */
function values(...texts: readonly string[]): readonly unknown[] {
  return texts.map((text) => parseJson(text));
}

describe("instances become a batch", () => {
  const good: readonly (readonly [DType, string, unknown[]])[] = [
    ["int64", '[9007199254740993, "-9223372036854775808"]', [9007199254740993n, -(2n ** 63n)]],
    ["float32", "[1.5, 3.4028234663852886e38]", [1.5, 3.4028234663852886e38]],
    ["int32", "[2147483647, -2147483648]", [2147483647, -2147483648]],
    ["float16", "[1, 65504]", [0x3c00, 0x7bff]],
    ["uint8", "[0, 255]", [0, 255]],
    ["int8", "[-128, 127]", [-128, 127]],
    ["bool", "[true, 0]", [1, 0]],
    ["string", '["", "größe"]', ["", "größe"]],
  ];
  for (const [dtype, text, elements] of good) {
    test(`of ${dtype}`, () => {
      const { shape, data } = stackInstances(feed(dtype), values(text, text));
      assert.deepEqual(shape, [2, 2]);
      assert.deepEqual([...data], [...elements, ...elements]);
    });
  }

  test("flat or nested", () => {
    const { shape, data } = stackInstances(feed("float32", [2, 2]), values("[1,2,3,4]", "[[5,6],[7,8]]"));
    assert.deepEqual(
      [shape, [...data]],
      [
        [2, 2, 2],
        [1, 2, 3, 4, 5, 6, 7, 8],
      ],
    );
  });
});

describe("an element that is none of its type is named with its instance", () => {
  const bad: readonly (readonly [DType, string, string])[] = [
    ["float32", "[1, null]", "null is not a valid float32"],
    ["float32", "[1, true]", "true is not a valid float32"],
    ["float32", '[1, "2"]', '"2" is not a valid float32'],
    ["float32", "[1, {}]", "an object is not a valid float32"],
    ["float32", "[1, 1e39]", "1e+39 is not a valid float32"],
    ["float32", "[1, 1e400]", "Infinity is not a valid float32"],
    ["float64", "[1, -1e400]", "-Infinity is not a valid float64"],
    ["float16", "[1, 70000]", "70000 is not a valid float16"],
    ["int64", "[1, 1.5]", "1.5 is not a valid int64"],
    ["int64", "[1, 9223372036854775808]", "9223372036854775808 is not a valid int64"],
    ["int32", "[1, 2147483648]", "2147483648 is not a valid int32"],
    ["uint8", "[1, -1]", "-1 is not a valid uint8"],
    ["bool", "[true, 2]", "2 is not a valid bool"],
    ["string", '["a", 1]', "1 is not a valid string"],
    ["string", '["a", "\\ud800"]', '"\\ud800" is not a valid string'],
    ["float32", `[1, "${"n".repeat(100)}"]`, `"${"n".repeat(64)}…" is not a valid float32`],
  ];
  for (const [dtype, text, message] of bad) {
    test(message, () => {
      const good = dtype === "string" ? '["a","b"]' : "[1,1]";
      const stack = () => stackInstances(feed(dtype), values(good, text));
      assert.throws(stack, new ServeError(Code.invalidArgument, `feed[1].x: ${message}`));
    });
  }
});
