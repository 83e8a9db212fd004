import { Code, ServeError } from "@paddlewheel/core";
import { messageTooLarge } from "../message-too-large.js";
import { frameHeaderSize, frameMagic } from "./frame-head.js";

/** Who takes the frames of a connection. What it is given is its own to keep and to change. */
export interface FrameVisitor {
  /** The meta and the payload of a whole frame: views of the piece it came in, or of memory of its own. */
  onFrame(meta: Uint8Array, payload: Uint8Array): void;
  /** A frame whose meta would be larger than itself: it is stepped over, as brpc does. */
  onUnreadableFrame(): void;
  /** A frame larger than allowed, once its meta is there. Nothing more is read from the connection. */
  onOversizedFrame(meta: Uint8Array, error: ServeError): void;
}

export interface FrameCutterOptions {
  readonly visitor: FrameVisitor;
  /** Largest frame in bytes behind its header. */
  readonly maxFrameSize: number;
}

/** Names and ids take a few hundred bytes; as large as all headers of an HTTP/2 request may be, four times. */
const maxMetaSize = 64 * 1024;

/**
 * Cuts what is received into frames. A frame that lies within one piece is not copied; one that comes in several is
 * gathered in one buffer of its size, asked for when its size is known to be allowed. Large ones take no memory of the
 * system before their bytes come.
 */
export class FrameCutter {
  readonly #visitor: FrameVisitor;
  readonly #maxFrameSize: number;
  readonly #header = Buffer.alloc(frameHeaderSize);
  #headerFilled = 0;
  /** Where a frame is gathered, or the meta of one that is too large. */
  #frame: Buffer | undefined;
  #frameFilled = 0;
  #frameSize = 0;
  #metaSize = 0;
  /** Bytes still to come that nobody wants. */
  #skipped = 0;
  #oversized: ServeError | undefined;
  #isStopped = false;

  constructor({ visitor, maxFrameSize }: FrameCutterOptions) {
    this.#visitor = visitor;
    this.#maxFrameSize = maxFrameSize;
  }

  /** Some bytes of a frame have come, and not all. */
  get isMidFrame(): boolean {
    return this.#headerFilled > 0 || this.#frame !== undefined || this.#skipped > 0;
  }

  /** Drops whatever is pushed from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * As `push`, for a piece of a buffer that is read into again: what frames keep of it is copied, once for all of them.
   */
  pushShared(piece: Buffer): void {
    const gathered = this.#frame && !this.#isStopped ? this.#gather(this.#frame, piece, 0) : 0;
    if (gathered < piece.length) this.push(Buffer.from(gathered > 0 ? piece.subarray(gathered) : piece));
  }

  /**
   * Takes the next piece; its memory is the frames' from then on.
   * @throws ServeError malformedRequest when it is not this protocol; nothing more can be read then.
   */
  push(piece: Buffer): void {
    for (let at = 0; at < piece.length && !this.#isStopped; ) {
      if (this.#skipped > 0) at += this.#skip(piece.length - at);
      else if (this.#frame) at += this.#gather(this.#frame, piece, at);
      else at += this.#begin(piece, at);
    }
  }

  #skip(length: number): number {
    const skipped = Math.min(this.#skipped, length);
    this.#skipped -= skipped;
    return skipped;
  }

  /** Reads a header, and the frame behind it where all of it is there; gives the number of bytes taken. */
  #begin(piece: Buffer, at: number): number {
    if (this.#headerFilled === 0 && piece.length - at >= frameHeaderSize) {
      this.#readHeader(piece, at);
      return frameHeaderSize + this.#open(piece, at + frameHeaderSize);
    }
    const copied = piece.copy(this.#header, this.#headerFilled, at);
    this.#headerFilled += copied;
    if (this.#headerFilled < frameHeaderSize) return copied;
    this.#headerFilled = 0;
    this.#readHeader(this.#header, 0);
    return copied + this.#open(piece, at + copied);
  }

  #readHeader(bytes: Buffer, at: number): void {
    if (bytes.readUInt32BE(at) !== frameMagic) {
      throw new ServeError(Code.malformedRequest, 'a frame must begin with "PRPC"');
    }
    this.#frameSize = bytes.readUInt32BE(at + 4);
    this.#metaSize = bytes.readUInt32BE(at + 8);
  }

  /** Decides what becomes of a frame by its sizes; gives the number of its bytes that were taken at once. */
  #open(piece: Buffer, at: number): number {
    const size = this.#frameSize;
    if (this.#metaSize > size) {
      this.#skipped = size;
      this.#visitor.onUnreadableFrame();
      return 0;
    }
    if (this.#metaSize > maxMetaSize) {
      const message = `RpcMeta: ${this.#metaSize} bytes, more than the limit of ${maxMetaSize}`;
      throw new ServeError(Code.messageTooLarge, message);
    }
    if (size > this.#maxFrameSize) this.#oversized = messageTooLarge(size, this.#maxFrameSize);
    const wanted = this.#oversized ? this.#metaSize : size;
    if (piece.length - at >= wanted) {
      this.#deliver(piece, at);
      return wanted;
    }
    this.#frame = Buffer.allocUnsafe(wanted);
    this.#frameFilled = 0;
    return 0;
  }

  #gather(frame: Buffer, piece: Uint8Array, at: number): number {
    const copied = Math.min(piece.length - at, frame.length - this.#frameFilled);
    frame.set(piece.subarray(at, at + copied), this.#frameFilled);
    this.#frameFilled += copied;
    if (this.#frameFilled === frame.length) {
      this.#frame = undefined;
      this.#deliver(frame, 0);
    }
    return copied;
  }

  #deliver(bytes: Buffer, at: number): void {
    // Views of a Buffer are Buffers, and take twice the time to make.
    const { buffer: memory, byteOffset } = bytes;
    const start = byteOffset + at;
    const meta = new Uint8Array(memory, start, this.#metaSize);
    if (!this.#oversized) {
      const payloadSize = this.#frameSize - this.#metaSize;
      this.#visitor.onFrame(meta, new Uint8Array(memory, start + this.#metaSize, payloadSize));
    } else {
      this.#isStopped = true;
      this.#visitor.onOversizedFrame(meta, this.#oversized);
    }
  }
}
