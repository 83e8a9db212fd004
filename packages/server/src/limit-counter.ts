import type { Counter, Labels, Metrics } from "@paddlewheel/core";

/** The counter of one limit's refusals; labels beside say of which method it is, where each has its own. */
export function limitCounter(metrics: Metrics, limit: string, labels: Labels = {}): Counter {
  return metrics.counter({
    name: "limit_exceeded_total",
    help: "Requests, connections or bytes refused, by the limit that refused them.",
    labels: { limit, ...labels },
  });
}
