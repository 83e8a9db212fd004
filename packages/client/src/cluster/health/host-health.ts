import type { Timer } from "@paddlewheel/core";
import { FailureWindow } from "./failure-window.js";

/** Whether and why a server is left out. */
export const Condition = {
  up: "up",
  /** Nobody could connect to it, or it does not answer; probed until somebody can. */
  unreachable: "unreachable",
  /** It said that it is stopping or not ready; probed as well. */
  leaving: "leaving",
  /** It fails too often; comes back when its time is over. */
  ejected: "ejected",
  /** It is no longer of the cluster; nothing is of interest any more, and nothing leads back. */
  gone: "gone",
} as const;
export type Condition = (typeof Condition)[keyof typeof Condition];

/** What is known of the health of one server; `HealthMonitor` alone writes it. */
export class HostHealth {
  condition: Condition = Condition.up;
  /** Why it is left out; empty while it is up. */
  reason = "";
  consecutiveFailures = 0;
  consecutiveConnectTimeouts = 0;
  /** Calls in a row that had their answer from another server, which was asked later. */
  consecutiveOutruns = 0;
  /** When it came back last. */
  upSince: number = Number.NEGATIVE_INFINITY;
  /** When a connection to it broke last, of those breaks that count. */
  lastLoss: number = Number.NEGATIVE_INFINITY;
  /** When it was found not to be well last, by a call or a probe. */
  foundOutAt = 0;
  /** Probes since it was last seen to work. */
  probes = 0;
  /** Ejections since the server was last without one for long. */
  ejections = 0;
  /** When its last ejection ended. */
  lastEjectionEnd = 0;
  readonly window: FailureWindow;
  /** Of the next probe, of the end of the probe under way, or of the end of an ejection. */
  timer: Timer | undefined;
  /** The probe under way. */
  probing: AbortController | undefined;

  constructor(windowMs: number) {
    this.window = new FailureWindow(windowMs);
  }

  get isBackFromEjection(): boolean {
    return this.upSince === this.lastEjectionEnd;
  }

  get isUp(): boolean {
    return this.condition === Condition.up;
  }
}
