import type { Call } from "../call.js";
import type { CallSpan } from "../observe/call-trace.js";
import type { ServeError } from "../serve-error.js";

/** How a node of one DagView does its work: one Op, several attempts, or one for each item. */
export interface NodeRunner {
  /**
   * Begins a run. It ends once: `OnRunEnd` is called, maybe before this returns, and by then the output stands in the
   * node's channel. `failure` is why a fallback runs. There is at most one run at a time.
   */
  start(call: Call, span?: CallSpan, failure?: ServeError): void;
  /** Lets go of the ended run: nobody reads its output any more. */
  release(): void;
}

/** Told that a run has ended; `error` is what it failed with. */
export type OnRunEnd = (error: ServeError | undefined) => void;

/** Where a node stands, for errors. */
export type NodePlace = { readonly service: string; readonly workflow: string; readonly node: string };
