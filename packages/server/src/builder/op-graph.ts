import { type Notation, renderWorkflowConf } from "@paddlewheel/conf";
import type { OpClass, WorkflowConf } from "@paddlewheel/core";
import { opModulesOf } from "./op-modules.js";

/** A workflow that has been checked, and the Op classes of its nodes. Makers give it; servers take it. */
export class OpGraph {
  /** As conf has it. */
  readonly conf: WorkflowConf;
  /** Of the nodes, by index. */
  readonly opClasses: readonly OpClass[];

  constructor(conf: WorkflowConf, opClasses: readonly OpClass[]) {
    this.conf = conf;
    this.opClasses = opClasses;
  }

  /**
   * The workflow file, `workflow.prototxt`.
   * @throws ServeError invalidConf when a class of an Op does not say which module it is from.
   */
  toPrototxt(): string {
    return this.#render("prototxt");
  }

  /** The workflow file, `workflow.yaml`. @throws ServeError as `toPrototxt` does. */
  toYaml(): string {
    return this.#render("yaml");
  }

  #render(format: Notation): string {
    return renderWorkflowConf([this.conf], format, opModulesOf([this]));
  }
}
