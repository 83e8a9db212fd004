import type { DagBlueprint } from "./dag-blueprint.js";
import { type DagRun, DagView } from "./dag-view.js";

/** Idle views kept per workflow and service; more concurrent requests than this build theirs anew. */
const maxIdleViews = 256;

/** Executions of one workflow for one service. */
export class DagViewPool {
  readonly #blueprint: DagBlueprint;
  readonly #idle: DagView[] = [];

  /** Builds the first view at once: an Op that cannot be created stops the start and not the first request. */
  constructor(blueprint: DagBlueprint) {
    this.#blueprint = blueprint;
    this.#idle.push(this.#create());
  }

  /** Name of the node whose output is the response. */
  get lastNode(): string {
    return this.#blueprint.plan.lastNode.name;
  }

  /** Runs the workflow once; as `DagView.run`. */
  run(run: DagRun): unknown {
    const view = this.#idle.pop() ?? this.#create();
    return view.run(run);
  }

  #create(): DagView {
    return new DagView(this.#blueprint, (idle) => this.#keep(idle));
  }

  #keep(view: DagView): void {
    if (this.#idle.length < maxIdleViews) this.#idle.push(view);
  }
}
