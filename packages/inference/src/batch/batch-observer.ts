import type { Refusal } from "./plan-admission.js";

/** Who is told what becomes of requests. */
export interface BatchObserver {
  /** A request starts after it waited `ms`. */
  waited(ms: number): void;
  refused(limit: Refusal["limit"]): void;
  /** A request is cut over several runs. */
  split(): void;
  /** A batch has failed; so many of its requests run once more, alone. */
  retried(requests: number): void;
}
