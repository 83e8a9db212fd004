/** Frame types of RFC 9113 section 6 that a client of unary calls meets. */
export const FrameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;

export const FrameFlag = { endStream: 0x1, ack: 0x1, endHeaders: 0x4, padded: 0x8, priority: 0x20 } as const;

export const Setting = {
  headerTableSize: 1,
  enablePush: 2,
  initialWindowSize: 4,
} as const;

/** The size both sides may send unless told otherwise; we never ask for more and never send more. */
export const maxFramePayload = 16_384;
export const frameHeaderSize = 9;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  /** A view of what was received. */
  readonly payload: Buffer;
}

export function encodeFrameHeader(frame: Omit<Frame, "payload">, length: number): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderSize);
  header.writeUIntBE(length, 0, 3);
  header[3] = frame.type;
  header[4] = frame.flags;
  header.writeUInt32BE(frame.streamId, 5);
  return header;
}

export function encodeFrame({ payload, ...frame }: Frame): Buffer {
  return Buffer.concat([encodeFrameHeader(frame, payload.length), payload]);
}

/** Cuts a byte stream into frames; what is left of a chunk waits for the next. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** @throws Error on a frame larger than `maxFramePayload`. */
  read(chunk: Buffer): readonly Frame[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= frameHeaderSize) {
      const end = at + frameHeaderSize + payloadLength(bytes, at);
      if (end > bytes.length) break;
      frames.push(frameAt(bytes, at, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

/** The content of a DATA or HEADERS frame without its padding and priority (RFC 9113 sections 6.1, 6.2). */
export function contentOf({ type, flags, payload }: Frame): Buffer {
  let start = 0;
  let end = payload.length;
  if (flags & FrameFlag.padded) {
    start = 1;
    end -= payload[0] ?? 0;
  }
  if (type === FrameType.headers && flags & FrameFlag.priority) start += 5;
  if (start > end) throw new Error("a frame has more padding than content");
  return payload.subarray(start, end);
}

function payloadLength(bytes: Buffer, at: number): number {
  const length = bytes.readUIntBE(at, 3);
  if (length > maxFramePayload) {
    throw new Error(`a frame of ${length} bytes came, at most ${maxFramePayload} were announced`);
  }
  return length;
}

function frameAt(bytes: Buffer, at: number, end: number): Frame {
  return {
    type: bytes[at + 3] ?? 0,
    flags: bytes[at + 4] ?? 0,
    streamId: bytes.readUInt32BE(at + 5) & 0x7fff_ffff,
    payload: bytes.subarray(at + frameHeaderSize, end),
  };
}
