import type { Socket } from "node:net";
import type { Clock } from "@paddlewheel/core";
import type { Listener } from "../listener/listener.js";
import type { PromMetrics } from "../observe/prom-metrics.js";
import type { CallGate } from "../rpc/call-gate.js";
import type { RequestCounts } from "../rpc/request-counts.js";
import type { ServiceDirectory } from "../rpc/service-directory.js";
import { viewConnection } from "./connection-views.js";
import { readProcess } from "./process-view.js";
import type { ConnectionView, ProcessView, ServerView } from "./server-view.js";

export interface LiveServerViewOptions {
  readonly clock: Clock;
  readonly version: string;
  readonly place: ServerView["place"];
  readonly directory: ServiceDirectory;
  readonly metrics: PromMetrics;
  readonly gate: CallGate;
  readonly listener: Listener;
  /** Asked of whoever took a connection over. */
  readonly requestsOn: (socket: Socket) => RequestCounts | undefined;
}

/** A server of this process. */
export class LiveServerView implements ServerView {
  readonly clock: Clock;
  readonly startedAt: number;
  readonly version: string;
  readonly place: ServerView["place"];
  readonly directory: ServiceDirectory;
  readonly metrics: PromMetrics;
  /** 0 until the port is open. */
  port = 0;
  readonly #gate: CallGate;
  readonly #listener: Listener;
  readonly #requestsOn: LiveServerViewOptions["requestsOn"];

  constructor(options: LiveServerViewOptions) {
    this.clock = options.clock;
    this.startedAt = options.clock.now();
    this.version = options.version;
    this.place = options.place;
    this.directory = options.directory;
    this.metrics = options.metrics;
    this.#gate = options.gate;
    this.#listener = options.listener;
    this.#requestsOn = options.requestsOn;
  }

  get process(): ProcessView {
    return readProcess();
  }

  get connectionCount(): number {
    return this.#listener.connectionCount;
  }

  connections(): readonly ConnectionView[] {
    return [...this.#listener.connections()].map((one) => viewConnection(one, this.#requestsOn));
  }

  get concurrency(): number {
    return this.#gate.atWork;
  }

  get maxConcurrency(): number {
    return this.#gate.limiter?.limit ?? 0;
  }

  get unhostedErrors(): number {
    return this.#gate.unhostedErrors;
  }
}
