import { threadId } from "node:worker_threads";
import {
  Code,
  type ConfigSchema,
  defineConfig,
  type GeneralBlob,
  OpWithChannel,
  ServeError,
  type Tensor,
} from "@paddlewheel/core";

/** A module of Ops for tests, which each do one thing in their thread. */

abstract class PoolOp<T = unknown, Config = unknown> extends OpWithChannel<T, Config> {
  static readonly runsOn = "pool";
  static readonly module: string = import.meta.url;

  protected say(message: string): void {
    this.environment.logger.info({ op: this.name }, message);
  }
}

/** Gives the request back. */
export class EchoOp extends PoolOp {
  inference(): void {
    this.output = this.requestMessage();
  }
}

export interface Place {
  readonly threadId: number;
  /** Runs of this instance, this one counted. */
  readonly runs: number;
  readonly fullName: string;
  readonly k: number;
}

export class WhereOp extends PoolOp<Place, { k: number }> {
  static readonly config: ConfigSchema = defineConfig({ k: { int32: 5 } });
  #runs = 0;

  inference(): void {
    this.#runs++;
    this.output = { threadId, runs: this.#runs, fullName: this.fullName, k: this.config.k };
  }
}

/** Adds one to every element of `x` in the blob of `before`. */
export class AddOneOp extends PoolOp<Tensor> {
  inference(): void {
    if (!this.hasDependArgument("before")) return;
    const { data, ...x } = this.dependArgument<GeneralBlob>("before").tensor("x");
    this.output = { ...x, data: (data as Float32Array).map((value) => value + 1) };
  }
}

export interface SeenCall {
  readonly service: string;
  readonly method: string;
  readonly protocol: string;
  readonly logId: bigint;
  readonly requestId: string;
  readonly hasDeadline: boolean;
}

export class SeeCallOp extends PoolOp<SeenCall> {
  inference(): void {
    const { service, method, protocol, logId, requestId, deadline } = this.call;
    this.output = { service, method, protocol, logId, requestId, hasDeadline: Number.isFinite(deadline) };
    this.call.responseAttachment = Buffer.from("attached");
  }
}

/** Gives why it runs. */
export class SeeFailureOp extends PoolOp {
  inference(): void {
    this.output = { code: this.failure?.code, message: this.failure?.message };
  }
}

/** Returns the request, whatever it is, and an output besides. */
export class ReturnOp extends PoolOp {
  inference(): number {
    this.output = "something";
    return this.requestMessage<number>();
  }
}

export class ThrowServeErrorOp extends PoolOp {
  inference(): void {
    const cause = new TypeError("raw");
    throw new ServeError(Code.invalidArgument, "x is wrong", { cause, details: { field: "x" } });
  }
}

export class ThrowErrorOp extends PoolOp {
  inference(): void {
    throw new RangeError("too far");
  }
}

/** Throws the request. */
export class ThrowValueOp extends PoolOp {
  inference(): void {
    throw this.requestMessage();
  }
}

export class InferOp extends PoolOp {
  async inference(): Promise<void> {
    await this.infer(new Map());
  }
}

export class FunctionOp extends PoolOp {
  inference(): void {
    this.output = { boxes: [{ draw: () => 0 }] };
  }
}

/** Gives the same large array each time. */
export class SameArrayOp extends PoolOp {
  readonly #table = new Float32Array(10_000);

  inference(): void {
    this.output = this.#table;
  }
}

export class BrokenOp extends PoolOp {
  constructor() {
    super();
    throw new Error("no table");
  }

  inference(): void {}
}

/** Ends its thread. */
export class ExitOp extends PoolOp {
  inference(): void {
    process.exit(3);
  }
}

/** Throws where nobody can catch it. */
export class CrashOp extends PoolOp {
  inference(): Promise<never> {
    queueMicrotask(() => {
      throw new Error("crashed");
    });
    return new Promise(() => {});
  }
}

/** Says "at work" and blocks its thread until the first element of the request, in shared memory, is not 0. */
export class BlockOp extends PoolOp {
  inference(): void {
    this.say("at work");
    Atomics.wait(this.requestMessage<Int32Array>(), 0, 0);
    this.call.responseAttachment = Buffer.from("attached");
    this.output = threadId;
  }
}

/** As BlockOp, and throws then. */
export class BlockAndThrowOp extends PoolOp {
  inference(): void {
    this.say("at work");
    Atomics.wait(this.requestMessage<Int32Array>(), 0, 0);
    throw new Error("no such table: users");
  }
}

/** Says "at work", then asks whether its call has stopped, and says so. */
export class AskOp extends PoolOp {
  inference(): void {
    this.say("at work");
    while (this.call.stopReason === undefined);
    this.say(this.call.stopReason.message);
  }
}

/** Says "at work" and never ends. */
export class SpinOp extends PoolOp {
  inference(): void {
    this.say("at work");
    for (;;);
  }
}

/** Tells the server everything one can tell it. */
export class NoteOp extends PoolOp {
  inference(): void {
    const { logger, metrics } = this.environment;
    const err = new ServeError(Code.overflow, "too much", { cause: "raw" });
    logger.child({ a: 1 }).warn({ b: [2n], err }, "told");
    logger.error({ draw: () => 0 }, "told as text");
    metrics.counter({ name: "boxes", help: "Boxes.", labels: { kind: "small" } }).increment(3);
    metrics.histogram({ name: "sizes", help: "Sizes." }).observe(4);
    metrics.gauge({ name: "load", help: "Load." }).set(0.5);
    logger.info({}, "all told");
  }
}

/** Ends its thread after it has answered. */
export class ExitLaterOp extends PoolOp {
  inference(): void {
    setTimeout(() => {
      throw new Error("late");
    });
  }
}
