import { Code, ServeError } from "@paddlewheel/core/message";

/**
 * What one message may hold beside its bytes, so that a small message of many tiny parts cannot cost much time or
 * memory. The size in bytes is the transport's to limit; rank, axes and elements are limited by `tensorLimits` of core.
 */
export const wireLimits = {
  /**
   * Protobuf fields of a message and all messages inside it, unknown ones too; elements of `Tensor.data`, and numbers
   * of lists that came one by one, are not counted. A field costs two bytes to send and some 10 ns to read: 2 million empty ones took a second elsewhere.
   */
  maxFields: 100_000,
  /** Numbers of all lists of a message that came one by one instead of packed; each takes some 40 ns to read. */
  maxLooseValues: 4_000_000,
  /** Tensors of a request or of all outputs of a response; real models have below 20. */
  maxTensors: 256,
  /** Each name asked for is a tensor of the response. */
  maxFetchVarNames: 256,
  /** Models that answer one request. */
  maxOutputs: 256,
  /** Elements of all string tensors of a message; an empty one costs two bytes to send and a slot to keep. */
  maxStrings: 1_000_000,
  /** Two stamps a step. */
  maxProfileTimes: 4096,
  /** Paddle knows models of up to 3 levels. */
  maxLodLevels: 16,
  /**
   * Fields that all messages of types conf names have together, sent or not: a message takes two bytes to send, and
   * 10 ns and up to 60 bytes of memory for each field of its type, which is filled with its default.
   */
  maxFilledFields: 1_000_000,
  /** Messages inside messages of the types conf names, which may be recursive; schemas of real services need below 10. */
  maxMessageDepth: 32,
  /** Nested lists and objects of JSON, as in brpc; our messages need 6. */
  maxJsonDepth: 100,
} as const;

/** The parts of a message that are counted while it is read. Numbers, as they are looked up for each part of each message. */
export const MessagePart = { tensors: 0, fetchVarNames: 1, outputs: 2, strings: 3, profileTimes: 4 } as const;
export type MessagePart = (typeof MessagePart)[keyof typeof MessagePart];

/** In the words of the error. */
const parts: Readonly<Record<MessagePart, { readonly limit: number; readonly words: string }>> = {
  [MessagePart.tensors]: { limit: wireLimits.maxTensors, words: "tensors" },
  [MessagePart.fetchVarNames]: { limit: wireLimits.maxFetchVarNames, words: "names in fetch_var_names" },
  [MessagePart.outputs]: { limit: wireLimits.maxOutputs, words: "outputs" },
  [MessagePart.strings]: { limit: wireLimits.maxStrings, words: "strings" },
  [MessagePart.profileTimes]: { limit: wireLimits.maxProfileTimes, words: "values in profile_time" },
};

/** Counts the parts of one message, the same way whether it came as bytes or as JSON. */
export class MessageBudget {
  readonly #used = [0, 0, 0, 0, 0];

  /** @throws ServeError invalidArgument when the message now has more of `part` than allowed. */
  take(part: MessagePart, count = 1): void {
    const used = (this.#used[part] ?? 0) + count;
    this.#used[part] = used;
    const { limit, words } = parts[part];
    if (used > limit) {
      throw new ServeError(Code.invalidArgument, `the message has more than ${limit} ${words}`);
    }
  }
}
