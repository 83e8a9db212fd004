import { type ClientIdentity, Code, type Logger, ServeError } from "@paddlewheel/core";
import { type BodyReceiver, ErrorCode, type HeaderField, type ServerStream } from "@paddlewheel/http2";
import type { ServerLimits } from "../limits.js";
import type { ClientStreamHandler } from "../rpc/client-stream-handler.js";
import { type OpenRequest, OpenRequests } from "../rpc/open-requests.js";
import { noPlace } from "../rpc/placed-set.js";
import { BodyCollector } from "./body-collector.js";
import type { HttpAnswer, HttpRequest } from "./request.js";
import type { HttpRouter } from "./router.js";

export interface Http2HandlerOptions {
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly router: HttpRouter;
}

/**
 * HTTP as it also comes over HTTP/2: the requests that are not gRPC, with the answers they would have over HTTP/1.1. As in
 * brpc, whose `h2` takes JSON and protobuf bodies beside gRPC.
 */
export class Http2Handler implements ClientStreamHandler {
  readonly #limits: ServerLimits;
  readonly #logger: Logger;
  readonly #router: HttpRouter;
  readonly #openRequests = new OpenRequests();

  constructor({ limits, logger, router }: Http2HandlerOptions) {
    this.#limits = limits;
    this.#logger = logger;
    this.#router = router;
  }

  onHeaders(stream: ServerStream, fields: readonly HeaderField[], client?: ClientIdentity): BodyReceiver {
    const request = new Http2Request(fields, {
      limits: this.#limits,
      openRequests: this.#openRequests,
      client,
    });
    this.#router
      .answer(request)
      .then((answer) => sendAnswer(stream, answer, request.method === "HEAD"))
      .catch((error: unknown) => {
        this.#logger.error({ err: error }, "an answer could not be sent");
        stream.reset(ErrorCode.internalError);
      })
      .finally(() => request.close());
    return request;
  }

  /** Requests whose body does not come are answered, so that a stopping server need not wait for it. */
  drain(): void {
    this.#openRequests.drain();
  }

  close(): void {
    this.#openRequests.close();
  }
}

interface Http2RequestOptions {
  readonly limits: ServerLimits;
  readonly openRequests: OpenRequests;
  readonly client: ClientIdentity | undefined;
}

class Http2Request implements HttpRequest, BodyReceiver, OpenRequest {
  place: number = noPlace;
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly client: ClientIdentity | undefined;
  readonly #headers: ReadonlyMap<string, string>;
  readonly #openRequests: OpenRequests;
  readonly #collector: BodyCollector;
  readonly #closeListeners: (() => void)[] = [];

  constructor(fields: readonly HeaderField[], { limits, openRequests, client }: Http2RequestOptions) {
    // Of several of one name the first counts, as over HTTP/1.1.
    this.#headers = new Map(fields.map(({ name, value }) => [name, value] as const).reverse());
    this.method = this.header(":method") ?? "";
    this.target = this.header(":path") ?? "";
    this.path = this.target.split("?", 1)[0] ?? "";
    this.#collector = new BodyCollector(limits, this.header("content-length"));
    this.client = client;
    this.#openRequests = openRequests;
    openRequests.add(this);
  }

  header(name: string): string | undefined {
    return this.#headers.get(name);
  }

  readBody(): Promise<Buffer> {
    return this.#collector.body;
  }

  onClose(listener: () => void): void {
    this.#closeListeners.push(listener);
  }

  onData(piece: Uint8Array): void {
    if (!this.#collector.isOver) this.#collector.add(Buffer.from(piece));
  }

  onEnd(): void {
    this.#openRequests.delete(this);
    this.#collector.end();
  }

  onReset(): void {
    this.cutOff(new ServeError(Code.cancelled, "the body was cut off"));
    this.close();
  }

  cutOff(error: ServeError): void {
    this.#openRequests.delete(this);
    this.#collector.fail(error);
  }

  close(): void {
    this.#openRequests.delete(this);
    for (const listener of this.#closeListeners.splice(0)) listener();
  }
}

function sendAnswer(stream: ServerStream, { status, headers, body }: HttpAnswer, isHead: boolean): void {
  const fields = [{ name: ":status", value: String(status) }];
  for (const [name, value] of Object.entries(headers)) fields.push({ name, value });
  fields.push({ name: "content-length", value: String(body.length) });
  stream.sendHeaders(fields, isHead);
  if (!isHead) stream.sendData(body, true);
}
