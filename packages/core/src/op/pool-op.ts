import { startupOp } from "../dag/workflow-conf.js";
import { Op, type OpBinding } from "./op.js";
import type { OpInput, OpPool } from "./op-pool.js";

/**
 * Stands on the event loop for an Op that runs on the pool: it sends the request and the dependencies' outputs, and takes
 * what comes back. `customInit` and `customDeinit` of the Op itself run in the worker.
 */
export class PoolOp extends Op {
  readonly #module: string;
  readonly #pool: OpPool;
  #workflow = "";
  #isLastReader: (name: string) => boolean = () => false;

  constructor(module: string, pool: OpPool) {
    super();
    this.#module = module;
    this.#pool = pool;
  }

  override bind(binding: OpBinding): void {
    super.bind(binding);
    this.#workflow = binding.workflow;
    if (binding.isLastReader) this.#isLastReader = binding.isLastReader;
  }

  async inference(): Promise<number | undefined> {
    const task = {
      module: this.#module,
      type: this.type,
      node: this.node,
      workflow: this.#workflow,
      request: this.requestMessage(),
      inputs: this.#inputs(),
      failure: this.failure,
    };
    const { result, output } = await this.#pool.run(task, this.call);
    this.channel.data = output;
    return result;
  }

  #inputs(): Map<string, OpInput> {
    const inputs = new Map<string, OpInput>();
    for (const name of this.preNames) {
      if (name === startupOp) continue;
      const data = this.hasDependArgument(name) ? this.dependArgument<unknown>(name) : undefined;
      inputs.set(name, { data, isLastReader: this.#isLastReader(name) });
    }
    return inputs;
  }
}
