import type { AddressInfo, Socket } from "node:net";
import { type Logger, systemClock } from "@paddlewheel/core";
import type { HttpRouter } from "../http/router.js";
import type { ServerLimits } from "../limits.js";
import type { Listener } from "../listener/listener.js";
import { metricsText, type PromMetrics } from "../observe/prom-metrics.js";
import type { ServerProcess } from "../processes/server-process.js";
import type { CallGate } from "../rpc/call-gate.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import type { ServiceDirectory } from "../rpc/service-directory.js";
import { type BuiltinPage, builtinPages } from "./builtin-pages.js";
import { type HealthSource, healthPages } from "./health-pages.js";
import { InternalPort } from "./internal-port.js";
import { limitFlags } from "./limit-flags.js";
import { LiveServerView } from "./live-server-view.js";
import { addPages, type PageSet, refused, selectPages, withoutScope } from "./place-pages.js";
import { mergeFlags, type ServerFlag, shownValue } from "./server-flag.js";

/** What a server shows of itself, and where. */
export interface PagesOptions {
  /** Which pages there are; those of health always are. Default "all". */
  readonly pages?: PageSet;
  /**
   * A port for the pages: on that of the services those but health are refused then. 0 takes any free one. Default none,
   * they are on the port of the services.
   */
  readonly internalPort?: number;
  /** Address to bind that port on. Default 127.0.0.1, as whoever reaches it may see every page. */
  readonly internalHost?: string;
  /** Settings to show on `/flags` beside the limits. */
  readonly flags?: readonly ServerFlag[];
  /**
   * Whether those of them that can be changed while the server runs may be, by who has a token for `admin`. Default false.
   */
  readonly reloadableFlags?: boolean;
  /** What `/version` says. Default "paddlewheel". */
  readonly version?: string;
}

export interface ServerPagesOptions extends PagesOptions {
  /** Of the port of the services. */
  readonly router: HttpRouter;
  readonly listener: Listener;
  readonly gate: CallGate;
  readonly directory: ServiceDirectory;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: PromMetrics;
  readonly health: HealthSource;
  /** Which of several processes this is; `/metrics` tells of all of them then, the other pages of this one. */
  readonly process?: ServerProcess;
  /** Asked of whoever took a connection over. */
  readonly requestsOn: (socket: Socket) => RequestCounts | undefined;
}

/** The pages of a server: on the port of its services, or on one of their own. */
export class ServerPages {
  readonly #options: ServerPagesOptions;
  readonly #view: LiveServerView;
  readonly #internal: InternalPort | undefined;

  constructor(options: ServerPagesOptions) {
    this.#options = options;
    const { version = "paddlewheel", router, internalPort, pages: set = "all" } = options;
    this.#view = new LiveServerView({ ...options, version, clock: systemClock, place: options.process });
    this.#internal = internalPort === undefined ? undefined : new InternalPort(options);
    const health = healthPages(options.health);
    const others = selectPages(this.#others(), set);
    addPages(router, [...health, ...(this.#internal ? refused(others) : others)]);
    if (this.#internal) addPages(this.#internal.router, [...health, ...withoutScope(others)]);
  }

  /**
   * Opens the internal port, when there is one, and gives its address.
   * @param servicePort which the pages name
   * @throws ServeError unavailable when the address cannot be bound.
   */
  async open(servicePort: number): Promise<AddressInfo | undefined> {
    this.#view.port = servicePort;
    const { internalPort, internalHost = "127.0.0.1", logger } = this.#options;
    const address = await this.#internal?.listen(internalPort ?? 0, internalHost);
    if (address)
      logger.info({ address: address.address, port: address.port }, "pages are on the internal port");
    return address;
  }

  close(): void {
    this.#internal?.close();
  }

  #shownMetrics(): Pick<PromMetrics, "text" | "contentType"> {
    const { metrics, process } = this.#options;
    if (process === undefined) return metrics;
    return {
      contentType: metrics.contentType,
      text: async () => metricsText(await process.gatherMetrics()),
    };
  }

  #others(): readonly BuiltinPage[] {
    const { gate, limits, flags = [], reloadableFlags = false, logger } = this.#options;
    return builtinPages({
      server: this.#view,
      metrics: this.#shownMetrics(),
      flags: {
        flags: mergeFlags(flags, limitFlags(limits, gate.limiter)),
        areReloadable: reloadableFlags,
        hasAuthenticator: gate.hasAuthenticator,
        onChange: (flag) => logger.warn({ flag: flag.name, value: shownValue(flag) }, "a flag was changed"),
      },
    });
  }
}
