import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type GeneralBlob } from "@paddlewheel/core";
import { runOp } from "@paddlewheel/core/testing";
import { plainJpeg, withSize } from "../testing/pictures.js";
import { ReaderOp } from "./reader-op.js";

const plain = { scale: "1", mean: "0 0 0", std: "1 1 1" };

function read(
  instances: readonly object[],
  config: Readonly<Record<string, string>> = {},
): Promise<GeneralBlob> {
  const whole = instances.map((one) => ({ imageBinary: new Uint8Array(0), imageLength: 0, ...one }));
  return runOp(ReaderOp, { name: "read", request: { instances: whole }, config });
}

const small = plainJpeg(8, 8, [200, 100, 50]);
const imageBinary = small;

describe("ReaderOp", () => {
  test("gives the pictures as one tensor, each by its own planes", async () => {
    const other = plainJpeg(30, 20, [10, 20, 30]);
    const blob = await read([{ imageBinary, imageLength: small.length }, { imageBinary: other }], {
      ...plain,
      size: "2",
    });
    const { dtype, shape, data } = blob.tensor("image");
    assert.deepEqual([dtype, shape], ["float32", [2, 3, 2, 2]]);
    const painted = [200, 100, 50, 10, 20, 30].flatMap((value) => Array<number>(4).fill(value));
    for (const [i, value] of painted.entries()) {
      assert.ok(Math.abs(Number(data[i]) - value) <= 3, `${i}: ${data[i]} is not ${value}`);
    }
  });

  test("makes 224 × 224 of it, with the mean and deviation of ImageNet, when conf says nothing", async () => {
    const blob = await read([{ imageBinary: plainJpeg(16, 16, [255, 255, 255]) }]);
    const { shape, data } = blob.tensor("image");
    assert.deepEqual(shape, [1, 3, 224, 224]);
    const plane = 224 * 224;
    const expected = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225];
    for (const [i, value] of expected.entries()) {
      assert.ok(Math.abs(Number(data[i * plane]) - value) < 0.02, `${data[i * plane]} is not ${value}`);
    }
  });

  test("runs on the pool, and names the module that has it", () => {
    assert.equal(ReaderOp.runsOn, "pool");
    assert.equal(ReaderOp.module, new URL("./reader-op.js", import.meta.url).href);
  });

  const large = { imageBinary: withSize(small, 4000, 3000) };
  const refused: readonly (readonly [instances: readonly object[], message: string])[] = [
    [[], "instances: is empty, must have at least one picture"],
    [
      Array<object>(112).fill({ imageBinary }),
      "instances: has 112 pictures, at most 111 of 224 × 224 are allowed",
    ],
    [[{ imageBinary }, {}], "instances[1].image_binary: is empty, must be a JPEG file"],
    [
      [{ imageBinary, imageLength: 7 }],
      `instances[0].image_length: is 7, but image_binary has ${small.length} bytes`,
    ],
    [
      [{ imageBinary: Buffer.from("GIF89a") }],
      "instances[0].image_binary: is no JPEG file: those begin with the bytes FF D8",
    ],
    [
      [{ imageBinary }, { imageBinary: small.subarray(0, small.length - 20) }],
      "instances[1].image_binary: cannot be decoded as JPEG: marker was not found",
    ],
    [[large, large, large], "instances: have 36000000 pixels, at most 25000000 are allowed in a request"],
  ];
  for (const [instances, message] of refused) {
    test(`refuses: ${message}`, async () => {
      await assert.rejects(read(instances), { code: Code.invalidArgument, message });
    });
  }

  test("refuses an option that makes no sense", async () => {
    await assert.rejects(read([{ imageBinary }], { size: "4096" }), {
      code: Code.invalidConf,
      message: 'node "read": option size is 4096, must be from 1 to 1024',
    });
  });
});
