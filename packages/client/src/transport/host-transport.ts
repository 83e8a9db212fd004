import type { ServeError } from "@paddlewheel/core";

/** How the body of a message is packed on its way. Source: brpc's CompressType. */
export const CompressType = { none: 0, snappy: 1, gzip: 2, zlib: 3 } as const;
export type CompressType = (typeof CompressType)[keyof typeof CompressType];

/** One attempt of a call at one host, whatever the protocol. */
export interface OutgoingCall {
  /** Full protobuf name, `package.Service`. */
  readonly service: string;
  readonly method: string;
  /** The encoded request message; stays unchanged until the attempt is over. */
  readonly message: Uint8Array;
  readonly compressType: CompressType;
  /** Time this attempt may take, in milliseconds; travels as the deadline where the protocol has a place for it. */
  readonly timeoutMs: number;
  /** The caller's id for its own logs; 0n for none. */
  readonly logId: bigint;
  readonly requestId?: string | undefined;
  /** Names in lower case. */
  readonly headers?: ReadonlyMap<string, string> | undefined;
  /**
   * The text in a response message that tells of an error, which is where HTTP has it; may throw for one it cannot read.
   * Default: that of GeneralModelService, and none for other services.
   */
  readonly readErrorText?: ((message: Uint8Array) => string) | undefined;
}

export interface IncomingAnswer {
  /** The encoded response message, unpacked; belongs to the receiver. */
  readonly message: Uint8Array;
  /** Bytes beside the message; baidu_std alone has them. */
  readonly attachment?: Uint8Array | undefined;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** How far an attempt came that failed; decides whether another host may be asked. */
export const FailureStage = {
  /** Nothing reached the server: no connection, or it said so (ELOGOFF, REFUSED_STREAM). */
  unsent: "unsent",
  /** The request is out and no answer came: the server may have worked on it. */
  unanswered: "unanswered",
  /** The server answered with an error. */
  answered: "answered",
} as const;
export type FailureStage = (typeof FailureStage)[keyof typeof FailureStage];

export type AttemptOutcome =
  | { readonly answer: IncomingAnswer }
  | { readonly error: ServeError; readonly stage: FailureStage };

/** Is called once, when the attempt is over; never within `start`. */
export type OnAttemptEnd = (outcome: AttemptOutcome) => void;

/** An attempt under way. */
export interface Attempt {
  /** Nobody wants the answer any more: the attempt ends without a call of `onEnd`. Idempotent, also after the end. */
  abandon(): void;
}

/** The connections to one host by one protocol. */
export interface HostTransport {
  start(call: OutgoingCall, onEnd: OnAttemptEnd): Attempt;
  /** Ends the connections; attempts under way end with `cancelled`. Idempotent. */
  close(): void;
}
