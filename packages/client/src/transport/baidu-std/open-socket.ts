import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as tlsConnect } from "node:tls";
import type { Endpoint } from "../../grpc/endpoint.js";

/** A socket on its way to the server; `onOpen` is called once bytes can be written, with TLS after its handshake. */
export function openSocket(
  { host, port }: Endpoint,
  tls: ConnectionOptions | undefined,
  onOpen: () => void,
): Socket {
  if (tls === undefined) return connect({ host, port, noDelay: true }, onOpen);
  const socket = tlsConnect({ ...tls, host, port }, onOpen);
  socket.setNoDelay(true);
  return socket;
}
