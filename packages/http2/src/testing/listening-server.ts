import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Http2Server, type Http2ServerOptions } from "../driver/http2-server.js";
import { EchoHandler } from "./echo-handler.js";

export interface ListeningServer {
  readonly http2: Http2Server;
  readonly port: number;
  /** Its ends of the connections, in the order they came. */
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

export interface ListeningServerOptions extends Partial<Http2ServerOptions> {
  /** Sees each socket before it is served. */
  readonly onSocket?: (socket: Socket, index: number) => void;
}

/** An Http2Server behind a port of its own; it answers with the request's body unless told otherwise. */
export async function listeningServer(options: ListeningServerOptions = {}): Promise<ListeningServer> {
  const http2 = new Http2Server({ handler: new EchoHandler(), ...options });
  const sockets: Socket[] = [];
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.push(socket);
    options.onSocket?.(socket, sockets.length - 1);
    http2.serve(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    http2.close();
    server.close();
    await once(server, "close");
  };
  return { http2, port: (server.address() as AddressInfo).port, sockets, close };
}
