import { defineMethod, type MessageCodec, type RpcService } from "@paddlewheel/core";
import { ManualClock } from "@paddlewheel/core/testing";
import type { PageContent, PageRequest } from "../../http/page.js";
import { PromMetrics } from "../../observe/prom-metrics.js";
import { ServiceDirectory } from "../../rpc/service-directory.js";
import { type BuiltinPagesOptions, builtinPages } from "../builtin-pages.js";
import type { ServerFlag } from "../server-flag.js";
import type { ServerView } from "../server-view.js";

/** The names that a page gets to show. */
export interface ShownNames {
  readonly service: string;
  readonly method: string;
  readonly message: string;
  readonly remote: string;
  readonly protocol: string;
  readonly version: string;
  readonly flag: string;
  readonly value: string;
  readonly description: string;
  readonly label: string;
}

export const plainNames: ShownNames = {
  service: "shop.PriceService",
  method: "estimate",
  message: "House",
  remote: "10.0.0.7:50112",
  protocol: "h2",
  version: "paddlewheel 0.1.0",
  flag: "port",
  value: "8010",
  description: "port to listen on",
  label: "ok",
};

/** A server that is all up to the test: 12 s old, with one service that has answered and failed calls. */
export class ShownServer {
  readonly clock: ManualClock = new ManualClock(1000);
  readonly directory: ServiceDirectory = new ServiceDirectory(this.clock);
  readonly metrics: PromMetrics = new PromMetrics();
  readonly flags: readonly ServerFlag[];
  readonly view: ServerView;

  constructor(names: ShownNames = plainNames) {
    this.directory.register(serviceOf(names));
    this.metrics
      .counter({ name: "paddlewheel_calls_total", help: "Calls.", labels: { code: names.label } })
      .increment(3);
    this.flags = [
      { name: names.flag, description: names.description, value: () => names.value },
      { name: "token", description: "what must stay here", isSecret: true, value: () => "canary" },
    ];
    this.view = this.#createView(names);
    this.clock.advance(11_000);
    const [found] = this.directory.methods();
    for (const elapsedMs of [0.04, 0.06, 2]) this.#call(found, elapsedMs, false);
    this.#call(found, 5, true);
    found?.stats.begin();
    this.clock.advance(1000);
  }

  /** What the page of this path answers; `path` may go on behind it. */
  async ask(path: string, request: Partial<PageRequest> = {}): Promise<PageContent> {
    const url = new URL(path, "http://server");
    const page = this.#page(url.pathname);
    if (!page) throw new Error(`no page ${path}`);
    const rest = decodeURIComponent(url.pathname.slice(page.path.length).replace(/^\//, ""));
    return page.page({
      method: "GET",
      rest,
      query: url.searchParams,
      header: () => undefined,
      refuse: () => undefined,
      ...request,
    });
  }

  /** The page as a browser gets it. */
  browse(path: string): Promise<PageContent> {
    return this.ask(path, { header: (name) => (name === "user-agent" ? "Mozilla/5.0" : undefined) });
  }

  /** @param change how flags may be changed. */
  pages(change: Partial<BuiltinPagesOptions["flags"]> = {}): ReturnType<typeof builtinPages> {
    const flags = {
      flags: this.flags,
      areReloadable: false,
      hasAuthenticator: false,
      onChange: () => {},
      ...change,
    };
    return builtinPages({ server: this.view, metrics: this.metrics, flags });
  }

  #page(path: string): ReturnType<typeof builtinPages>[number] | undefined {
    const first = `/${path.split("/")[1]}`;
    return this.pages().find((page) => page.path === (page.options.hasRest ? first : path));
  }

  #call(
    found: ReturnType<ServiceDirectory["methods"]>[number] | undefined,
    ms: number,
    isFailed: boolean,
  ): void {
    found?.stats.begin();
    found?.stats.end(this.clock.now(), ms, isFailed);
  }

  #createView(names: ShownNames): ServerView {
    return {
      clock: this.clock,
      startedAt: 0,
      version: names.version,
      port: 8010,
      directory: this.directory,
      metrics: this.metrics,
      process: { pid: 4711, memoryResident: 73_400_320, memoryHeapUsed: 12_582_912, cpuSeconds: 1.25 },
      connectionCount: 2,
      connections: () => [
        {
          remote: names.remote,
          protocol: names.protocol,
          openedAt: 9000,
          bytesIn: 2048,
          bytesOut: 512,
          requests: 5,
          inFlight: 1,
        },
        {
          remote: "10.0.0.9:40004",
          protocol: undefined,
          openedAt: 12_500,
          bytesIn: 0,
          bytesOut: 0,
          requests: undefined,
          inFlight: undefined,
        },
      ],
      concurrency: 1,
      maxConcurrency: 64,
      unhostedErrors: 2,
    };
  }
}

function serviceOf({ service: name, method, message }: ShownNames): RpcService {
  const [nested, last] = [name.split(".").slice(0, -1), name.split(".").at(-1) ?? ""];
  const types = {
    [message]: {
      fields: {
        area: { type: "float", id: 1 },
        rooms: { rule: "repeated", type: "int32", id: 2 },
      },
    },
    Price: { fields: { price: { type: "float", id: 1 } } },
    [last]: { methods: { [method]: { requestType: message, responseType: "Price" } } },
  };
  const schema = nested.reduceRight<object>((inner, part) => ({ nested: { [part]: inner } }), {
    nested: types,
  });
  const prefix = nested.map((part) => `${part}.`).join("");
  const codec = (typeName: string): MessageCodec<string> => ({
    typeName: prefix + typeName,
    decode: String,
    encode: (text) => Buffer.from(text),
    decodeJson: (text) => text,
    encodeJson: (text) => text,
  });
  const handle = (text: string): string => text;
  return {
    name,
    schema,
    methods: [defineMethod({ name: method, request: codec(message), response: codec("Price"), handle })],
  };
}
