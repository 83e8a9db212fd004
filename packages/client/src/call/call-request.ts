import type { ServeError, TraceContext } from "@paddlewheel/core";
import type { CompressType, IncomingAnswer, OutgoingCall } from "../transport/host-transport.js";

/** One call, whatever hosts it will be tried at. */
export interface CallRequest {
  /** Full protobuf name, `package.Service`. */
  readonly service: string;
  readonly method: string;
  /** The encoded request message; to be left alone until the call is over. */
  readonly message: Uint8Array;
  /** Default none. */
  readonly compressType?: CompressType;
  /** Time for the whole call with all its attempts, in milliseconds. */
  readonly timeoutMs: number;
  /** The caller's id for its own logs; default 0n, none. */
  readonly logId?: bigint;
  readonly requestId?: string | undefined;
  /** Names in lower case. */
  readonly headers?: ReadonlyMap<string, string> | undefined;
  /** The trace to go on with; each call is a span of its own, which servers see as the parent of theirs. */
  readonly traceContext?: TraceContext | undefined;
  /** For consistent hashing: 0 to 2^32 - 1. */
  readonly requestCode?: number | undefined;
  /**
   * Whether the call may run twice at a server: repeated after its connection broke, and hedged. Default true, as
   * inference changes nothing.
   */
  readonly isIdempotent?: boolean | undefined;
  /** As in `OutgoingCall`. */
  readonly readErrorText?: OutgoingCall["readErrorText"];
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
}

/** What a call brought, and from whom. */
export interface CallAnswer extends IncomingAnswer {
  /** The address of the host that answered. */
  readonly host: string;
}

/** How a call ended. */
export type CallOutcome = { readonly answer: CallAnswer } | { readonly error: ServeError };

/** A call under way. */
export interface RunningCall {
  /** Ends the call with `cancelled`. Idempotent, also after the end. */
  cancel(): void;
}
