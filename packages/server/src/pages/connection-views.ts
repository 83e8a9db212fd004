import { isIPv6, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { OpenConnection } from "../listener/listener.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import type { ConnectionView } from "./server-view.js";

/** The names of protocols as brpc has them. */
const protocolNames = { http1: "http", http2: "h2", baidu_std: "baidu_std" } as const;

/** What is known of a connection that is open; who speaks its protocol may count its requests. */
export function viewConnection(
  { socket, protocol, openedAt }: OpenConnection,
  requestsOn: (socket: Socket) => RequestCounts | undefined,
): ConnectionView {
  const requests = requestsOn(socket);
  return {
    remote: remoteOf(socket),
    protocol: protocol && protocolNames[protocol] + (socket instanceof TLSSocket ? "+tls" : ""),
    openedAt,
    bytesIn: socket.bytesRead,
    bytesOut: socket.bytesWritten,
    requests: requests?.total,
    inFlight: requests?.open,
  };
}

/** An address is gone with its peer. */
function remoteOf({ remoteAddress = "-", remotePort = 0 }: Socket): string {
  return isIPv6(remoteAddress) ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;
}
