import { Code, ServeError } from "@paddlewheel/core";
import { wireLimits } from "../wire-limits.js";
import type { MessageType } from "./message-type.js";

/** Makes the messages that one message is read into, and limits how many fields they have together. */
export class MessageMaker {
  #fieldCount = 0;

  /** @throws ServeError malformedRequest when the messages now have more fields than allowed. */
  createEmpty(type: MessageType): Record<string, unknown> {
    this.#fieldCount += type.fields.length;
    if (this.#fieldCount > wireLimits.maxFilledFields) {
      throw new ServeError(
        Code.malformedRequest,
        `${type.name}: all messages have more than ${wireLimits.maxFilledFields} fields together, sent or not`,
      );
    }
    return type.createEmpty();
  }
}
