import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What becomes of bytes on their way; in ms: answers come so much later. */
export type ProxyMode = "pass" | "blackhole" | "reset" | number;

/** Stands before a server on a port of its own, and plays faults of the server and of the way to it. */
export class FaultProxy {
  readonly #target: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #mode: ProxyMode = "pass";

  private constructor(target: number) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** @param target port of the server */
  static async start(target: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that lost bytes are of no use any more, and are reset. */
  setMode(mode: ProxyMode): void {
    if (this.#mode === "blackhole" || mode === "reset") this.#resetAll();
    this.#mode = mode;
  }

  stop(): void {
    this.#server.close();
    this.#resetAll();
  }

  #resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #accept(client: Socket): void {
    if (this.#mode === "reset") {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ host: "127.0.0.1", port: this.#target, noDelay: true });
    client.setNoDelay(true);
    this.#join(client, server, () => 0);
    this.#join(server, client, () => (typeof this.#mode === "number" ? this.#mode : 0));
  }

  #join(from: Socket, to: Socket, delayMs: () => number): void {
    this.#sockets.add(from);
    let last: Promise<unknown> = Promise.resolve();
    from.on("data", (piece) => {
      if (this.#mode === "blackhole") return;
      const waited = sleep(delayMs());
      // One after the other, also when the delay has become shorter.
      last = Promise.all([last, waited]).then(() => to.write(piece));
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
