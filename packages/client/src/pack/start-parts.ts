import type { ServeError } from "@paddlewheel/core";
import type { CallEngine } from "../call/call-engine.js";
import type { CallAnswer, CallRequest, RunningCall } from "../call/call-request.js";

/** A list with at least one item. */
export type NonEmpty<T> = readonly [T, ...T[]];

export function mapParts<T, U>([first, ...others]: NonEmpty<T>, change: (part: T) => U): NonEmpty<U> {
  return [change(first), ...others.map(change)];
}

/** How the calls of all parts ended: with an answer each, in their order, or with the first error. */
export type PartsOutcome = { readonly answers: NonEmpty<CallAnswer> } | { readonly error: ServeError };

/** Starts the calls of a request's parts at once; the first that fails ends the others. `onEnd` is never called within. */
export function startParts(
  engine: CallEngine,
  parts: NonEmpty<CallRequest>,
  onEnd: (outcome: PartsOutcome) => void,
): RunningCall {
  const answers: CallAnswer[] = [];
  let openCount = parts.length;
  const end = (outcome: PartsOutcome): void => {
    openCount = 0;
    onEnd(outcome);
  };
  const calls = parts.map((part, index) =>
    engine.start(part, (outcome) => {
      // Those that are ended below say so too.
      if (openCount === 0) return;
      if ("error" in outcome) {
        end(outcome);
        for (const call of calls) call.cancel();
        return;
      }
      answers[index] = outcome.answer;
      // Safe: there is one of each part by now.
      if (--openCount === 0) onEnd({ answers: answers as [CallAnswer, ...CallAnswer[]] });
    }),
  );
  return {
    cancel() {
      for (const call of calls) call.cancel();
    },
  };
}
