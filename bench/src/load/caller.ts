import type { CheckedRequest } from "../workloads/workload.js";

/** Whoever waits for the outcome of a call; exactly one of the two is called, once. */
export interface CallReceiver {
  /** The call succeeded; `answer` is as `Caller.check` takes it, a view valid for the time of this call. */
  onAnswer(answer: Uint8Array): void;
  onFailure(reason: string): void;
}

/** The deadline that measured clients give each call, as their users would. */
export const clientTimeoutMs = 20_000;

/** A connection that takes many calls at once. */
export interface CallConnection {
  /** Starts a call; `body` is what `Caller.frame` made of a message and must stay unchanged until the outcome. */
  call(body: Buffer, receiver: CallReceiver): void;
  close(): void;
}

export interface CallTarget {
  readonly port: number;
  /** Full name of the service; its method is `inference`. */
  readonly service: string;
}

/** One way to call a server. */
export interface Caller {
  open(target: CallTarget): Promise<CallConnection>;
  /** A message as connections take it. */
  frame(message: Uint8Array): Buffer;
  /** What is wrong with an answer; undefined when it is the one expected. */
  check(answer: Uint8Array, expected: CheckedRequest["expected"]): string | undefined;
}

/** A request ready to be sent, many times. */
export interface PreparedCall {
  readonly body: Buffer;
  check(answer: Uint8Array): string | undefined;
}

export function prepareCalls(caller: Caller, requests: readonly CheckedRequest[]): readonly PreparedCall[] {
  return requests.map(({ message, expected }) => ({
    body: caller.frame(message),
    check: (answer) => caller.check(answer, expected),
  }));
}
