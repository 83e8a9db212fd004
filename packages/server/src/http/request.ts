import type { ClientIdentity } from "@paddlewheel/core";

/** A request, whatever version of HTTP it came by. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly target: string;
  /** Without the query. */
  readonly path: string;
  /** Who asks, by a certificate; undefined without one. */
  readonly client: ClientIdentity | undefined;
  /** By its lower-case name. */
  header(name: string): string | undefined;
  /**
   * The whole body as it was sent. Asked for once.
   * @throws ServeError messageTooLarge, cancelled (the peer went away), unavailable (the server stops).
   */
  readBody(): Promise<Buffer>;
  /** Runs `listener` when the answer is sent, or nobody waits for it any more. */
  onClose(listener: () => void): void;
}

/** A whole answer; names of headers are lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
