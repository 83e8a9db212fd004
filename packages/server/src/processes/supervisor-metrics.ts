import type { MetricFamily, MetricRow } from "../observe/metric-family.js";
import type { RestartReason } from "./process-slot.js";
import type { ProcessState } from "./supervised-process.js";

const shownStates: readonly ProcessState[] = ["starting", "ready", "draining"];

/** What a supervisor counts itself. */
export class SupervisorMetrics {
  readonly #restarts: Record<RestartReason, number> = { died: 0, stuck: 0, reload: 0 };
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  restarted(reason: RestartReason): void {
    this.#restarts[reason]++;
  }

  /** @param silent how many processes did not tell their numbers in time. */
  families(states: readonly ProcessState[], silent: number): readonly MetricFamily[] {
    const restarts = Object.entries(this.#restarts).map(([reason, value]) => ({ labels: { reason }, value }));
    const byState = shownStates.map((state) => ({
      labels: { state },
      value: states.filter((one) => one === state).length,
    }));
    return [
      family("paddlewheel_process_restarts_total", "Processes started in the place of another.", restarts),
      family("paddlewheel_processes", "Processes by what they do.", byState),
      family("paddlewheel_processes_wanted", "Processes that should serve.", [one(this.#count)]),
      family(
        "paddlewheel_processes_silent",
        "Processes whose numbers here are older: they did not tell them in time.",
        [one(silent)],
      ),
    ];
  }
}

function one(value: number): MetricRow {
  return { labels: {}, value };
}

function family(name: string, help: string, rows: readonly MetricRow[]): MetricFamily {
  const type = name.endsWith("_total") ? "counter" : "gauge";
  return { name, help, type, acrossProcesses: "sum", rows };
}
