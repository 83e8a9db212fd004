import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createDeferred } from "@paddlewheel/core/testing";

/** Carries connections to a server, and knows when a request is through. */
export interface Wiretap extends AsyncDisposable {
  /** `127.0.0.1:PORT`, to be called in the server's place. */
  readonly address: string;
  /** Settles when a connection has carried the request to the server. */
  readonly carried: Promise<void>;
}

export interface WiretapOptions {
  readonly serverPort: number;
  /** The message; it is through when a piece ends as it does. */
  readonly message: Uint8Array;
  /** From then on the server hears nothing of its client, not even that it is gone. */
  readonly isCutAfter: boolean;
}

export async function openWiretap(options: WiretapOptions): Promise<Wiretap> {
  const { serverPort, isCutAfter } = options;
  const end = options.message.subarray(-8);
  const open = new Set<Socket>();
  const carried = createDeferred();
  const listener = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: serverPort, host: "127.0.0.1", noDelay: true });
    let isCut = false;
    client.on("data", (piece: Buffer) => {
      if (!isCut) server.write(piece);
      if (!piece.subarray(-end.length).equals(end)) return;
      isCut = isCutAfter;
      carried.resolve();
    });
    client.on("close", () => !isCut && server.destroy());
    server.on("data", (piece: Buffer) => client.write(piece)).on("close", () => client.destroy());
    for (const socket of [client, server]) open.add(socket.on("error", () => {}));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    address: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    carried: carried.promise,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      listener.close();
      await once(listener, "close");
    },
  };
}
