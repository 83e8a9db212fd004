import type { ServerView } from "./server-view.js";

/** Whole seconds since the server started. */
export function uptimeSeconds({ clock, startedAt }: ServerView): number {
  return Math.floor((clock.now() - startedAt) / 1000);
}
