import type { GeneralRequest, GeneralResponse } from "@paddlewheel/wire";

export interface TransportCallOptions {
  /** Time the whole call may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The way of one request to a server and of its answer back, whatever the protocol. */
export interface CallTransport {
  /**
   * @throws ServeError with the server's own code and text; `unavailable` when there is no server, `deadlineExceeded`
   * or `cancelled` when the answer came too late or was no longer wanted.
   */
  call(request: GeneralRequest, options: TransportCallOptions): Promise<GeneralResponse>;
  /** Ends the connections and the calls on them. Idempotent. */
  close(): void;
}
