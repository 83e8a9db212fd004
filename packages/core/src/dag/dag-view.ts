import type { Call } from "../call.js";
import { Code } from "../code.js";
import { Bus } from "../op/bus.js";
import { Channel } from "../op/channel.js";
import type { Op } from "../op/op.js";
import { ServeError } from "../serve-error.js";
import type { DagBlueprint } from "./dag-blueprint.js";
import { NodeRun } from "./node-run.js";
import { createSchedule, type NodeSchedule } from "./node-schedule.js";
import type { DagNode } from "./plan-dag.js";
import { startupOp } from "./workflow-conf.js";

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

/** How a request was answered. */
type Outcome = { readonly response: unknown } | { readonly error: ServeError };

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
  readonly #nodes: readonly NodeRun[];
  readonly #schedule: NodeSchedule;
  readonly #onStop = (reason: ServeError): void => this.#answer({ error: reason });
  /** Nodes of each stage that have not ended yet, to know when the stage has. */
  readonly #stageLeft: Uint32Array;
  readonly #stageStart: Float64Array;
  #run: DagRun | undefined;
  #outcome: Outcome | undefined;
  /** Settles the promise of a run that did not end at once. */
  #onAnswer: ((outcome: Outcome) => void) | undefined;
  #forgetStop: (() => void) | undefined;
  #nodesLeft = 0;
  #opsAtWork = 0;
  #startedAt = 0;

  /** `onIdle` is called when a run is answered and none of its Ops is still at work. */
  constructor(blueprint: DagBlueprint, onIdle: (view: DagView) => void) {
    const { nodes, stages } = blueprint.plan;
    this.#blueprint = blueprint;
    this.#onIdle = onIdle;
    this.#schedule = createSchedule(blueprint.plan);
    this.#stageLeft = new Uint32Array(stages.length);
    this.#stageStart = new Float64Array(stages.length);
    this.#bus.register(this.#request);
    for (const { id, name } of nodes) this.#bus.register(new Channel(id, name));
    this.#nodes = nodes.map((node, index) => this.#createNodeRun(node, index));
  }

  /**
   * Runs the Dag and gives the last node's output: at once when every Op was synchronous, else as a promise.
   * @throws ServeError whose details name service, workflow and node.
   */
  run(run: DagRun): unknown {
    this.#begin(run);
    this.#startAll(this.#schedule.begin());
    const outcome = this.#outcome;
    if (outcome) {
      if ("error" in outcome) throw outcome.error;
      return outcome.response;
    }
    return new Promise((resolve, reject) => {
      this.#onAnswer = (answer) => ("error" in answer ? reject(answer.error) : resolve(answer.response));
      this.#forgetStop = run.call.onStop(this.#onStop);
    });
  }

  #createNodeRun(node: DagNode, index: number): NodeRun {
    const { plan, service } = this.#blueprint;
    const place = { service, workflow: plan.name };
    const onEnd = (ended: number, error: ServeError | undefined): void => this.#nodeEnded(ended, error);
    return new NodeRun({ index, op: this.#createOp(node, index), place, onEnd });
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
    const { nodes, stages } = this.#blueprint.plan;
    this.#run = run;
    this.#outcome = undefined;
    this.#request.data = run.request;
    this.#startedAt = run.call.clock.now();
    this.#nodesLeft = nodes.length;
    for (let i = 0; i < stages.length; i++) this.#stageLeft[i] = stages[i]?.length ?? 0;
    this.#stageStart.fill(Number.NaN);
  }

  #startAll(indices: readonly number[]): void {
    for (const index of indices) this.#startNode(index);
  }

  /** Once the request is answered nothing starts any more: a late node's end leads here in vain. */
  #startNode(index: number): void {
    if (!this.#run || this.#outcome) return;
    const { call } = this.#run;
    const now = call.clock.now();
    const stopReason = call.stopReasonAt(now);
    if (stopReason) {
      this.#answer({ error: stopReason });
      return;
    }
    const node = this.#node(index);
    const { stage } = node.node;
    this.#opsAtWork++;
    if (Number.isNaN(this.#stageStart[stage])) this.#stageStart[stage] = now;
    node.start(call, now);
  }

  #nodeEnded(index: number, error: ServeError | undefined): void {
    this.#opsAtWork--;
    this.#nodesLeft--;
    this.#record(index);
    if (error) this.#answer({ error });
    else if (this.#nodesLeft === 0) this.#finish();
    else this.#startAll(this.#schedule.after(index));
    this.#releaseWhenIdle();
  }

  #record(index: number): void {
    const { call, trace } = this.#current();
    const { metrics } = this.#blueprint;
    const { channel, node, startedAt } = this.#node(index);
    const now = call.clock.now();
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
  }

  /** Every node has ended well. A call that stopped during the last one is answered as stopped all the same. */
  #finish(): void {
    const { lastNode } = this.#blueprint.plan;
    const channel = this.#bus.channel(lastNode.name);
    const stopReason = this.#current().call.stopReason;
    if (stopReason) this.#answer({ error: stopReason });
    else if (!channel.isAbsent) this.#answer({ response: channel.data });
    else {
      const message = `op "${lastNode.name}" (${lastNode.type}) ended the workflow without a response`;
      const details = { node: lastNode.name };
      this.#answer({ error: new ServeError(Code.opFailure, message, { details }) });
    }
  }

  /**
   * Answers the request, unless it has been. With an error, Ops still at work learn that nobody waits. When there are
   * none the call goes on: it may be that of an Op that runs this workflow and knows what to do when it fails.
   */
  #answer(outcome: Outcome): void {
    if (this.#outcome) return;
    const { call } = this.#current();
    const { service, plan, metrics } = this.#blueprint;
    const isError = "error" in outcome;
    const place = { service, workflow: plan.name };
    this.#outcome = isError ? { error: outcome.error.withDetails(place) } : outcome;
    this.#forgetStop?.();
    metrics.workflow.observe((call.clock.now() - this.#startedAt) / 1000);
    if (isError && this.#opsAtWork > 0) call.cancel("the request has failed in another place");
    this.#onAnswer?.(this.#outcome);
    this.#releaseWhenIdle();
  }

  #releaseWhenIdle(): void {
    if (!this.#run || !this.#outcome || this.#opsAtWork > 0) return;
    for (const node of this.#nodes) node.release();
    this.#bus.clear();
    this.#run = undefined;
    this.#onAnswer = undefined;
    this.#forgetStop = undefined;
    this.#onIdle(this);
  }

  #node(index: number): NodeRun {
    const node = this.#nodes[index];
    if (!node) throw new ServeError(Code.internal, `no node at index ${index}`);
    return node;
  }

  #current(): DagRun {
    if (!this.#run) throw new ServeError(Code.internal, "the DagView is not running");
    return this.#run;
  }
}
