import { type MessageEncoding, MessageReader, messagePrefixSize } from "@paddlewheel/wire";

/** A message as it was sent. */
export interface PackedMessage {
  readonly bytes: Uint8Array;
  readonly isCompressed: boolean;
}

export interface MessageSplitterOptions {
  readonly encoding: MessageEncoding;
  /** In bytes. What has come of a message is copied again with each piece of it, so this is for small ones. */
  readonly maxMessageSize: number;
}

/** Cuts a body of many messages into these; MessageReader is for bodies of one. */
export class MessageSplitter {
  readonly #encoding: MessageEncoding;
  readonly #reader: MessageReader;
  #held: Buffer = Buffer.alloc(0);

  constructor(options: MessageSplitterOptions) {
    this.#encoding = options.encoding;
    this.#reader = new MessageReader(options);
  }

  /**
   * Takes the next piece of the body and gives the messages it makes whole.
   * @throws ServeError as MessageReader does.
   */
  push(piece: Uint8Array): PackedMessage[] {
    this.#held = Buffer.concat([this.#held, piece]);
    const messages: PackedMessage[] = [];
    for (let message = this.#next(); message; message = this.#next()) messages.push(message);
    return messages;
  }

  /** @throws ServeError internal when the body ends within a message. */
  finish(): void {
    if (this.#held.length > 0) this.#reader.finish();
  }

  #next(): PackedMessage | undefined {
    const held = this.#held;
    if (held.length === 0) return undefined;
    const isPrefixWhole = held.length >= messagePrefixSize;
    const end = isPrefixWhole ? messagePrefixSize + held.readUInt32BE(1) : messagePrefixSize;
    this.#reader.start(this.#encoding);
    this.#reader.push(held.subarray(0, end));
    if (!isPrefixWhole || held.length < end) return undefined;
    this.#held = held.subarray(end);
    return { bytes: this.#reader.finish(), isCompressed: this.#reader.isCompressed };
  }
}
