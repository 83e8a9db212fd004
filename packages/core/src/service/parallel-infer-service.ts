import { InferService, type InferServiceOptions, type WorkflowRun } from "./infer-service.js";

/** A service that runs its workflows side by side, and merges what they give in the order of conf all the same. */
export class ParallelInferService extends InferService {
  /** The first failure stops the other workflows, and nothing else of the caller's call. */
  protected override async runWorkflows(
    names: readonly string[],
    { call, run }: WorkflowRun,
  ): Promise<object> {
    const shared = call.child();
    try {
      const parts = (await Promise.all(names.map(async (name) => await run(name, shared)))) as object[];
      const [first = this.refuseNoWorkflow(), ...rest] = parts;
      return rest.reduce((merged, part) => this.merger.merge(merged, part), first);
    } catch (error) {
      shared.cancel("another workflow of the service has failed");
      throw error;
    } finally {
      shared.finish();
    }
  }
}

/** The service that conf describes: its workflows run side by side with `parallel`, else one after the other. */
export function createInferService(options: InferServiceOptions): InferService {
  return options.conf.isParallel ? new ParallelInferService(options) : new InferService(options);
}
