/** Why a running server should end. */
export type StopReason =
  | { readonly kind: "signal"; readonly signal: NodeJS.Signals }
  | { readonly kind: "failure"; readonly error: unknown; readonly origin: string }
  /** The supervisor of this process is gone, and connections come no more. */
  | { readonly kind: "orphaned" };

/** What a process tells of itself, so far as a server must listen. */
export type ProcessEvents = Pick<NodeJS.EventEmitter, "on">;

/** The first signal ends a server in order; a second one finds it ending and changes nothing. */
const signals: readonly NodeJS.Signals[] = ["SIGTERM", "SIGINT"];

/**
 * Settles with the first reason to stop. From then on signals and stray errors no longer end the process at once;
 * each error is passed to `onError`, also those that come later.
 */
export function awaitStop(
  events: ProcessEvents,
  onError: (error: unknown, origin: string) => void,
): Promise<StopReason> {
  return new Promise((resolve) => {
    for (const signal of signals) events.on(signal, () => resolve({ kind: "signal", signal }));
    // Node reports a rejected promise that nobody handles here too.
    events.on("uncaughtException", (error: unknown, origin: string) => {
      onError(error, origin);
      resolve({ kind: "failure", error, origin });
    });
  });
}
