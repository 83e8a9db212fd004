import type { Call, TensorMap } from "@paddlewheel/core";
import { createDeferred, type Deferred } from "@paddlewheel/core/testing";
import type { Executor } from "../run/executor.js";
import { batchPolicy } from "./batching.js";
import { takes, variable } from "./tensors.js";

/** A run that a test ends. */
export interface ScriptedRun extends Deferred<TensorMap> {
  readonly inputs: TensorMap;
  readonly call: Call | undefined;
  /** Also when its call has stopped. */
  isOver: boolean;
}

/** An executor of a model of one input `x` whose runs a test ends; like a real one it lets go of calls that stop. */
export class ScriptedExecutor implements Executor {
  readonly report: Executor["report"] = {
    signature: takes(variable("x", "int32", ["N"])),
    warning: undefined,
    loadMs: 0,
    warmUp: { runMicros: 1, ms: 1, failure: undefined },
  };
  readonly batching: Executor["batching"] = { policy: batchPolicy({ layout: undefined }), reason: "" };
  readonly copies = 1;
  readonly pids: readonly number[] = [];
  readonly waiting = 0;
  readonly runs: ScriptedRun[] = [];
  isClosed = false;

  get running(): number {
    return this.runs.filter(({ isOver }) => !isOver).length;
  }

  run(inputs: TensorMap, call?: Call): Promise<TensorMap> {
    const run: ScriptedRun = { ...createDeferred<TensorMap>(), inputs, call, isOver: false };
    this.runs.push(run);
    const forget = call?.onStop((reason) => run.reject(reason));
    return run.promise.finally(() => {
      run.isOver = true;
      forget?.();
    });
  }

  refusal(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
