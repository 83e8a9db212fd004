import { Code, ServeError } from "@paddlewheel/core";
import { messageTooLarge } from "../message-too-large.js";
import type { MessageEncoding } from "./compression.js";
import { messagePrefixSize } from "./frame-message.js";

export interface MessageReaderOptions {
  /** Largest message in bytes as it is sent, before decompression. */
  readonly maxMessageSize: number;
  /**
   * Memory for a message: just `size` bytes, 0 too, whatever is in them. Asked for once per message, only when
   * its size is allowed. By default Node's: cut from a shared slab below 4 KiB, above that memory of its own,
   * which the system backs only as bytes arrive, so a peer that declares much and sends little costs little.
   */
  readonly allocate?: (size: number) => Uint8Array;
}

/**
 * Collects the one message of a unary body from pieces of any cut. A piece is only read during `push`: its bytes are
 * copied once, to where the message will lie. One reader serves many bodies, one after the other:
 *
 *     reader.start(encoding);
 *     for (const piece of body) reader.push(piece);
 *     const message = reader.finish();
 *
 * Codes are chosen for the gRPC status they become (Source: gRPC's statuscodes.md, compression.md): messages of
 * any number but one are UNIMPLEMENTED, broken framing is INTERNAL. After an error only `start` is of use.
 */
export class MessageReader {
  readonly #maxMessageSize: number;
  readonly #allocate: (size: number) => Uint8Array;
  #encoding: MessageEncoding = "identity";
  #isCompressed = false;
  #prefixLength = 0;
  /** As declared; while the prefix is being read, the bytes of it that came. */
  #size = 0;
  #message: Uint8Array = noBytes;
  #filled = 0;

  constructor(options: MessageReaderOptions) {
    this.#maxMessageSize = options.maxMessageSize;
    this.#allocate = options.allocate ?? Buffer.allocUnsafe;
  }

  /** Whether the message has to be decompressed; known once it is finished. */
  get isCompressed(): boolean {
    return this.#isCompressed;
  }

  /** Forgets the body before and reads the next, whose messages are packed as its `grpc-encoding` says. */
  start(encoding: MessageEncoding): void {
    this.#encoding = encoding;
    this.#isCompressed = false;
    this.#prefixLength = 0;
    this.#size = 0;
    this.#message = noBytes;
    this.#filled = 0;
  }

  /** @throws ServeError messageTooLarge, methodNotFound (a second message), internal (broken framing). */
  push(piece: Uint8Array): void {
    let position = 0;
    while (this.#prefixLength < messagePrefixSize) {
      if (position === piece.length) return;
      this.#readPrefix(piece[position++] ?? 0);
    }
    const length = piece.length - position;
    if (length > this.#size - this.#filled)
      throw new ServeError(Code.methodNotFound, "expected one message, got more");
    this.#copy(piece, position, length);
    this.#filled += length;
  }

  /**
   * The message, which is the caller's from here on.
   * @throws ServeError methodNotFound (no message), internal (the body ends within it).
   */
  finish(): Uint8Array {
    if (this.#prefixLength === 0) throw new ServeError(Code.methodNotFound, "expected one message, got none");
    if (this.#prefixLength < messagePrefixSize) {
      throw cutOff(this.#prefixLength, `${messagePrefixSize} bytes of its prefix`);
    }
    if (this.#filled < this.#size) throw cutOff(this.#filled, `${this.#size} bytes`);
    const message = this.#message;
    this.#message = noBytes;
    return message;
  }

  #readPrefix(byte: number): void {
    if (this.#prefixLength === 0) this.#readFlag(byte);
    else this.#size = this.#size * 256 + byte;
    if (this.#prefixLength === messagePrefixSize - 1) this.#message = this.#allocateMessage();
    this.#prefixLength++;
  }

  #readFlag(flag: number): void {
    if (flag > 1)
      throw new ServeError(Code.internal, `the compressed flag of the message is ${flag}, must be 0 or 1`);
    if (flag === 1 && this.#encoding === "identity") {
      throw new ServeError(
        Code.internal,
        "the message is flagged as compressed, and grpc-encoding names no compression",
      );
    }
    this.#isCompressed = flag === 1;
  }

  #allocateMessage(): Uint8Array {
    if (this.#size > this.#maxMessageSize) {
      throw messageTooLarge(this.#size, this.#maxMessageSize);
    }
    return this.#allocate(this.#size);
  }

  #copy(piece: Uint8Array, position: number, length: number): void {
    const message = this.#message;
    if (length > maxLoopedBytes) {
      message.set(new Uint8Array(piece.buffer, piece.byteOffset + position, length), this.#filled);
      return;
    }
    for (let i = 0; i < length; i++) message[this.#filled + i] = piece[position + i] ?? 0;
  }
}

const noBytes = new Uint8Array(0);

/** Up to this length a loop is done before a view of the piece is made. */
const maxLoopedBytes = 32;

function cutOff(came: number, of: string): ServeError {
  return new ServeError(Code.internal, `the message is cut off: ${came} of the ${of} came`);
}
