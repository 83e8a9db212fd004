export interface RawFrame {
  readonly type: number;
  readonly flags?: number;
  readonly streamId?: number;
  readonly payload?: Uint8Array | readonly number[];
  /** What the header says when that is not the length of the payload. */
  readonly length?: number;
}

/** One frame as it travels, right or wrong. */
export function rawFrame({ type, flags = 0, streamId = 0, payload = [], length }: RawFrame): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(length ?? payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, Uint8Array.from(payload)]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export type SettingEntry = readonly [id: number, value: number];

/** The payload of a SETTINGS frame. */
export function settingsPayload(...entries: readonly SettingEntry[]): Buffer {
  return Buffer.concat(entries.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)])));
}
