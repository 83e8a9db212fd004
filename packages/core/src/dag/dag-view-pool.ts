import type { DagBlueprint } from "./dag-blueprint.js";
import { type DagRun, DagView } from "./dag-view.js";

/** Idle views kept per workflow and service; more concurrent requests than this build theirs anew. */
const maxIdleViews = 256;

/** Executions of one workflow for one service. */
export class DagViewPool {
  readonly #blueprint: DagBlueprint;
  readonly #idle: DagView[] = [];

  constructor(blueprint: DagBlueprint) {
    this.#blueprint = blueprint;
  }

  /** Runs the workflow once; as `DagView.run`. */
  run(run: DagRun): unknown {
    const view = this.#idle.pop() ?? new DagView(this.#blueprint, (idle) => this.#keep(idle));
    return view.run(run);
  }

  #keep(view: DagView): void {
    if (this.#idle.length < maxIdleViews) this.#idle.push(view);
  }
}
