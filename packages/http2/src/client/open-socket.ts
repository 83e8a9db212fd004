import { connect, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { sharedReadBuffer } from "../driver/shared-read-buffer.js";

export interface SocketTarget {
  /** Name or address. */
  readonly host: string;
  readonly port: number;
  /** Without it the connection is plain TCP. The server has to agree on `h2` by ALPN. */
  readonly tls?: ConnectionOptions;
}

/**
 * A socket on its way to the server; what is written to it before waits inside. Over TCP all sockets read into one buffer,
 * which takes a third off the price of large answers: what they read goes to `onRead`, valid only during the call. Over
 * TLS they emit `data`.
 */
export function openSocket({ host, port, tls }: SocketTarget, onRead: (chunk: Uint8Array) => void): Socket {
  if (tls === undefined) return connect({ host, port, noDelay: true, onread: intoSharedBuffer(onRead) });
  const socket = tlsConnect({ ...tls, host, port, ALPNProtocols: ["h2"] });
  socket.setNoDelay(true);
  socket.once("secureConnect", () => checkProtocol(socket));
  return socket;
}

function intoSharedBuffer(onRead: (chunk: Uint8Array) => void): OnReadOpts {
  return {
    buffer: sharedReadBuffer(),
    callback: (length, buffer) => {
      onRead(new Uint8Array(buffer.buffer, buffer.byteOffset, length));
      return true;
    },
  };
}

function checkProtocol(socket: TLSSocket): void {
  if (socket.alpnProtocol === "h2") return;
  socket.destroy(new Error("it does not speak HTTP/2: it did not agree on h2 by ALPN"));
}
