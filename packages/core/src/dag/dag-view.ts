import { type Call, raceStop } from "../call.js";
import { Code } from "../code.js";
import { Bus } from "../op/bus.js";
import { Channel } from "../op/channel.js";
import type { Op, OpResult } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import type { DagBlueprint } from "./dag-blueprint.js";
import type { DagNode } from "./plan-dag.js";
import { type RunNode, runParallel, runSequence } from "./run-nodes.js";
import { startupOp, WorkflowType } from "./workflow-conf.js";

/** What one node did in one request, for `debug`. */
export interface NodeTrace {
  readonly node: DagNode;
  /** Milliseconds from the start of the workflow. */
  readonly startMs: number;
  readonly durationMs: number;
  /** The node's output; undefined when it gave none. */
  readonly output: unknown;
}

/** One request for a DagView. */
export interface DagRun {
  readonly request: unknown;
  readonly call: Call;
  /** Collects what each node did, when given. */
  readonly trace?: NodeTrace[] | undefined;
}

/**
 * One execution of a Dag at a time: its own Bus, Channels and Op instances, used again for later requests.
 *
 * A request that fails or stops is answered at once, but the view becomes idle only when every Op it started has ended,
 * so that no Op ever meets another request's data.
 */
export class DagView {
  readonly #blueprint: DagBlueprint;
  readonly #onIdle: (view: DagView) => void;
  readonly #bus = new Bus();
  readonly #request = new Channel<unknown>(0, startupOp);
  readonly #ops: readonly Op[];
  /** Nodes of each stage that have not ended yet, to know when the stage has. */
  readonly #stageLeft: Uint32Array;
  readonly #stageStart: Float64Array;
  #run: DagRun | undefined;
  #isAnswered = true;
  #opsAtWork = 0;
  #startedAt = 0;

  /** `onIdle` is called when a run is answered and none of its Ops is still at work. */
  constructor(blueprint: DagBlueprint, onIdle: (view: DagView) => void) {
    const { nodes, stages } = blueprint.plan;
    this.#blueprint = blueprint;
    this.#onIdle = onIdle;
    this.#stageLeft = new Uint32Array(stages.length);
    this.#stageStart = new Float64Array(stages.length);
    this.#bus.register(this.#request);
    for (const { id, name } of nodes) this.#bus.register(new Channel(id, name));
    this.#ops = nodes.map((node, index) => this.#createOp(node, index));
  }

  /**
   * Runs the Dag and gives the last node's output: at once when it is a sequence of synchronous Ops, else as a promise.
   * @throws ServeError whose details name service, workflow and node.
   */
  run(run: DagRun): unknown {
    this.#begin(run);
    let work: undefined | Promise<void>;
    try {
      work = this.#runNodes((index) => this.#startNode(index, run));
      if (!work) run.call.throwIfStopped();
    } catch (error) {
      throw this.#fail(error);
    }
    if (!work) return this.#finish();
    return raceStop(run.call, work).then(
      () => this.#finish(),
      (error: unknown) => {
        throw this.#fail(error);
      },
    );
  }

  #createOp(node: DagNode, index: number): Op {
    const { opClasses, configs, environment, plan, service } = this.#blueprint;
    const opClass = opClasses[index];
    if (!opClass) throw new ServeError(Code.internal, `no Op class for node "${node.name}"`);
    try {
      const op = new opClass();
      op.bind({ node, workflow: plan.name, bus: this.#bus, config: configs[index], environment });
      return op;
    } catch (error) {
      const message = `op "${node.name}" (${node.type}) could not be created`;
      const details = { service, workflow: plan.name, node: node.name };
      throw new ServeError(Code.opFailure, message, { cause: error, details });
    }
  }

  #begin(run: DagRun): void {
    this.#run = run;
    this.#isAnswered = false;
    this.#request.data = run.request;
    this.#startedAt = run.call.clock.now();
    const { stages } = this.#blueprint.plan;
    for (let i = 0; i < stages.length; i++) this.#stageLeft[i] = stages[i]?.length ?? 0;
    this.#stageStart.fill(Number.NaN);
  }

  #runNodes(runNode: RunNode): undefined | Promise<void> {
    const { nodes, type } = this.#blueprint.plan;
    return type === WorkflowType.parallel ? runParallel(nodes, runNode) : runSequence(nodes.length, runNode);
  }

  #startNode(index: number, run: DagRun): undefined | Promise<void> {
    const { call } = run;
    call.throwIfStopped();
    if (this.#run !== run || this.#isAnswered) throw alreadyAnswered();
    const startedAt = call.clock.now();
    this.#opsAtWork++;
    this.#enterStage(index, startedAt);
    let result: OpResult | Promise<OpResult>;
    try {
      const given = this.#op(index).process(call);
      // What only looks like a promise may settle twice or give no promise back: a real one takes its outcome.
      result = isPromise(given) ? Promise.resolve(given) : given;
    } catch (error) {
      throw this.#nodeFailed(index, startedAt, error);
    }
    if (result instanceof Promise) {
      return result.then(
        (code) => this.#nodeEnded(index, startedAt, code),
        (error: unknown) => {
          throw this.#nodeFailed(index, startedAt, error);
        },
      );
    }
    this.#nodeEnded(index, startedAt, result);
    return undefined;
  }

  /** Throws when the request must not go on: the Op said so, or the request has been answered meanwhile. */
  #nodeEnded(index: number, startedAt: number, result: OpResult): void {
    const error = this.#resultError(index, result);
    if (typeof result === "number" && result > 0) this.#op(index).channel.clear();
    const wasAnswered = this.#isAnswered;
    this.#leaveNode(index, startedAt);
    if (error) throw error;
    if (wasAnswered) throw alreadyAnswered();
  }

  #nodeFailed(index: number, startedAt: number, thrown: unknown): ServeError {
    const error = this.#nodeError(index, thrown);
    this.#leaveNode(index, startedAt);
    return error;
  }

  #resultError(index: number, result: unknown): ServeError | undefined {
    if (result === undefined || (typeof result === "number" && result >= 0)) return undefined;
    const { name, type } = this.#op(index);
    if (typeof result === "number") {
      return this.#nodeError(
        index,
        new ServeError(Code.opFailure, `op "${name}" (${type}) failed with ${result}`),
      );
    }
    const message = `op "${name}" (${type}) returned ${typeof result}, must return nothing or a number`;
    return this.#nodeError(index, new ServeError(Code.opFailure, message));
  }

  /** A ServeError keeps its code and text; anything else an Op throws stays inside as the cause. */
  #nodeError(index: number, thrown: unknown): ServeError {
    const { name, type } = this.#op(index);
    const { service, plan } = this.#blueprint;
    const error =
      thrown instanceof ServeError
        ? thrown
        : new ServeError(Code.opFailure, `op "${name}" (${type}) failed`, { cause: thrown });
    return error.withDetails({ service, workflow: plan.name, node: name });
  }

  #enterStage(index: number, now: number): void {
    const { stage } = this.#op(index).node;
    if (Number.isNaN(this.#stageStart[stage])) this.#stageStart[stage] = now;
  }

  #leaveNode(index: number, startedAt: number): void {
    const { call, trace } = this.#current();
    const { metrics } = this.#blueprint;
    const now = call.clock.now();
    const { channel, node } = this.#op(index);
    metrics.ops[index]?.observe((now - startedAt) / 1000);
    trace?.push({
      node,
      startMs: startedAt - this.#startedAt,
      durationMs: now - startedAt,
      output: channel.isAbsent ? undefined : channel.data,
    });
    const left = (this.#stageLeft[node.stage] ?? 0) - 1;
    this.#stageLeft[node.stage] = left;
    if (left === 0) metrics.stages[node.stage]?.observe((now - (this.#stageStart[node.stage] ?? now)) / 1000);
    this.#opsAtWork--;
    this.#releaseWhenIdle();
  }

  #finish(): unknown {
    const { lastNode } = this.#blueprint.plan;
    const channel = this.#bus.channel(lastNode.name);
    if (channel.isAbsent) {
      const message = `op "${lastNode.name}" (${lastNode.type}) ended the workflow without a response`;
      throw this.#fail(new ServeError(Code.opFailure, message, { details: { node: lastNode.name } }));
    }
    const response = channel.data;
    this.#answered();
    return response;
  }

  /**
   * Answers the request with an error; Ops still at work for it learn that nobody waits. Without any the call goes on:
   * it may be that of an Op that runs this workflow and knows what to do when it fails.
   */
  #fail(thrown: unknown): ServeError {
    const { service, plan } = this.#blueprint;
    const { call } = this.#current();
    const areOpsAtWork = this.#opsAtWork > 0;
    this.#answered();
    if (areOpsAtWork) call.cancel("the request has failed in another place");
    return ServeError.from(thrown).withDetails({ service, workflow: plan.name });
  }

  #answered(): void {
    const { call } = this.#current();
    this.#blueprint.metrics.workflow.observe((call.clock.now() - this.#startedAt) / 1000);
    this.#isAnswered = true;
    this.#releaseWhenIdle();
  }

  #releaseWhenIdle(): void {
    if (!this.#isAnswered || this.#opsAtWork > 0) return;
    for (const op of this.#ops) op.release();
    this.#bus.clear();
    this.#run = undefined;
    this.#onIdle(this);
  }

  #op(index: number): Op {
    const op = this.#ops[index];
    if (!op) throw new ServeError(Code.internal, `no node at index ${index}`);
    return op;
  }

  #current(): DagRun {
    if (!this.#run) throw new ServeError(Code.internal, "the DagView is not running");
    return this.#run;
  }
}

/** Ends what goes on for a request that has its answer; nobody reads it. */
function alreadyAnswered(): ServeError {
  return new ServeError(Code.cancelled, "the request has been answered");
}

function isPromise(value: unknown): value is Promise<OpResult> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
