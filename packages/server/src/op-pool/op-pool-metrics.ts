import {
  type Counter,
  type DagNode,
  type Histogram,
  limitCounter,
  type Metrics,
  type OpTask,
} from "@paddlewheel/core";

/** What is read only when somebody looks. */
export interface OpPoolGauges {
  readonly waiting: () => number;
  readonly busy: () => number;
}

/** Why a thread was replaced. */
export type ThreadEnd = "died" | "overdue";

/** The metrics of the Op pool, asked for once. */
export class OpPoolMetrics {
  readonly refused: Counter;
  readonly waitSeconds: Histogram;
  readonly #metrics: Metrics;
  readonly #runSeconds = new WeakMap<DagNode, Histogram>();

  constructor(metrics: Metrics, { waiting, busy }: OpPoolGauges) {
    this.#metrics = metrics;
    this.refused = limitCounter(metrics, "op_pool_queue");
    this.waitSeconds = metrics.histogram({
      name: "paddlewheel_op_pool_wait_seconds",
      help: "Time a run waited for a thread of the Op pool.",
    });
    metrics.observedGauge(
      { name: "paddlewheel_op_pool_queue_depth", help: "Runs that wait for a thread of the Op pool." },
      waiting,
    );
    metrics.observedGauge(
      { name: "paddlewheel_op_pool_busy_threads", help: "Threads of the Op pool at work." },
      busy,
    );
  }

  /** Time the Op of one node takes in a thread. */
  runSeconds({ node, workflow }: OpTask): Histogram {
    const known = this.#runSeconds.get(node);
    if (known) return known;
    const seconds = this.#metrics.histogram({
      name: "paddlewheel_op_pool_run_seconds",
      help: "Time an Op took in a thread of the Op pool, waiting and crossing left out.",
      labels: { workflow, op: node.name },
    });
    this.#runSeconds.set(node, seconds);
    return seconds;
  }

  replaced(reason: ThreadEnd): Counter {
    return this.#metrics.counter({
      name: "paddlewheel_op_pool_threads_replaced_total",
      help: "Threads of the Op pool that ended during a run and were replaced.",
      labels: { reason },
    });
  }
}
