import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from "./float16.js";

const allBits = Array.from({ length: 0x10000 }, (_, bits) => bits);

describe("float16", () => {
  const known: [bits: number, value: number][] = [
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 2 ** -14 - 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0x3c01, 1 + 2 ** -10],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ];
  for (const [bits, value] of known) {
    test(`0x${bits.toString(16).padStart(4, "0")} is ${Object.is(value, -0) ? "-0" : value}`, () => {
      assert.equal(float16ToNumber(bits), value);
      assert.equal(numberToFloat16(value), bits);
    });
  }

  test("keeps every number there is", () => {
    for (const bits of allBits) {
      const value = float16ToNumber(bits);
      if (Number.isNaN(value)) assert.equal(numberToFloat16(value), 0x7e00);
      else assert.equal(numberToFloat16(value), bits);
    }
  });

  test("rounds to the nearest, ties to even, and overflows to infinity", () => {
    assert.equal(numberToFloat16(1 + 2 ** -11), 0x3c00);
    assert.equal(numberToFloat16(1 + 3 * 2 ** -11), 0x3c02);
    assert.equal(numberToFloat16(1 + 2 ** -11 + 2 ** -40), 0x3c01);
    assert.equal(numberToFloat16(2 - 2 ** -12), 0x4000);
    assert.equal(numberToFloat16(2 ** -25), 0x0000);
    assert.equal(numberToFloat16(3 * 2 ** -25), 0x0002);
    assert.equal(numberToFloat16(65_519.99), 0x7bff);
    assert.equal(numberToFloat16(-65_520), 0xfc00);
    assert.equal(numberToFloat16(1e300), 0x7c00);
  });

  test("has no number nearer than the one it gives", () => {
    fc.assert(
      fc.property(fc.double({ min: -65_504, max: 65_504, noNaN: true }), (value) => {
        const bits = numberToFloat16(value);
        const error = Math.abs(float16ToNumber(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          const other = float16ToNumber(neighbour & 0xffff);
          assert.ok(!(Math.abs(other - value) < error), `${other} is nearer to ${value}`);
        }
      }),
    );
  });
});

describe("bfloat16", () => {
  test("is the upper half of a float32", () => {
    assert.equal(bfloat16ToNumber(0x3f80), 1);
    assert.equal(bfloat16ToNumber(0xc000), -2);
    assert.equal(bfloat16ToNumber(0x7f80), Number.POSITIVE_INFINITY);
    assert.equal(bfloat16ToNumber(0x8000), -0);
    assert.equal(bfloat16ToNumber(0x0001), 2 ** -133);
  });

  test("keeps every number there is", () => {
    for (const bits of allBits) {
      const value = bfloat16ToNumber(bits);
      if (Number.isNaN(value)) assert.equal(numberToBfloat16(value), 0x7fc0);
      else assert.equal(numberToBfloat16(value), bits);
    }
  });

  test("rounds to the nearest, ties to even", () => {
    assert.equal(numberToBfloat16(1 + 2 ** -8), 0x3f80);
    assert.equal(numberToBfloat16(1 + 3 * 2 ** -8), 0x3f82);
    assert.equal(numberToBfloat16(1 + 2 ** -8 + 2 ** -20), 0x3f81);
    assert.equal(numberToBfloat16(3.4e38), 0x7f80);
    assert.equal(numberToBfloat16(-1e300), 0xff80);
  });
});
