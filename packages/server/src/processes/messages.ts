import type { MetricFamily } from "../observe/metric-family.js";

/** What a process tells its supervisor. */
export type FromProcess =
  /** Its event loop turns; sent all the time. */
  | { readonly kind: "alive" }
  /** It takes calls; `line` says on what, for who started the command. */
  | { readonly kind: "ready"; readonly line: string }
  /** Asks for the numbers of all processes. */
  | { readonly kind: "gather"; readonly id: number }
  /** Its own numbers: when it is asked for them, and once more before it ends. */
  | { readonly kind: "report"; readonly families: readonly MetricFamily[] };

/** What a supervisor tells a process; to stop, it sends SIGTERM. */
export type ToProcess =
  | { readonly kind: "report" }
  | { readonly kind: "gathered"; readonly id: number; readonly families: readonly MetricFamily[] };

/** As it is sent: code in the same process may send messages of its own, which are not ours to read. */
export interface Envelope<Message> {
  readonly paddlewheel: Message;
}

/** The message of an envelope that came in; undefined for what somebody else sent. */
export function opened<Message>(received: unknown): Message | undefined {
  if (typeof received !== "object" || received === null) return undefined;
  return (received as Partial<Envelope<Message>>).paddlewheel;
}
