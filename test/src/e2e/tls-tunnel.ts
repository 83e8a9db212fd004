import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

/** A port to which clients connect in plain, and which carries their connections to a server over TLS. */
export interface TlsTunnel extends AsyncDisposable {
  readonly port: number;
}

/** @param ca certificate of the authority that the server's is of, in PEM */
export async function openTlsTunnel(serverPort: number, ca: Buffer): Promise<TlsTunnel> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (plain) => {
    const secure = connectTls({ port: serverPort, host: "127.0.0.1", ca });
    for (const [one, other] of [
      [plain, secure],
      [secure, plain],
    ] as const) {
      open.add(one);
      one
        .on("error", () => {})
        .on("close", () => other.destroy())
        .pipe(other);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
