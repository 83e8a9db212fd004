import type { Clock } from "@paddlewheel/core";
import type { MetricFamily } from "../observe/metric-family.js";
import { MetricsLedger } from "./metrics-ledger.js";
import type { SupervisedProcess } from "./supervised-process.js";

/** A process that has not told its numbers by then is shown with those it told last, in ms; a scrape waits 10 s. */
const roundLimitMs = 1000;

export interface MetricsRoundsOptions {
  readonly clock: Clock;
  /** Those that can tell their numbers now, beside who asks. */
  readonly processes: () => readonly SupervisedProcess[];
  /** The supervisor's own. @param silent how many processes did not answer in time. */
  readonly own: (silent: number) => readonly MetricFamily[];
}

/** Asks all processes for their numbers; those who want to know meanwhile wait for the same round. */
export class MetricsRounds {
  readonly #options: MetricsRoundsOptions;
  readonly #ledger = new MetricsLedger<SupervisedProcess>();
  readonly #missing = new Set<SupervisedProcess>();
  readonly #askers: { readonly asker: SupervisedProcess; readonly id: number }[] = [];
  #endRound: (() => void) | undefined;

  constructor(options: MetricsRoundsOptions) {
    this.#options = options;
  }

  /** Sends the numbers of all to a process that asks for them. */
  gather(asker: SupervisedProcess, id: number): void {
    this.#askers.push({ asker, id });
    if (this.#endRound === undefined) this.#begin(asker);
  }

  /** A process told its numbers; those that come late are good for the next round. */
  record(process: SupervisedProcess, families: readonly MetricFamily[]): void {
    if (process.state === "ended") return;
    this.#ledger.record(process, { process: process.number, families });
    this.#settle(process);
  }

  /** A process has ended. */
  retire(process: SupervisedProcess): void {
    this.#ledger.retire(process);
    this.#settle(process);
  }

  #begin(asker: SupervisedProcess): void {
    const { clock, processes } = this.#options;
    for (const process of [asker, ...processes()]) this.#missing.add(process);
    const timer = clock.setTimer(() => this.#end(), roundLimitMs);
    this.#endRound = () => timer.cancel();
    for (const process of this.#missing) process.send({ kind: "report" });
  }

  #settle(process: SupervisedProcess): void {
    if (this.#missing.delete(process) && this.#missing.size === 0) this.#end();
  }

  #end(): void {
    this.#endRound?.();
    this.#endRound = undefined;
    const families = [...this.#ledger.merged(), ...this.#options.own(this.#missing.size)];
    this.#missing.clear();
    for (const { asker, id } of this.#askers.splice(0)) asker.send({ kind: "gathered", id, families });
  }
}
