import { LimitExceeded } from "../limits/limit-exceeded.js";
import { ConnectionError } from "./connection-error.js";
import { ErrorCode } from "./error-code.js";
import { checkFrameHeader } from "./frame-header.js";
import { FrameFlag, FrameType, frameHeaderSize, minMaxFrameSize } from "./frame-type.js";
import type { FrameVisitor } from "./frame-visitor.js";
import { HeaderBlock, type HeaderBlockLimits } from "./header-block.js";

export interface FrameReaderLimits extends HeaderBlockLimits {
  /** Largest payload of a frame in bytes, as our SETTINGS announce it. */
  readonly maxFrameSize: number;
}

/** The padding of a DATA frame whose first byte, which tells it, is still to come. */
const unknownPadding = -1;

/**
 * Turns bytes, cut anywhere, into calls of a FrameVisitor. DATA passes through in pieces and is never kept; other
 * frames are kept only while they are incomplete. Serves both ends of a connection. Source: RFC 9113 §4 and §6.
 */
export class FrameReader {
  readonly #visitor: FrameVisitor;
  readonly #limits: FrameReaderLimits;
  readonly #block: HeaderBlock;

  /** The header of the current frame, and the first bytes of one that was cut. */
  readonly #header = { length: 0, type: 0, flags: 0, streamId: 0 };
  readonly #headerBytes = new Uint8Array(frameHeaderSize);
  #headerLength = 0;

  /** Frames that have begun and one more, those that continue a header block not counted. */
  #begun = 1;
  #isStopped = false;
  #isFirst = true;
  #isInFrame = false;
  /** Bytes of the current frame's payload still to come. */
  #left = 0;
  #padding = 0;
  /** The payload of a frame that was cut. */
  #payload: Uint8Array = noBytes;

  constructor(visitor: FrameVisitor, limits: FrameReaderLimits) {
    this.#visitor = visitor;
    this.#limits = limits;
    this.#block = new HeaderBlock(limits);
  }

  /**
   * Reads all of `chunk`, which may be reused afterwards. After an error the reader is out of step and of no more use.
   * @throws ConnectionError when the peer broke a rule of framing, and whatever the visitor throws.
   */
  read(chunk: Uint8Array): void {
    let position = 0;
    while (position < chunk.length && !this.#isStopped) {
      position = this.#isInFrame ? this.#readPayload(chunk, position) : this.#readHeader(chunk, position);
    }
  }

  /**
   * Tells a frame that is cut, or a header block that lacks its end, by a number that stays the same while it does; 0
   * when there is none. DATA does not count: bodies have the time of their stream.
   */
  get unfinished(): number {
    const isInFrame = this.#isInFrame && this.#header.type !== FrameType.data;
    const isCut = isInFrame || this.#headerLength > 0 || this.#block.streamId !== 0;
    return isCut ? this.#begun : 0;
  }

  /** Reads no further, also not to the end of the chunk that is being read. */
  stop(): void {
    this.#isStopped = true;
  }

  #readHeader(chunk: Uint8Array, start: number): number {
    if (this.#headerLength === 0 && chunk.length - start >= frameHeaderSize) {
      this.#startFrame(chunk, start);
      return start + frameHeaderSize;
    }
    const taken = Math.min(frameHeaderSize - this.#headerLength, chunk.length - start);
    this.#headerBytes.set(chunk.subarray(start, start + taken), this.#headerLength);
    this.#headerLength += taken;
    if (this.#headerLength === frameHeaderSize) {
      this.#headerLength = 0;
      this.#startFrame(this.#headerBytes, 0);
    }
    return start + taken;
  }

  #startFrame(bytes: Uint8Array, at: number): void {
    const header = this.#header;
    header.length = (byteAt(bytes, at) << 16) | (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at + 2);
    header.type = byteAt(bytes, at + 3);
    header.flags = byteAt(bytes, at + 4);
    header.streamId = uint31At(bytes, at + 5);
    checkFrameHeader(header, this.#limits.maxFrameSize);
    this.#checkOrder();
    this.#checkKept();
    if (this.#block.streamId === 0) this.#begun++;
    this.#isInFrame = true;
    this.#left = header.length;
    if (header.type === FrameType.data) {
      this.#padding = header.flags & FrameFlag.padded ? unknownPadding : 0;
      this.#visitor.onDataStart(header.streamId, header.length, (header.flags & FrameFlag.endStream) !== 0);
    }
    // A frame without payload is over already: no byte will come that could tell.
    if (header.length === 0) this.#readPayload(noBytes, 0);
  }

  /**
   * The first frame is SETTINGS, and while a header block is open nothing but its CONTINUATION may come.
   * Source: RFC 9113 §3.4 and §6.10.
   */
  #checkOrder(): void {
    const { type, flags, streamId } = this.#header;
    if (this.#isFirst && (type !== FrameType.settings || flags & FrameFlag.ack)) {
      throw new ConnectionError(ErrorCode.protocolError, "the first frame is not SETTINGS");
    }
    this.#isFirst = false;
    const openId = this.#block.streamId;
    if (openId === 0 && type !== FrameType.continuation) return;
    if (openId === streamId && type === FrameType.continuation) return;
    throw new ConnectionError(
      ErrorCode.protocolError,
      openId === 0
        ? "CONTINUATION came without a header block"
        : `a frame of type ${type} on stream ${streamId} came amid the header block of stream ${openId}`,
    );
  }

  /** Bounds what a cut frame may make us keep, before any of it is kept. */
  #checkKept(): void {
    const { type, length } = this.#header;
    if (type === FrameType.headers || type === FrameType.continuation) {
      this.#block.admit(length);
    } else if (length > minMaxFrameSize && type !== FrameType.data && isKnown(type)) {
      throw new LimitExceeded("control_frame_size", `a frame of type ${type} has ${length} bytes`);
    }
  }

  #readPayload(chunk: Uint8Array, start: number): number {
    if (this.#header.type === FrameType.data) return this.#readData(chunk, start);
    const taken = Math.min(this.#left, chunk.length - start);
    if (taken === this.#header.length) {
      this.#endFrame(chunk, start);
    } else if (isKnown(this.#header.type)) {
      this.#keep(chunk, start, taken);
    } else {
      this.#skip(taken);
    }
    return start + taken;
  }

  #keep(chunk: Uint8Array, start: number, taken: number): void {
    const { length } = this.#header;
    if (this.#left === length) this.#payload = new Uint8Array(length);
    this.#payload.set(chunk.subarray(start, start + taken), length - this.#left);
    this.#left -= taken;
    if (this.#left > 0) return;
    const payload = this.#payload;
    this.#payload = noBytes;
    this.#endFrame(payload, 0);
  }

  #skip(taken: number): void {
    this.#left -= taken;
    if (this.#left === 0) this.#endFrame(noBytes, 0);
  }

  #readData(chunk: Uint8Array, start: number): number {
    let position = start;
    if (this.#padding === unknownPadding && position < chunk.length) {
      this.#padding = byteAt(chunk, position++);
      this.#left--;
      if (this.#padding > this.#left) throw tooMuchPadding();
    }
    const taken = Math.min(this.#left, chunk.length - position);
    const ofBody = Math.min(this.#left - this.#padding, taken);
    if (ofBody > 0) this.#visitor.onDataPiece(viewOf(chunk, position, ofBody));
    this.#left -= taken;
    if (this.#left === 0) {
      this.#isInFrame = false;
      this.#visitor.onDataEnd();
    }
    return position + taken;
  }

  /** The whole payload of the current frame lies in `bytes` from `at` on. */
  #endFrame(bytes: Uint8Array, at: number): void {
    this.#isInFrame = false;
    const { type, flags, streamId, length } = this.#header;
    const isAck = (flags & FrameFlag.ack) !== 0;
    switch (type) {
      case FrameType.headers:
        this.#endHeaders(bytes, at);
        break;
      case FrameType.continuation:
        this.#endContinuation(viewOf(bytes, at, length));
        break;
      case FrameType.priority:
        this.#visitor.onPriority();
        break;
      case FrameType.rstStream:
        this.#visitor.onRstStream(streamId, uint32At(bytes, at));
        break;
      case FrameType.settings:
        if (isAck) this.#visitor.onSettingsAck();
        else this.#visitor.onSettings(viewOf(bytes, at, length));
        break;
      case FrameType.ping:
        this.#visitor.onPing(viewOf(bytes, at, length), isAck);
        break;
      case FrameType.goaway:
        this.#visitor.onGoaway(uint31At(bytes, at), uint32At(bytes, at + 4));
        break;
      case FrameType.windowUpdate:
        this.#visitor.onWindowUpdate(streamId, uint31At(bytes, at));
        break;
      case FrameType.pushPromise:
        // A client cannot push, and no client of ours lets a server push.
        throw new ConnectionError(ErrorCode.protocolError, "PUSH_PROMISE came though push is off");
      default:
        this.#visitor.onUnknown(type);
    }
  }

  #endHeaders(bytes: Uint8Array, at: number): void {
    const { flags, streamId, length } = this.#header;
    const isPadded = (flags & FrameFlag.padded) !== 0;
    const start = at + (isPadded ? 1 : 0) + (flags & FrameFlag.priority ? 5 : 0);
    const end = at + length - (isPadded ? byteAt(bytes, at) : 0);
    if (end < start) throw tooMuchPadding();
    const fragment = viewOf(bytes, start, end - start);
    const isEnd = (flags & FrameFlag.endStream) !== 0;
    if (flags & FrameFlag.endHeaders) {
      this.#visitor.onHeaders(streamId, fragment, isEnd);
    } else {
      this.#block.begin(streamId, isEnd);
      this.#block.add(fragment);
    }
  }

  #endContinuation(fragment: Uint8Array): void {
    const { streamId, isEnd } = this.#block;
    this.#block.add(fragment);
    if (this.#header.flags & FrameFlag.endHeaders) {
      this.#visitor.onHeaders(streamId, this.#block.take(), isEnd);
    }
  }
}

const noBytes: Uint8Array = new Uint8Array(0);

function isKnown(type: number): boolean {
  return type <= FrameType.continuation;
}

function tooMuchPadding(): ConnectionError {
  return new ConnectionError(ErrorCode.protocolError, "a frame has more padding than payload");
}

/** A plain view: `subarray` of a Buffer costs twice as much. */
function viewOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
}

/** A byte that is known to be there. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function uint32At(bytes: Uint8Array, at: number): number {
  const high = (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
  return high * 0x10000 + ((byteAt(bytes, at + 2) << 8) | byteAt(bytes, at + 3));
}

/** Stream ids and increments; the top bit is reserved and means nothing. */
function uint31At(bytes: Uint8Array, at: number): number {
  return uint32At(bytes, at) % 0x80000000;
}
