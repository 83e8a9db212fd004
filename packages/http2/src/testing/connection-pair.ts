import { ClientConnection } from "../client/client-connection.js";
import { resolveClientLimits } from "../client/client-limits.js";
import type { ClientStream, StreamReset } from "../client/client-request.js";
import type { ConnectionHooks } from "../connection/connection-hooks.js";
import { ServerConnection } from "../connection/server-connection.js";
import type { BodyReceiver, ServerStream } from "../connection/stream-handler.js";
import { ErrorCode } from "../frame/error-code.js";
import { type Http2Limits, resolveHttp2Limits } from "../limits/http2-limits.js";
import { requestHeaders, toFields } from "./test-peer.js";

/** One call as its caller saw it. */
export interface PairCall {
  readonly path: string;
  readonly body: Buffer;
  readonly stream: ClientStream;
  /** What it was told at its end; once is right, and not at all when it was taken back before. */
  readonly ends: ("answered" | StreamReset)[];
  readonly answer: Uint8Array[];
  isCancelled: boolean;
}

/** Both ends of a connection, ours, with the bytes between them in the hands of a test. The server sends bodies back. */
export class ConnectionPair {
  readonly client: ClientConnection;
  readonly server: ServerConnection;
  readonly calls: PairCall[] = [];
  /** Of the requests that reached the server's handler. */
  readonly seenPaths: Set<string | undefined> = new Set();
  readonly faults: unknown[] = [];
  /** What the socket of the client is said to hold. */
  clientUnwrittenBytes = 0;
  readonly #toServer: Buffer[] = [];
  readonly #toClient: Buffer[] = [];
  readonly #held: (() => void)[] = [];
  readonly #streams: ServerStream[] = [];

  constructor(serverLimits: Partial<Http2Limits>) {
    const fault = (error: unknown): number => this.faults.push(error);
    const hooks: ConnectionHooks = { onOutput() {}, onClose() {}, onPeerError: fault, onFault: fault };
    this.client = new ClientConnection({
      hooks,
      limits: resolveClientLimits(),
      now: 0,
      onLeaving: () => {},
      onBusy: () => {},
    });
    this.server = new ServerConnection({
      hooks,
      limits: resolveHttp2Limits(serverLimits),
      now: 0,
      chance: 0.5,
      handler: {
        onHeaders: (stream, fields) => {
          this.seenPaths.add(fields.find(({ name }) => name === ":path")?.value);
          return this.#hold(stream);
        },
      },
    });
  }

  request(body: Buffer): void {
    const path = `/${this.calls.length}`;
    const ends: PairCall["ends"] = [];
    const answer: Uint8Array[] = [];
    const stream = this.client.request({
      fields: toFields([...requestHeaders.filter(([name]) => name !== ":path"), [":path", path]]),
      body: body.length === 0 ? [] : [body.subarray(0, 5), body.subarray(5)],
      receiver: {
        onHeaders: () => {},
        onData: (piece) => answer.push(piece.slice()),
        onEnd: () => ends.push("answered"),
        onReset: (reset) => ends.push(reset),
      },
    });
    this.calls.push({ path, body, stream, ends, answer, isCancelled: false });
  }

  /** Takes the `index`th call back, counted around. */
  cancel(index: number): void {
    const call = this.calls[index % this.calls.length];
    if (call === undefined || call.ends.length > 0) return;
    call.isCancelled = true;
    call.stream.reset();
  }

  /** The server answers the request it has had longest. */
  answer(): void {
    this.#held.shift()?.();
  }

  /** The server resets the `index`th stream it has seen, counted around. */
  reset(index: number): void {
    this.#streams[index % this.#streams.length]?.reset(ErrorCode.internalError);
  }

  /** Brings up to `count` bytes to the server, then to the client. */
  carry(count: number): void {
    this.#flush();
    this.server.receive(takeBytes(this.#toServer, count));
    this.#flush();
    this.client.receive(takeBytes(this.#toClient, count));
    // An end that has closed closes the socket behind its last bytes.
    if (this.server.state === "closed" && this.#toClient.length === 0) this.client.receiveEnd();
    if (this.client.state === "closed" && this.#toServer.length === 0) this.server.receiveEnd();
  }

  sweep(now: number): void {
    this.client.sweep(now);
    this.server.sweep(now);
  }

  /** Carries and answers until nothing moves any more. */
  finish(): void {
    do {
      while (this.#held.length > 0) this.answer();
      this.carry(Number.POSITIVE_INFINITY);
      this.#flush();
    } while (this.#held.length + this.#toServer.length + this.#toClient.length > 0);
  }

  /** What drivers do when a turn is over. */
  #flush(): void {
    this.client.setUnwrittenBytes(this.clientUnwrittenBytes);
    this.server.setUnwrittenBytes(0);
    this.#toServer.push(...this.client.takeOutput());
    this.#toClient.push(...this.server.takeOutput());
  }

  #hold(stream: ServerStream): BodyReceiver {
    const pieces: Uint8Array[] = [];
    this.#streams.push(stream);
    return {
      onData: (piece) => pieces.push(piece.slice()),
      onEnd: () => {
        this.#held.push(() => {
          stream.respond(
            toFields([[":status", "200"]]),
            Buffer.concat(pieces),
            toFields([["grpc-status", "0"]]),
          );
        });
      },
      onReset: () => {},
    };
  }
}

function takeBytes(pieces: Buffer[], count: number): Buffer {
  const all = Buffer.concat(pieces.splice(0));
  if (all.length > count) pieces.push(all.subarray(count));
  return all.subarray(0, count);
}
