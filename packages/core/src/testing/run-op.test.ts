import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { OpPlace, OpWithChannel } from "../op/op.js";
import { type ConfigOf, defineConfig } from "../op/op-config.js";
import { opOf } from "./op-of.js";
import { runOp } from "./run-op.js";
import { createTestEnvironment } from "./test-environment.js";

const config = defineConfig({ by: { int32: 2 } });

class ScaleOp extends OpWithChannel<number[], ConfigOf<typeof config>, number[]> {
  static readonly config = config;

  inference(): void {
    this.output = this.dependArgument("read").map((value) => value * this.config.by);
  }
}

describe("runOp", () => {
  test("gives the output of an Op for its inputs and options, in its own type", async () => {
    const inputs = { read: [1, 2] };
    const byDefault: number[] = await runOp(ScaleOp, { inputs });
    assert.deepEqual(byDefault, [2, 4]);
    assert.deepEqual(await runOp(ScaleOp, { inputs, config: { by: "3" } }), [3, 6]);
  });

  test("shows the Op its request, its call and its environment", async () => {
    const environment = createTestEnvironment();
    const call = new Call({ service: "s", method: "m", logId: 7n });
    const lookOp = opOf("LookOp", (op) => {
      const isGiven = op.environment === environment;
      op.output = [op.requestMessage(), op.call.logId, isGiven, op.engineName, op.address];
    });
    const options = { request: "request", call, environment, name: "classify", address: ["peer:80"] };
    assert.deepEqual(await runOp(lookOp, options), ["request", 7n, true, "classify", ["peer:80"]]);
  });

  test("lets an Op change its inputs, and miss one that is undefined", async () => {
    const changeOp = opOf("ChangeOp", (op) => {
      op.mutableDependArgument<number[]>("list").push(2);
      op.output = [op.dependArgument("list"), op.hasDependArgument("absent")];
    });
    const output = await runOp(changeOp, { inputs: { list: [1], absent: undefined } });
    assert.deepEqual(output, [[1, 2], false]);
  });

  test("waits for an Op that is asynchronous", async () => {
    const lateOp = opOf("LateOp", async (op) => {
      op.output = await Promise.resolve("late");
    });
    assert.equal(await runOp(lateOp), "late");
  });

  test("runs an Op of the pool in place", async () => {
    class HeavyOp extends OpWithChannel<number> {
      static readonly runsOn = OpPlace.pool;

      inference(): void {
        this.output = 1;
      }
    }
    assert.equal(await runOp(HeavyOp), 1);
  });

  test("fails as the Op fails", async () => {
    await assert.rejects(runOp(opOf("FailingOp", () => -7)), {
      message: 'op "FailingOp" (FailingOp) failed with -7',
    });
    await assert.rejects(runOp(ScaleOp), {
      code: Code.internal,
      message: /not declared a dependency on "read"/,
    });
  });

  test("fails for an Op that gives nothing, as the end of a workflow does", async () => {
    const message = 'op "SilentOp" (SilentOp) ended the workflow without a response: it must set its output';
    await assert.rejects(runOp(opOf("SilentOp", () => Code.opIgnore)), { code: Code.opFailure, message });
  });

  test("refuses options as conf does", async () => {
    const message = 'workflow "test".nodes[1].config.bye: no option named "bye"; did you mean "by"?';
    const run = runOp(ScaleOp, { inputs: { read: [] }, config: { bye: 1 } });
    await assert.rejects(run, { code: Code.invalidConf, message });
  });
});
