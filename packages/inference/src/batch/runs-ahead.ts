import { RunTicket } from "../run/run-ticket.js";
import type { RequestPart } from "./request-run.js";

/** A run that a worker has and has not begun. */
export interface RunAhead {
  /** Takes it back. The run then throws RunNotBegun, as it does when its worker ends before it begins. */
  readonly ticket: RunTicket;
  /** To be called when the model begins with it. */
  readonly onBegin: () => void;
}

/** Such a run, and whose it is. */
export interface HandedRun extends RunAhead {
  readonly parts: readonly RequestPart[];
}

/** The runs that were handed over and have not begun. */
export class RunsAhead {
  readonly #runs = new Set<HandedRun>();

  get size(): number {
    return this.#runs.size;
  }

  add(parts: readonly RequestPart[], onBegin: () => void): HandedRun {
    const run: HandedRun = {
      parts,
      ticket: new RunTicket(),
      onBegin: () => {
        if (this.#runs.delete(run)) onBegin();
      },
    };
    this.#runs.add(run);
    return run;
  }

  /** Whether the run was here, and never reaches the model. */
  takeBack(run: HandedRun): boolean {
    return this.#runs.has(run) && run.ticket.takeBack() && this.#runs.delete(run);
  }

  /** Takes back the run that was handed over first, of those that can be. */
  takeBackFirst(): HandedRun | undefined {
    for (const run of this.#runs) if (this.takeBack(run)) return run;
    return undefined;
  }

  /** Takes back those that nobody waits for any more. */
  takeBackUnwanted(): readonly HandedRun[] {
    const isUnwanted = ({ parts }: HandedRun): boolean => parts.every(({ request }) => request.isSettled);
    return [...this.#runs].filter((run) => isUnwanted(run) && this.takeBack(run));
  }
}
