import { Code, type OpResult, OpWithChannel, ServeError } from "@paddlewheel/core";

/** The Ops of op-faults.ts, as their authors might have written them; a server imports this module. */

interface Answer {
  readonly label: string;
}

interface Found {
  score: number;
  readonly boxes: readonly number[];
}

export class GoodOp extends OpWithChannel<Answer> {
  inference(): void {
    this.output = { label: "cat" };
  }
}

export class FindOp extends OpWithChannel<Found> {
  inference(): void {
    this.output = { score: 0.5, boxes: [1, 2, 3] };
  }
}

export class ThrowErrorOp extends OpWithChannel<Answer> {
  inference(): void {
    throw new Error("no such table: users");
  }
}

export class ThrowServeErrorOp extends OpWithChannel<Answer> {
  inference(): void {
    throw new ServeError(Code.invalidArgument, 'kind: must be "cat" or "dog"');
  }
}

export class ThrowUndefinedOp extends OpWithChannel<Answer> {
  inference(): void {
    throw undefined;
  }
}

export class RejectOp extends OpWithChannel<Answer> {
  async inference(): Promise<void> {
    await Promise.reject(new Error("connection refused"));
  }
}

export class ReturnStringOp extends OpWithChannel<Answer> {
  inference(): OpResult {
    return "done" as unknown as OpResult;
  }
}

export class ReturnNegativeOp extends OpWithChannel<Answer> {
  inference(): OpResult {
    return -3;
  }
}

export class AsyncInitOp extends OpWithChannel<Answer> {
  override async customInit(): Promise<void> {}

  inference(): void {
    this.output = { label: "cat" };
  }
}

export class ReadUndeclaredOp extends OpWithChannel<Answer> {
  inference(): void {
    this.output = { label: String(this.dependArgument<Found>("find").score) };
  }
}

export class ChangeReadOnlyOp extends OpWithChannel<Answer> {
  inference(): void {
    this.mutableDependArgument<Found>("find").score = 1;
  }
}

export class ReadAbsentOp extends OpWithChannel<Answer> {
  inference(): void {
    this.output = { label: String(this.dependArgument<Found>("maybe").score) };
  }
}

export class NothingOp extends OpWithChannel<Answer> {
  inference(): void {}
}

export class WrongTypeOp extends OpWithChannel<object> {
  inference(): void {
    this.output = { label: 5 };
  }
}

export class WrongFieldOp extends OpWithChannel<object> {
  inference(): void {
    this.output = { lable: "cat" };
  }
}

export class ThirdFailsOp extends OpWithChannel<number> {
  inference(): void {
    const box = this.dependArgument<number>("find");
    if (box === 3) throw new Error("box 3 is empty");
    this.output = box;
  }
}

export class WaitOp extends OpWithChannel<Answer> {
  inference(): Promise<void> {
    return new Promise(() => {});
  }
}

abstract class PoolOp extends OpWithChannel<object> {
  static readonly runsOn = "pool";
  static readonly module: string = import.meta.url;
}

export class GoodPoolOp extends PoolOp {
  inference(): void {
    this.output = { label: "cat" };
  }
}

export class ThrowOnPoolOp extends PoolOp {
  inference(): void {
    throw new Error("no such table: users");
  }
}

export class GiveFunctionOp extends PoolOp {
  inference(): void {
    this.output = { label: "cat", boxes: [{ area: () => 1 }] };
  }
}

export class DieOp extends PoolOp {
  inference(): void {
    process.exit(3);
  }
}

export class BlockOp extends PoolOp {
  inference(): void {
    for (;;) this.call.throwIfStopped();
  }
}
