import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import { settingsPayload } from "../testing/raw-frame.js";
import { initialSettings, readSettings } from "./settings.js";

describe("readSettings", () => {
  test("changes what is named and keeps the rest; the last value of one counts", () => {
    const changed = readSettings(initialSettings, settingsPayload([4, 1], [1, 0], [4, 7], [0xff, 9], [6, 5]));
    assert.deepEqual(changed, {
      ...initialSettings,
      initialWindowSize: 7,
      headerTableSize: 0,
      leastHeaderTableSize: 0,
    });
    assert.deepEqual(readSettings(changed, settingsPayload([3, 5], [5, 2 ** 24 - 1], [2, 1])), {
      headerTableSize: 0,
      leastHeaderTableSize: 0,
      maxConcurrentStreams: 5,
      initialWindowSize: 7,
      maxFrameSize: 2 ** 24 - 1,
    });
  });

  test("refuses values out of range", () => {
    const { protocolError, flowControlError } = ErrorCode;
    for (const [id, value, code, message] of [
      [2, 2, protocolError, "SETTINGS_ENABLE_PUSH is 2, it must be from 0 to 1"],
      [5, 16_383, protocolError, "SETTINGS_MAX_FRAME_SIZE is 16383, it must be from 16384 to 16777215"],
      [5, 2 ** 24, protocolError, "SETTINGS_MAX_FRAME_SIZE is 16777216, it must be from 16384 to 16777215"],
      [
        4,
        2 ** 31,
        flowControlError,
        "SETTINGS_INITIAL_WINDOW_SIZE is 2147483648, it must be at most 2147483647",
      ],
    ] as const) {
      assert.throws(
        () => readSettings(initialSettings, settingsPayload([id, value])),
        (error) => error instanceof ConnectionError && error.code === code && error.message === message,
        message,
      );
    }
  });
});
