import type { Clock } from "@paddlewheel/core";
import type { PromMetrics } from "../observe/prom-metrics.js";
import type { ProcessPlace } from "../processes/worker-process.js";
import type { ServiceDirectory } from "../rpc/service-directory.js";

/** What is known of one connection. */
export interface ConnectionView {
  /** Address and port of the peer. */
  readonly remote: string;
  /** Undefined until its first bytes have told. */
  readonly protocol: string | undefined;
  readonly openedAt: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Requests so far and those not answered yet; undefined where the transport does not count them. */
  readonly requests: number | undefined;
  readonly inFlight: number | undefined;
}

/** What is known of the process. */
export interface ProcessView {
  readonly pid: number;
  /** In bytes. */
  readonly memoryResident: number;
  readonly memoryHeapUsed: number;
  /** Of all threads since the start, in seconds. */
  readonly cpuSeconds: number;
}

/** What the pages tell of a server; read when somebody looks. */
export interface ServerView {
  /** Of the calls. */
  readonly clock: Clock;
  readonly startedAt: number;
  readonly version: string;
  /** Of the services: brpc puts it into the names of its variables. */
  readonly port: number;
  readonly directory: ServiceDirectory;
  readonly metrics: Pick<PromMetrics, "samples">;
  readonly process: ProcessView;
  /** Which of several processes this is: what the pages tell is of it alone. */
  readonly place?: Pick<ProcessPlace, "number" | "count"> | undefined;
  readonly connectionCount: number;
  connections(): Iterable<ConnectionView>;
  /** Calls at work now, and how many may be; 0 is no limit. */
  readonly concurrency: number;
  readonly maxConcurrency: number;
  /** Calls that failed because nobody hosts their method. */
  readonly unhostedErrors: number;
}
