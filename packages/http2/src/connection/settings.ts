import { ConnectionError } from "../frame/connection-error.js";
import { ErrorCode } from "../frame/error-code.js";
import { minMaxFrameSize } from "../frame/frame-type.js";
import { initialWindowSize, maxWindowSize } from "./flow-window.js";

/** Source: RFC 9113 §6.5.2. */
export const SettingId = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
} as const;

/** What an end says of itself: sizes in bytes. */
export interface Settings {
  readonly headerTableSize: number;
  /** The least that `headerTableSize` was while the last SETTINGS were read: what did not fit then is forgotten. */
  readonly leastHeaderTableSize: number;
  readonly maxConcurrentStreams: number;
  readonly initialWindowSize: number;
  readonly maxFrameSize: number;
}

/** What holds before the first SETTINGS. */
export const initialSettings: Settings = {
  headerTableSize: 4096,
  leastHeaderTableSize: 4096,
  maxConcurrentStreams: Number.POSITIVE_INFINITY,
  initialWindowSize,
  maxFrameSize: minMaxFrameSize,
};

/**
 * `settings` changed by the payload of a SETTINGS frame. Of a setting that comes twice the last value counts; unknown
 * ones and those we have no use for are passed over once they are found to be in range.
 * @throws ConnectionError when a value is out of its range.
 */
export function readSettings(settings: Settings, payload: Uint8Array): Settings {
  const changed = { ...settings, leastHeaderTableSize: settings.headerTableSize };
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  for (let at = 0; at < payload.length; at += 6) {
    const value = view.getUint32(at + 2);
    switch (view.getUint16(at)) {
      case SettingId.headerTableSize:
        changed.headerTableSize = value;
        changed.leastHeaderTableSize = Math.min(value, changed.leastHeaderTableSize);
        break;
      case SettingId.enablePush:
        check("ENABLE_PUSH", value, [0, 1]);
        break;
      case SettingId.maxConcurrentStreams:
        changed.maxConcurrentStreams = value;
        break;
      case SettingId.initialWindowSize:
        if (value > maxWindowSize) throw tooLargeWindow(value);
        changed.initialWindowSize = value;
        break;
      case SettingId.maxFrameSize:
        check("MAX_FRAME_SIZE", value, [minMaxFrameSize, 2 ** 24 - 1]);
        changed.maxFrameSize = value;
        break;
    }
  }
  return changed;
}

function check(name: string, value: number, [min, max]: readonly [number, number]): void {
  if (value >= min && value <= max) return;
  throw new ConnectionError(
    ErrorCode.protocolError,
    `SETTINGS_${name} is ${value}, it must be from ${min} to ${max}`,
  );
}

function tooLargeWindow(value: number): ConnectionError {
  return new ConnectionError(
    ErrorCode.flowControlError,
    `SETTINGS_INITIAL_WINDOW_SIZE is ${value}, it must be at most ${maxWindowSize}`,
  );
}
