import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { CallTrace } from "../observe/call-trace.js";
import { GeneralBlob } from "../op/general-blob.js";
import type { Op } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import { createDeferred, type Deferred } from "../testing/deferred.js";
import type { Inference } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { type NodeConf, WorkflowType } from "./workflow-conf.js";

const { clock } = createTestEnvironment();
const createCall = (): Call => new Call({ service: "s", method: "inference", clock });

/** The workflow list → each → all, whose middle node maps over `list` unless conf says otherwise. */
function open(each: Inference, conf: Partial<NodeConf> = {}) {
  const pool = openWorkflow({
    type: WorkflowType.parallel,
    nodes: { list: [], each: ["list"], all: ["each"] },
    conf: { each: { mapOver: "list", ...conf } },
    inference: {
      list: (op) => {
        if (op.requestMessage() === "absent") return Code.opIgnore;
        op.output = op.requestMessage();
        return undefined;
      },
      each,
      all: (op) => {
        op.output = op.hasDependArgument("each") ? op.dependArgument<unknown>("each") : "absent";
      },
    },
  });
  return async (request: unknown, call: Call = createCall()): Promise<unknown> => pool.run({ request, call });
}

const double: Inference = (op) => {
  op.output = 2 * op.dependArgument<number>("list");
};

function blob(...rows: number[][]): GeneralBlob {
  const shape = [rows.length, rows[0]?.length ?? 2];
  const tensor = { dtype: "float32", shape, data: Float32Array.from(rows.flat()) } as const;
  return new GeneralBlob(new Map([["x", tensor]]), { timeStamps: [1, 2] });
}

describe("a node that maps", () => {
  test("runs once for each element of a list, and gathers the outputs in order", async () => {
    const run = open(double);
    assert.deepEqual(await run([1, 2, 3]), [2, 4, 6]);
    assert.deepEqual(await run([5]), [10]);
    assert.deepEqual(await run([]), []);
    assert.deepEqual(await run(new Float32Array([0.5, 1])), [1, 2]);
  });

  test("runs for each element of a field of the output", async () => {
    const run = open(double, { mapOver: "list.boxes" });
    assert.deepEqual(await run({ boxes: [1, 2] }), [2, 4]);
    assert.deepEqual(await run({ boxes: new BigInt64Array(0) }), []);
  });

  test("runs for each element of a field of the request, and of a dependency whose name has dots", async () => {
    const pool = openWorkflow({
      nodes: { "a.b": [], each: ["a.b"], other: [], last: ["each", "other"] },
      conf: { each: { mapOver: "a.b.list" }, other: { mapOver: "startup_op.names" } },
      inference: {
        "a.b": (op) => {
          op.output = { list: ["x", "y"] };
        },
        each: (op) => {
          op.output = op.dependArgument<unknown>("a.b");
        },
        other: (op) => {
          op.output = [op.requestMessage<unknown>(), op.dependArgument<unknown>("startup_op")];
        },
        last: (op) => {
          op.output = op.preNames.map((name) => op.dependArgument<unknown>(name));
        },
      },
    });
    assert.deepEqual(pool.run({ request: { names: ["n"] }, call: createCall() }), [["x", "y"], [["n", "n"]]]);
  });

  test("keeps the place of an item without output, in a list", async () => {
    const run = open((op) => (op.dependArgument<unknown>("list") === 2 ? Code.opIgnore : double(op)));
    assert.deepEqual(await run([1, 2, 3]), [2, undefined, 6]);
    assert.deepEqual(await run([2, 2]), [undefined, undefined]);
  });

  test("gives no output when there is nothing to map over", async () => {
    assert.equal(await open(() => assert.fail("there is no item"))("absent"), "absent");
  });

  test("runs for each row of a blob, as a blob of one row, and joins the rows of the outputs", async () => {
    const run = open((op) => {
      const { tensors, timeStamps } = op.dependArgument("list");
      const x = tensors.get("x");
      assert.deepEqual(
        [x?.shape, timeStamps],
        [
          [1, 2],
          [1, 2],
        ],
      );
      const data = Float32Array.from(x?.data as Float32Array, (value) => -value);
      const y = { dtype: "float32", shape: [1, 2], data } as const;
      op.output = new GeneralBlob(new Map([["y", y]]), {
        timeStamps: [...timeStamps, 3, 3 + (data[0] ?? 0)],
      });
    });
    const { tensors, timeStamps } = (await run(blob([1, 2], [-3, 4]))) as GeneralBlob;
    assert.deepEqual(tensors.get("y"), {
      dtype: "float32",
      shape: [2, 2],
      data: Float32Array.from([-1, -2, 3, -4]),
    });
    assert.deepEqual(timeStamps, [1, 2, 3, 6]);
  });

  test("gives no output for a blob without rows, and when no row gives one", async () => {
    const run = open(() => Code.opIgnore);
    assert.equal(await run(blob()), "absent");
    assert.equal(await run(blob([1, 2])), "absent");
  });

  test("leaves out rows that give none", async () => {
    const run = open((op) => {
      const item = op.dependArgument("list");
      if (item.tensor("x").data[0] === 1) return Code.opIgnore;
      op.output = item;
      return 0;
    });
    const gathered = (await run(blob([1, 2], [3, 4]))) as GeneralBlob;
    assert.deepEqual(gathered.tensor("x").data, Float32Array.from([3, 4]));
  });

  test("runs for each row of one tensor of a blob", async () => {
    const run = open(
      (op) => {
        op.output = [
          ...op.dependArgument("list").tensors.keys(),
          ...op.dependArgument("list").tensor("x").data,
        ];
      },
      { mapOver: "list.x" },
    );
    const two = blob([1, 2], [3, 4]);
    two.tensors.set("other", { dtype: "int8", shape: [], data: new Int8Array(1) });
    assert.deepEqual(await run(two), [
      ["x", 1, 2],
      ["x", 3, 4],
    ]);
  });

  test("fails with what is wrong with what it maps over", async () => {
    const run = open(double, { mapOver: "list.boxes" });
    const where = { service: "s", workflow: "w", node: "each" };
    await assert.rejects(run({ boxes: "many" }), {
      code: Code.opFailure,
      message: '"list.boxes" is "many", a map runs over a list or the rows of tensors',
      details: where,
    });
    await assert.rejects(run({ boxes: new Array(10_001).fill(0) }), {
      code: Code.invalidArgument,
      message: '"list.boxes" has 10001 items, a map runs over at most 10000',
      details: where,
    });
  });

  test("runs ten thousand synchronous items without a deep stack", async () => {
    const items = Array.from({ length: 10_000 }, (_, i) => i);
    assert.deepEqual(
      await open(double)(items),
      items.map((i) => 2 * i),
    );
  });
});

/** Ops that end when the test says so. */
function byHand() {
  const ends = new Map<unknown, Deferred<void>>();
  const ops = new Set<Op>();
  const order: unknown[] = [];
  let most = 0;
  const inference: Inference = async (op) => {
    const item = op.dependArgument<number>("list");
    const end = createDeferred();
    ops.add(op);
    order.push(item);
    ends.set(item, end);
    most = Math.max(most, ends.size);
    await end.promise;
    ends.delete(item);
    assert.equal(op.dependArgument<number>("list"), item);
    op.output = `${item} done`;
  };
  return { inference, ends, ops, order, most: () => most };
}

describe("the items of a map", () => {
  test("are at work side by side, as many as conf says, each with an Op of its own", async () => {
    const { inference, ends, ops, order, most } = byHand();
    const run = open(inference, { mapConcurrency: 3 });
    const items = Array.from({ length: 10 }, (_, i) => i);
    const answer = run(items);
    while (ends.size > 0) {
      // The last of those at work first: the outputs are in order all the same.
      [...ends.values()].at(-1)?.resolve();
      await setImmediate();
    }
    assert.deepEqual(
      await answer,
      items.map((i) => `${i} done`),
    );
    assert.deepEqual(order, items);
    assert.deepEqual([most(), ops.size], [3, 3]);
  });

  test("are sixteen at a time by default", async () => {
    const { inference, ends, most } = byHand();
    const answer = open(inference)(Array.from({ length: 40 }, (_, i) => i));
    while (ends.size > 0) {
      for (const end of ends.values()) end.resolve();
      await setImmediate();
    }
    assert.equal(((await answer) as unknown[]).length, 40);
    assert.equal(most(), 16);
  });

  test("are stopped when one fails, no other starts, and the error says which it was", async () => {
    const { inference, ends, order, ops } = byHand();
    const run = open(inference, { mapConcurrency: 2 });
    const answer = run(["a", "b", "c"]);
    const failed = assert.rejects(answer, {
      code: Code.unavailable,
      message: 'item 1 of "list": b is down',
      details: { service: "s", workflow: "w", node: "each", item: "1" },
    });
    ends.get("b")?.reject(new ServeError(Code.unavailable, "b is down"));
    await failed;
    assert.deepEqual(order, ["a", "b"]);
    const [atWork] = ops;
    assert.equal(atWork?.call.stopReason?.message, "another item of the map has failed");
    const next = run(["x", "y"]);
    ends.get("x")?.resolve();
    ends.get("y")?.resolve();
    assert.deepEqual(await next, ["x done", "y done"], "the Op left behind is nobody's");
    ends.get("a")?.resolve();
    await setImmediate();
  });

  test("are each tried again by themselves, within their own time", async () => {
    const attempts: unknown[] = [];
    const run = open(
      (op) => {
        const item = op.dependArgument<number>("list");
        attempts.push(item);
        if (item === 2 && attempts.filter((one) => one === 2).length < 3) return new Promise(() => {});
        return double(op);
      },
      { retries: 2, timeoutMs: 50, mapConcurrency: 1 },
    );
    const answer = run([1, 2, 3]);
    clock.advance(50);
    clock.advance(50);
    assert.deepEqual(await answer, [2, 4, 6]);
    assert.deepEqual(attempts, [1, 2, 2, 2, 3]);
    assert.equal(clock.timerCount, 0);
  });

  test("stop with the call", async () => {
    const { inference, order } = byHand();
    const call = createCall();
    const answer = open(inference, { mapConcurrency: 2 })([1, 2, 3], call);
    call.cancel("enough");
    await assert.rejects(answer, { message: "enough", details: { service: "s", workflow: "w" } });
    assert.deepEqual(order, [1, 2]);
  });

  test("have each a span in that of the node", () => {
    const trace = new CallTrace();
    const pool = openWorkflow({
      nodes: { each: [] },
      conf: { each: { mapOver: "startup_op" } },
      inference: { each: (op) => (op.requestMessage() === 0 ? -1 : 0) },
    });
    const call = new Call({ service: "s", method: "m", trace });
    assert.throws(() => pool.run({ request: [1, 0], call }));
    assert.deepEqual(
      trace.spans.map(({ name, parent, attributes }) => [name, parent?.name, attributes]),
      [
        ["w", undefined, { error: "opFailure" }],
        ["each", "w", { stage: 0, type: "each", error: "opFailure" }],
        ["each", "each", { item: 0 }],
        ["each", "each", { item: 1, error: "opFailure" }],
      ],
    );
  });
});
