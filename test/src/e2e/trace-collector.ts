import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A span as OTLP has it in JSON. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code: number; readonly message?: string };
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** Answers an export, or leaves it without an answer. */
type Respond = (response: ServerResponse) => void;

const accept: Respond = (response) => response.end("{}");

/** An OpenTelemetry collector: takes traces as JSON at `/v1/traces`. */
export class TraceCollector implements AsyncDisposable {
  readonly spans: OtlpSpan[] = [];
  readonly paths: (string | undefined)[] = [];
  /** Values of the resource the last spans came from. */
  resource: ReadonlyMap<string, unknown> = new Map();
  readonly #server: Server;
  readonly #respond: Respond;

  private constructor(respond: Respond) {
    this.#respond = respond;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async start(respond: Respond = accept): Promise<TraceCollector> {
    const collector = new TraceCollector(respond);
    collector.#server.listen(0, "127.0.0.1");
    await once(collector.#server, "listening");
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Waits until an export is here for which `isEnough` holds. */
  async until(isEnough: (collector: this) => boolean): Promise<void> {
    while (!isEnough(this)) await once(this.#server, "taken");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { resourceSpans } = (await json(request)) as OtlpTraces;
    this.paths.push(request.url);
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resource = attributesOf(resource);
      this.spans.push(...scopeSpans.flatMap(({ spans }) => spans));
    }
    this.#respond(response);
    this.#server.emit("taken");
  }
}

/** Attributes by name, whatever the type of their value. */
export function attributesOf(of: { readonly attributes: readonly OtlpAttribute[] }): Map<string, unknown> {
  return new Map(of.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
