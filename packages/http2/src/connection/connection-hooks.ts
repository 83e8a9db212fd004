import type { LimitName } from "../limits/http2-limits.js";

/** A rule that the peer broke, for a debug log. */
export interface PeerError {
  /** The code it was told. */
  readonly code: number;
  readonly message: string;
  /** The stream it cost; 0 when it cost the connection. */
  readonly streamId: number;
}

/** What a connection tells whoever owns its socket. */
export interface ConnectionHooks {
  /** There is output to take; said once until it is taken. */
  onOutput(): void;
  /** The connection has ended and reads no more; the last output is to be written and the socket to be closed. */
  onClose(): void;
  /** A limit refused something of the peer's. */
  onLimit?(name: LimitName): void;
  onPeerError?(error: PeerError): void;
  /** A handler threw, which ended the connection. */
  onFault?(error: unknown): void;
}
