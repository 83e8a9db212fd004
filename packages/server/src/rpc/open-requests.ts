import { Code, ServeError } from "@paddlewheel/core";
import { type Placed, PlacedSet } from "./placed-set.js";

/** A request that lasts as long as its peer likes: its body is on its way, or it is a stream. */
export interface OpenRequest extends Placed {
  /** Ends it with an error. */
  cutOff(error: ServeError): void;
}

/** Between the moments in which a stopping server ends what is open, in ms; HTTP/1 has as long for a body. */
const graceMs = 500;

/** Keeps a stopping server from waiting for its peers. */
export class OpenRequests {
  readonly #requests = new PlacedSet<OpenRequest>();
  #timer: NodeJS.Timeout | undefined;

  add(request: OpenRequest): void {
    this.#requests.add(request);
  }

  /** Tells whether it was still open. */
  delete(request: OpenRequest): boolean {
    return this.#requests.delete(request);
  }

  /** From now on whatever stays open is ended after a while; nothing of it was begun, so its peer may send it elsewhere. */
  drain(): void {
    this.#timer ??= setInterval(() => this.#cutOff(), graceMs).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #cutOff(): void {
    const error = new ServeError(Code.unavailable, "the server is stopping");
    for (const request of this.#requests.members()) request.cutOff(error);
  }
}
