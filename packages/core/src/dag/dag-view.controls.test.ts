import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { Call } from "../call.js";
import { Code } from "../code.js";
import type { Op, OpResult, OpWithChannel } from "../op/op.js";
import { OpRegistry } from "../op/op-registry.js";
import { ServeError } from "../serve-error.js";
import { createDeferred, type Deferred } from "../testing/deferred.js";
import { type Inference, opOf } from "../testing/op-of.js";
import { openWorkflow } from "../testing/open-workflow.js";
import { randomControlledWorkflow } from "../testing/random-controls.js";
import { createTestEnvironment } from "../testing/test-environment.js";
import { Workflow } from "./workflow.js";
import { type NodeConf, startupOp, type WorkflowConf, WorkflowType } from "./workflow-conf.js";

/** What an attempt does; those that hang end only when the test is over. */
type Behaviour = "give" | "give nothing" | "fail" | "hang";

/** The request of the tests; `items` are what maps run over. */
interface Request {
  readonly id: number;
  readonly items: readonly { readonly id: number; readonly item: number }[];
  readonly [run: `run_${string}`]: boolean;
}

/** Decides everything about a run from a seed: the same question gets the same answer. */
class Script {
  readonly #seed: number;
  readonly #conf: WorkflowConf;

  constructor(seed: number, conf: WorkflowConf) {
    this.#seed = seed;
    this.#conf = conf;
  }

  request(id: number): Request {
    const runs = this.#conf.nodes.map(({ name }) => [`run_${name}`, this.#draw(`when ${name}`) % 4 !== 0]);
    const items = Array.from({ length: this.#draw("items") % 4 }, (_, item) => ({ id, item }));
    return { id, items, ...Object.fromEntries(runs) };
  }

  /** What the attempt (from 0) of a node's run for an item does. */
  behaviour(node: NodeConf, item: number, attempt: number): Behaviour {
    const draw = this.#draw(`${node.name} ${item} ${attempt}`) % 10;
    if (draw < 5) return "give";
    if (draw < 6) return "give nothing";
    return draw < 8 && node.timeoutMs !== undefined && !this.#isCallersFault(node.name) ? "hang" : "fail";
  }

  failure(node: string): ServeError {
    const code = this.#isCallersFault(node) ? Code.invalidArgument : Code.unavailable;
    return new ServeError(code, `${node} failed`);
  }

  isAsync(node: string, item: number, attempt: number): boolean {
    return this.#draw(`async ${node} ${item} ${attempt}`) % 2 === 0;
  }

  /** Failures of a node are all of one kind, so that it does not matter which of its items fails first. */
  #isCallersFault(node: string): boolean {
    return this.#draw(`code ${node}`) % 4 === 0;
  }

  /** FNV-1a, with its bits mixed once more: the low ones alone are not random enough. */
  #draw(question: string): number {
    let hash = 2166136261 ^ this.#seed;
    for (let i = 0; i < question.length; i++) hash = Math.imul(hash ^ question.charCodeAt(i), 16777619);
    hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
    return (hash ^ (hash >>> 13)) >>> 0;
  }
}

type State = { readonly output: unknown } | { readonly error: ServeError };

/** What a request comes to, said as plainly as possible: node by node, without time. */
class Reference {
  readonly #conf: WorkflowConf;
  readonly #script: Script;
  readonly #request: Request;
  readonly #states = new Map<string, State>();

  constructor(conf: WorkflowConf, script: Script, request: Request) {
    this.#conf = conf;
    this.#script = script;
    this.#request = request;
  }

  /** The response, or undefined when the request fails. */
  answer(): unknown {
    const standIns = new Set(this.#conf.nodes.map(({ fallback }) => fallback));
    const regular = this.#conf.nodes.filter(({ name }) => !standIns.has(name));
    const states = regular.map((node) => this.#state(node));
    if (states.some((state) => "error" in state)) return undefined;
    const last = this.#states.get("last");
    return last && "output" in last ? last.output : undefined;
  }

  #state(node: NodeConf): State {
    const known = this.#states.get(node.name);
    if (known) return known;
    let state: State = this.#isSkipped(node) ? { output: undefined } : this.#run(node);
    let standIn = node.fallback;
    while ("error" in state && state.error.code !== Code.invalidArgument && standIn !== undefined) {
      const name = standIn;
      const next = this.#conf.nodes.find((other) => other.name === name);
      if (!next) break;
      if (!this.#isSkipped(next)) state = this.#run(next);
      standIn = next.fallback;
    }
    this.#states.set(node.name, state);
    return state;
  }

  #isSkipped({ name, when }: NodeConf): boolean {
    return when !== undefined && !this.#request[`run_${name}`];
  }

  #run(node: NodeConf): State {
    const inputs: unknown[] = [];
    for (const { name } of node.dependencies) {
      const dependency = this.#conf.nodes.find((other) => other.name === name);
      const state = dependency && this.#state(dependency);
      if (state && "error" in state) return state;
      if (dependency) inputs.push(state?.output ?? null);
    }
    if (node.mapOver === undefined) return this.#attempt(node, -1, inputs);
    const states = this.#request.items.map(({ item }) => this.#attempt(node, item, inputs));
    const failed = states.find((state) => "error" in state);
    return failed ?? { output: states.map((state) => ("output" in state ? state.output : undefined)) };
  }

  #attempt(node: NodeConf, item: number, inputs: unknown[]): State {
    for (let attempt = 0; ; attempt++) {
      const behaviour = this.#script.behaviour(node, item, attempt);
      if (behaviour === "give") return { output: outputOf(node.name, item, inputs) };
      if (behaviour === "give nothing") return { output: undefined };
      const error =
        behaviour === "hang"
          ? new ServeError(Code.deadlineExceeded, "too long")
          : this.#script.failure(node.name);
      if (error.code === Code.invalidArgument || attempt === (node.retries ?? 0)) return { error };
    }
  }
}

function outputOf(node: string, item: number, inputs: unknown[]): unknown {
  return { node, item, inputs };
}

/** A workflow whose Ops do what the script says, and what they did. */
class Rig {
  readonly environment = createTestEnvironment();
  /** Asynchronous runs that the test may end. */
  readonly atWork: Deferred<void>[] = [];
  /** Runs that end only when the test is over. */
  readonly hanging: Deferred<void>[] = [];
  readonly ops: Set<OpWithChannel<unknown>> = new Set();
  readonly pool: ReturnType<Workflow["openFor"]>;
  started = 0;
  onStart: () => void = () => {};
  /** What was wrong where an assertion would only fail an Op. */
  readonly faults: string[] = [];
  readonly #script: Script;
  readonly #attempts = new Map<string, number>();

  constructor(conf: WorkflowConf, script: Script) {
    this.#script = script;
    const registry = new OpRegistry();
    for (const node of conf.nodes) registry.register(opOf(node.type, (op) => this.#run(node, op)));
    this.pool = new Workflow(conf, registry).openFor("s", this.environment);
  }

  get clock() {
    return this.environment.clock;
  }

  /** Ends every run there is, and lets what waits for it go on, until nothing is at work. */
  async endAll(): Promise<void> {
    while (this.atWork.length + this.hanging.length > 0) {
      for (const end of [...this.atWork.splice(0), ...this.hanging.splice(0)]) end.resolve();
      await setImmediate();
    }
  }

  expect(isRight: boolean, fault: string): void {
    if (!isRight) this.faults.push(fault);
  }

  #run(node: NodeConf, op: OpWithChannel<unknown>): OpResult | Promise<OpResult> {
    this.started++;
    this.ops.add(op);
    const { id, item = -1 } = op.requestMessage<{ id: number; item?: number }>();
    const inputs = op.preNames
      .filter((name) => name !== startupOp)
      .map((name) => (op.hasDependArgument(name) ? op.dependArgument<unknown>(name) : null));
    const key = `${id} ${node.name} ${item}`;
    const attempt = this.#attempts.get(key) ?? 0;
    this.#attempts.set(key, attempt + 1);
    this.expect(attempt <= (node.retries ?? 0), `${key} has run more often than it may`);
    this.expect(op.channel.isAbsent, `${node.name} finds an output that is not its own`);
    this.onStart();
    const behaviour = this.#script.behaviour(node, item, attempt);
    const end = (): OpResult => {
      this.expect(op.requestMessage<{ id: number }>().id === id, `${node.name} sees another request`);
      if (behaviour === "fail") throw this.#script.failure(node.name);
      if (behaviour !== "give nothing") op.output = outputOf(node.name, item, inputs);
      return behaviour === "give nothing" ? Code.opIgnore : 0;
    };
    if (behaviour !== "hang" && !this.#script.isAsync(node.name, item, attempt)) return end();
    const wait = createDeferred();
    (behaviour === "hang" ? this.hanging : this.atWork).push(wait);
    return wait.promise.then(end);
  }
}

const anyRun = fc.record({
  conf: randomControlledWorkflow,
  seed: fc.integer(),
  picks: fc.infiniteStream(fc.nat(1000)),
});

describe("a workflow of nodes with conditions, maps, retries, times and fallbacks", () => {
  test("comes to what its conf says, in whatever order its Ops end", async () => {
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(anyRun, async ({ conf, seed, picks }) => {
        const script = new Script(seed, conf);
        const rig = new Rig(conf, script);
        for (const id of [1, 2]) {
          const request = script.request(id);
          const expected = new Reference(conf, script, request).answer();
          const call = new Call({ service: "s", method: "m", clock: rig.clock });
          let isSettled = false;
          const answer = (async () => rig.pool.run({ request, call }))().then(
            (response) => response,
            (error: unknown) => {
              assert.ok(error instanceof ServeError && error.code !== Code.internal, String(error));
              return undefined;
            },
          );
          const settled = answer.then(() => {
            isSettled = true;
          });
          // One step at a time: either an Op ends, or, when none can, a millisecond passes.
          for (let steps = 0; !isSettled; steps++) {
            assert.ok(steps < 5000, "the request is never answered");
            const [end] = rig.atWork.splice((picks.next().value ?? 0) % Math.max(1, rig.atWork.length), 1);
            if (end) end.resolve();
            else rig.clock.advance(1);
            await setImmediate();
          }
          await settled;
          assert.deepEqual(await answer, expected);
          if (expected !== undefined) answered++;
          await rig.endAll();
          checkNothingLeft(rig);
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(answered > 50, `only ${answered} of 400 requests were answered: the test looks at too little`);
  });

  test("that is stopped at any step starts nothing more and leaves nothing behind", async () => {
    const anyStop = fc.record({
      run: anyRun,
      stopAt: fc.nat(40),
      timeoutMs: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(anyStop, async ({ run: { conf, seed, picks }, stopAt, timeoutMs }) => {
        const script = new Script(seed, conf);
        const rig = new Rig(conf, script);
        const call = new Call({ service: "s", method: "m", clock: rig.clock, timeoutMs });
        let step = 0;
        let startedAtEnd = Number.POSITIVE_INFINITY;
        const onStep = (): void => {
          if (step++ === stopAt) call.cancel("stopped by the test");
        };
        rig.onStart = () => {
          rig.expect(rig.started <= startedAtEnd, "an Op starts after the answer");
          rig.expect(call.stopReason === undefined, "an Op starts after the call has stopped");
          onStep();
        };
        let outcome: unknown;
        const answer = (async () => rig.pool.run({ request: script.request(1), call }))()
          .catch((error: unknown) => {
            outcome = error;
          })
          .finally(() => {
            startedAtEnd = rig.started;
          });
        for (let steps = 0; steps < 200 && startedAtEnd === Number.POSITIVE_INFINITY; steps++) {
          onStep();
          const pick = picks.next().value ?? 0;
          const [end] = pick % 3 === 0 ? [] : rig.atWork.splice(pick % Math.max(1, rig.atWork.length), 1);
          if (end) end.resolve();
          else rig.clock.advance(pick % 7);
          await setImmediate();
        }
        call.cancel("stopped by the test");
        await answer;
        if (outcome) assert.ok(outcome instanceof ServeError && outcome.code !== Code.internal);
        call.finish();
        await rig.endAll();
        checkNothingLeft(rig);
      }),
      { numRuns: 300 },
    );
  });

  test("makes no more Ops than ten requests at once need, however many come", async () => {
    const ops = new Set<Op>();
    const give = (op: OpWithChannel<unknown>): void => {
      ops.add(op);
      op.output = op.requestMessage();
    };
    const failForSome: Inference = (op) => {
      give(op);
      return op.requestMessage<number[]>()[1] === 0 ? -1 : 0;
    };
    const giveLater: Inference = async (op) => {
      await Promise.resolve();
      give(op);
    };
    const pool = openWorkflow({
      type: WorkflowType.parallel,
      nodes: {
        plain: [],
        skipped: ["plain"],
        mapped: ["plain"],
        failing: ["mapped"],
        standby: [],
        last: ["failing"],
      },
      conf: {
        skipped: { when: "size(plain) > 9" },
        mapped: { mapOver: "plain", mapConcurrency: 2 },
        failing: { fallback: "standby", retries: 1 },
        standby: { timeoutMs: 1000 },
      },
      inference: { plain: give, mapped: giveLater, failing: failForSome, standby: giveLater, last: give },
    });
    for (let i = 0; i < 10_000; i++) {
      const calls = Array.from(
        { length: 10 },
        () => new Call({ service: "s", method: "m", timeoutMs: 1000 }),
      );
      const answers = calls.map((call, k) => pool.run({ request: [i, k, 0], call }));
      assert.deepEqual(
        await Promise.all(answers),
        calls.map((_, k) => [i, k, 0]),
      );
      for (const call of calls) call.finish();
    }
    // Of each node one per request, of the map two.
    assert.ok(ops.size <= 10 * 6, `there were ${ops.size} Ops`);
  });
});

/** When all is over, no timer is set and no Op holds data. */
function checkNothingLeft({ clock, ops, faults }: Rig): void {
  assert.deepEqual(faults, []);
  assert.equal(clock.timerCount, 0);
  for (const op of ops) {
    assert.equal(op.channel.isAbsent, true, `${op.name} holds an output`);
    for (const name of [startupOp, ...op.preNames]) {
      assert.equal(op.hasDependArgument(name), false, `${op.name} holds the output of ${name}`);
    }
  }
}
