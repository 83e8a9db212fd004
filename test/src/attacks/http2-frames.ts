/** Types of frames, in the order of their numbers. Source: RFC 9113 §6. */
export const frameNames = [
  "DATA",
  "HEADERS",
  "PRIORITY",
  "RST_STREAM",
  "SETTINGS",
  "PUSH_PROMISE",
  "PING",
  "GOAWAY",
  "WINDOW_UPDATE",
  "CONTINUATION",
] as const;

export type FrameName = (typeof frameNames)[number];

export const endStream = 0x1;
export const ack = 0x1;
export const endHeaders = 0x4;

export interface FrameFields {
  readonly streamId?: number;
  readonly flags?: number;
  readonly payload?: Uint8Array;
  /** What the frame says its length is; that of the payload by default. */
  readonly length?: number;
}

/** A frame as it travels, right or wrong; `type` may be a number that has no name. */
export function frame(type: FrameName | number, fields: FrameFields = {}): Buffer {
  const { streamId = 0, flags = 0, payload = Buffer.alloc(0), length = payload.length } = fields;
  const header = Buffer.alloc(9);
  header.writeUIntBE(length, 0, 3);
  header.writeUInt8(typeof type === "number" ? type : frameNames.indexOf(type), 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The payload of SETTINGS with one entry. */
export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.of(0, id), uint32(value)]);
}

/** `:method: POST`, `:scheme: http` and `:path: /`, by their places in the static table of HPACK. */
export const requestBlock: Buffer = Buffer.of(0x83, 0x86, 0x84);

/** A request, whole or with a body to come. */
export function request(streamId: number, isEnd: boolean): Buffer {
  return frame("HEADERS", { streamId, flags: endHeaders | (isEnd ? endStream : 0), payload: requestBlock });
}

export function data(streamId: number, payload: Uint8Array, isEnd = false): Buffer {
  return frame("DATA", { streamId, flags: isEnd ? endStream : 0, payload });
}

export function windowUpdate(streamId: number, increment: number): Buffer {
  return frame("WINDOW_UPDATE", { streamId, payload: uint32(increment) });
}

export interface ReceivedFrame {
  readonly type: FrameName | undefined;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The first frame in `bytes`, when it is whole. */
export function firstFrame(bytes: Buffer): ReceivedFrame | undefined {
  if (bytes.length < 9) return undefined;
  const end = 9 + bytes.readUIntBE(0, 3);
  if (bytes.length < end) return undefined;
  return {
    type: frameNames[bytes.readUInt8(3)],
    flags: bytes.readUInt8(4),
    streamId: bytes.readUInt32BE(5),
    payload: bytes.subarray(9, end),
  };
}
