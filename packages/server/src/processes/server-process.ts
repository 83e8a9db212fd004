import cluster from "node:cluster";
import { Code, ServeError } from "@paddlewheel/core";
import type { MetricFamily } from "../observe/metric-family.js";
import { type Envelope, type FromProcess, opened, type ToProcess } from "./messages.js";
import { takePlace } from "./place-variable.js";
import type { ProcessPlace } from "./worker-process.js";

/** Time between two signs of life, in ms. */
const aliveIntervalMs = 500;
/** A supervisor that has not gathered the numbers of all by then does not turn, in ms. */
const gatherLimitMs = 3000;

type ReadMetrics = () => Promise<readonly MetricFamily[]>;

/** One of several processes that serve on the same ports, as the server in it knows it. */
export interface ServerProcess extends ProcessPlace {
  /** How the supervisor reads the numbers of this process; from now on, until it leaves. */
  reportMetrics(read: ReadMetrics): void;
  /** The numbers of all processes. @throws ServeError unavailable when the supervisor does not answer. */
  gatherMetrics(): Promise<readonly MetricFamily[]>;
}

/** The same, as who runs the server needs it. */
export interface JoinedProcess extends ServerProcess {
  /** Tells the supervisor that this process takes calls. */
  announce(line: string): void;
  /** Settles when the supervisor is gone: no connection comes any more. */
  readonly orphaned: Promise<void>;
  /** Sends the last numbers, and lets the process end. */
  leave(): Promise<void>;
}

/** The place that this process has among those of a supervisor; undefined when it has none. */
export function joinSupervisor(): JoinedProcess | undefined {
  const place = takePlace(process.env);
  return place && cluster.isWorker ? new SupervisorLink(place) : undefined;
}

interface Waiting {
  readonly resolve: (families: readonly MetricFamily[]) => void;
  readonly timer: NodeJS.Timeout;
}

class SupervisorLink implements JoinedProcess {
  readonly number: number;
  readonly count: number;
  readonly opensLast: boolean;
  readonly orphaned: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #alive: NodeJS.Timeout;
  #readMetrics: ReadMetrics | undefined;
  #lastId = 0;

  constructor({ number, count, opensLast }: ProcessPlace) {
    this.number = number;
    this.count = count;
    this.opensLast = opensLast;
    this.orphaned = new Promise((resolve) => {
      cluster.worker?.once("disconnect", () => {
        // Else Node ends the process at once, with calls and native runs at work.
        if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
        resolve();
      });
    });
    process.on("message", this.#onMessage);
    // A terminal that closes, or whoever means the server: only the supervisor reloads.
    process.on("SIGHUP", () => {});
    this.#alive = setInterval(() => void this.#send({ kind: "alive" }), aliveIntervalMs);
    this.#alive.unref();
  }

  announce(line: string): void {
    void this.#send({ kind: "ready", line });
  }

  reportMetrics(read: ReadMetrics): void {
    this.#readMetrics = read;
  }

  gatherMetrics(): Promise<readonly MetricFamily[]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        const what = `the supervisor of the processes did not answer within ${gatherLimitMs} ms`;
        reject(new ServeError(Code.unavailable, what));
      }, gatherLimitMs);
      this.#waiting.set(id, { resolve, timer });
      void this.#send({ kind: "gather", id });
    });
  }

  async leave(): Promise<void> {
    clearInterval(this.#alive);
    await this.#report();
    process.off("message", this.#onMessage);
    if (process.connected) cluster.worker?.disconnect();
  }

  readonly #onMessage = (received: unknown): void => {
    const message = opened<ToProcess>(received);
    if (message?.kind === "report") void this.#report();
    else if (message?.kind === "gathered") this.#settle(message.id, message.families);
  };

  async #report(): Promise<void> {
    const families = await this.#readMetrics?.();
    if (families) await this.#send({ kind: "report", families });
  }

  #settle(id: number, families: readonly MetricFamily[]): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.resolve(families);
  }

  /** Settles when the message is on its way, or cannot be sent as the supervisor is gone. */
  #send(message: FromProcess): Promise<void> {
    const envelope: Envelope<FromProcess> = { paddlewheel: message };
    return new Promise((resolve) => {
      if (!process.connected || !process.send) resolve();
      else process.send(envelope, undefined, undefined, () => resolve());
    });
  }
}
