import type { ErrorCode } from "../frame/error-code.js";
import type { HeaderField } from "../hpack/header-field.js";
import type { ClientConnection } from "./client-connection.js";
import type { ClientRequest, ClientStream, ResponseReceiver, StreamReset } from "./client-request.js";

/** Where a request may be sent; when there is no such place, why. */
export type Route = { readonly connection: ClientConnection } | { readonly failure: StreamReset };

/** More would pile load on a server that refuses, and one that restarts needs no more. */
const maxAttempts = 3;

/**
 * A request that is sent again when a server did nothing with it: it was refused, or the connection was left before it
 * was sent or looked at. Its caller sees the last attempt only.
 */
export class RepeatedRequest implements ClientStream, ResponseReceiver {
  readonly #request: ClientRequest;
  readonly #findRoute: () => Route;
  #stream: ClientStream | undefined;
  #attempts = 0;

  constructor(request: ClientRequest, findRoute: () => Route) {
    this.#request = request;
    this.#findRoute = findRoute;
  }

  send(): void {
    this.#attempts++;
    const route = this.#findRoute();
    if ("failure" in route) {
      this.#request.receiver.onReset(route.failure);
      return;
    }
    const { fields, body } = this.#request;
    this.#stream = route.connection.request({ fields, body, receiver: this });
  }

  reset(code?: ErrorCode): void {
    this.#stream?.reset(code);
  }

  onHeaders(fields: readonly HeaderField[]): void {
    this.#request.receiver.onHeaders(fields);
  }

  onData(piece: Uint8Array): void {
    this.#request.receiver.onData(piece);
  }

  onEnd(trailers: readonly HeaderField[]): void {
    this.#request.receiver.onEnd(trailers);
  }

  onReset(reset: StreamReset): void {
    const isRepeatable = reset.isUnprocessed && (reset.by === "server" || reset.by === "connection");
    if (isRepeatable && this.#attempts < maxAttempts) this.send();
    else this.#request.receiver.onReset(reset);
  }
}
