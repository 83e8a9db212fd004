import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { type ReaderConfig, resolvePreprocessing } from "./preprocessing.js";

const config: ReaderConfig = { size: 8, scale: 0.5, mean: "1 2 3", std: "4 5 8", channel_order: "RGB" };

describe("resolvePreprocessing", () => {
  test("makes one factor and one offset of scale, mean and deviation", () => {
    assert.deepEqual(resolvePreprocessing("read", config), {
      size: 8,
      planes: [
        { channel: 0, factor: 0.125, offset: -0.25 },
        { channel: 1, factor: 0.1, offset: -0.4 },
        { channel: 2, factor: 0.0625, offset: -0.375 },
      ],
    });
  });

  test("reads mean and deviation in the order of the planes, also when blue comes first", () => {
    const { planes } = resolvePreprocessing("read", { ...config, channel_order: "BGR", mean: " 1\t2  3 " });
    assert.deepEqual(
      planes.map(({ channel, offset }) => [channel, offset]),
      [
        [2, -0.25],
        [1, -0.4],
        [0, -0.375],
      ],
    );
  });

  const wrong: readonly (readonly [Partial<ReaderConfig>, string])[] = [
    [{ size: 0 }, "size is 0, must be from 1 to 1024"],
    [{ size: 1025 }, "size is 1025, must be from 1 to 1024"],
    [{ channel_order: "rgb" }, 'channel_order is "rgb", must be RGB or BGR'],
    [{ channel_order: "constructor" }, 'channel_order is "constructor", must be RGB or BGR'],
    [{ mean: "1 2" }, 'mean is "1 2", must be three numbers with blanks between them'],
    [{ mean: "" }, 'mean is "", must be three numbers with blanks between them'],
    [{ std: "1 2 x" }, 'std is "1 2 x", must be three numbers with blanks between them'],
    [{ std: "1 0 1" }, 'std is "1 0 1", none may be 0'],
  ];
  for (const [change, message] of wrong) {
    test(`refuses: ${message}`, () => {
      assert.throws(() => resolvePreprocessing("read", { ...config, ...change }), {
        code: Code.invalidConf,
        message: `node "read": option ${message}`,
      });
    });
  }
});
