import { type OpClass, type OpResult, OpWithChannel } from "../op/op.js";

/** What an Op does, as a function of the Op. */
export type Inference = (op: OpWithChannel<unknown>) => OpResult | Promise<OpResult>;

/** An Op class whose `inference` is the given function. */
export function opOf(type: string, inference: Inference): OpClass {
  return class extends OpWithChannel<unknown> {
    static readonly type: string = type;

    inference(): OpResult | Promise<OpResult> {
      return inference(this);
    }
  };
}
