import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { RequestCounts } from "../rpc/request-counts.js";

/**
 * The requests of one connection, of which each is told when it is over, by "close" of its response. Node tells only the
 * one whose turn it is when the connection ends; those behind it would wait for ever.
 */
export class ConnectionRequests implements RequestCounts {
  readonly #open = new Set<ServerResponse>();
  readonly #onOver: () => void;
  total = 0;

  /** @param onOver called for each request that is over. */
  constructor(socket: Socket, onOver: () => void) {
    this.#onOver = onOver;
    socket.on("close", () => this.#end());
  }

  get open(): number {
    return this.#open.size;
  }

  add(response: ServerResponse): void {
    this.total++;
    this.#open.add(response);
    response.once("close", () => {
      this.#open.delete(response);
      this.#onOver();
    });
  }

  #end(): void {
    // One whose turn it is has the socket.
    for (const response of this.#open) if (!response.socket) response.emit("close");
  }
}
