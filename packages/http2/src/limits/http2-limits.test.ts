import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultHttp2Limits, resolveHttp2Limits } from "./http2-limits.js";

describe("resolveHttp2Limits", () => {
  test("fills in the defaults", () => {
    assert.deepEqual(resolveHttp2Limits(), defaultHttp2Limits);
    assert.deepEqual(resolveHttp2Limits({ maxResets: 7 }), { ...defaultHttp2Limits, maxResets: 7 });
  });

  test("names the limit that is out of its range", () => {
    for (const [limits, message] of [
      [{ maxResets: -1 }, "maxResets is -1, it must be a whole number from 0 to 9007199254740991"],
      [
        { bodyTimeoutMs: Number.NaN },
        "bodyTimeoutMs is NaN, it must be a whole number from 0 to 9007199254740991",
      ],
      [
        { streamWindowSize: 65_534 },
        "streamWindowSize is 65534, it must be a whole number from 65535 to 2147483647",
      ],
      [
        { maxFrameSize: 2 ** 24 },
        "maxFrameSize is 16777216, it must be a whole number from 16384 to 16777215",
      ],
    ] as const) {
      assert.throws(() => resolveHttp2Limits(limits), new RangeError(message));
    }
  });
});
