import type { Socket } from "node:net";

/** How a request is answered that never became one. */
interface PeerError {
  readonly status: string;
  /** The limit that refused it, where one did. */
  readonly limit?: string;
}

const peerErrors: Readonly<Record<string, PeerError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: "408 Request Timeout", limit: "request_timeout" },
  HPE_HEADER_OVERFLOW: { status: "431 Request Header Fields Too Large", limit: "header_list" },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: "413 Payload Too Large", limit: "chunk_extensions" },
};

const badRequest: PeerError = { status: "400 Bad Request" };

/**
 * Answers what Node could not read, in Node's words, and closes the connection: where the next request would begin
 * nobody knows. Gives the limit that refused it.
 */
export function refusePeer(socket: Socket, code: string | undefined): string | undefined {
  const { status, limit } = peerErrors[code ?? ""] ?? badRequest;
  // Behind an answer, whole or not, nothing is said: it might be taken for more of that one.
  if (socket.writable && socket.bytesWritten === 0)
    socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  socket.destroySoon();
  return limit;
}
