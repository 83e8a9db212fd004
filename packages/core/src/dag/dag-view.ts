import type { Call } from "../call.js";
import { Code } from "../code.js";
import type { Condition } from "../condition/condition.js";
import { Later } from "../later.js";
import type { CallSpan } from "../observe/call-trace.js";
import { Bus } from "../op/bus.js";
import { Channel } from "../op/channel.js";
import { ServeError } from "../serve-error.js";
import { createNodeRunner } from "./create-node-runner.js";
import { placeOf } from "./create-op.js";
import type { DagBlueprint } from "./dag-blueprint.js";
import { DagRecorder, type NodeTrace } from "./dag-recorder.js";
import { Fallbacks } from "./fallbacks.js";
import type { NodeRunner } from "./node-runner.js";
import { createSchedule, type NodeSchedule } from "./node-schedule.js";
import { OutputReaders } from "./output-readers.js";
import type { DagNode } from "./plan-dag.js";
import { startupOp } from "./workflow-conf.js";

/** One request for a DagView. */
export interface DagRun {
  readonly request: unknown;
  readonly call: Call;
  /** Collects what each node did, when given. */
  readonly trace?: NodeTrace[] | undefined;
  /** Of the call's trace: what the workflow's span belongs to. */
  readonly span?: CallSpan | undefined;
  /** For who has just read the call's clock. */
  readonly startedAt?: number | undefined;
}

/** How a request was answered. */
type Outcome = { readonly response: unknown } | { readonly error: ServeError };

/**
 * One execution of a Dag at a time: its own Bus, Channels and Op instances, used again for later requests. Each run has
 * its own child of the caller's call: what stops the one child of a failed workflow stops nothing else of the caller's.
 *
 * A request that fails or stops is answered at once, but the view becomes idle only when every Op that works on its
 * channels has ended, so that no Op ever meets another request's data.
 */
export class DagView {
  readonly #blueprint: DagBlueprint;
  readonly #onIdle: (view: DagView) => void;
  readonly #bus = new Bus();
  readonly #request = new Channel<unknown>(0, startupOp);
  readonly #channels: readonly Channel[];
  /** Of the node whose output is the response. */
  readonly #last: Channel;
  readonly #readers: OutputReaders;
  readonly #fallbacks: Fallbacks;
  readonly #recorder: DagRecorder;
  readonly #schedule: NodeSchedule;
  readonly #runners: readonly NodeRunner[];
  readonly #onStop = (reason: ServeError): void =>
    this.#answer({ error: reason }, this.#call?.clock.now() ?? 0);
  readonly #outputOf = (name: string): unknown => this.#bus.channel(name).peek();
  /** A child of the caller's call; undefined when the view is idle. */
  #call: Call | undefined;
  #isTraced = false;
  #outcome: Outcome | undefined;
  /** Of a run that did not end at once. */
  #answering: Later<unknown> | undefined;
  #nodesLeft = 0;
  /** What keeps the view from being idle: nodes at work, and `run` itself until it has the outcome. */
  #atWork = 0;

  /** `onIdle` is called when a run is answered and none of its Ops is still at work. */
  constructor(blueprint: DagBlueprint, onIdle: (view: DagView) => void) {
    const { plan } = blueprint;
    this.#blueprint = blueprint;
    this.#onIdle = onIdle;
    this.#channels = plan.nodes.map(({ id, name }) => new Channel(id, name));
    for (const channel of [this.#request, ...this.#channels]) this.#bus.register(channel);
    this.#last = this.#bus.channel(plan.lastNode.name);
    this.#readers = new OutputReaders(plan, this.#channels);
    this.#fallbacks = new Fallbacks(plan, this.#channels);
    this.#recorder = new DagRecorder(blueprint);
    this.#schedule = createSchedule(plan);
    this.#runners = plan.nodes.map((_, index) => this.#createRunner(index));
  }

  /**
   * Runs the Dag and gives the last node's output: at once when every Op was synchronous, else later.
   * @throws ServeError whose details name service, workflow and node.
   */
  run(run: DagRun): unknown {
    const call = this.#begin(run);
    this.#startAll(this.#schedule.begin(), call.startedAt);
    const outcome = this.#outcome;
    if (!outcome) {
      const answering = new Later<unknown>();
      this.#answering = answering;
      call.onStop(this.#onStop, call.startedAt);
      this.#leave();
      return answering;
    }
    this.#leave();
    if ("error" in outcome) throw outcome.error;
    return outcome.response;
  }

  #createRunner(index: number): NodeRunner {
    return createNodeRunner(this.#blueprint, index, {
      bus: this.#bus,
      isLastReader: (name) => !this.#isTraced && this.#readers.isLast(name),
      onEnd: (error) => this.#nodeEnded(index, error),
    });
  }

  #begin(run: DagRun): Call {
    const call = run.call.child({ startedAt: run.startedAt });
    this.#call = call;
    this.#isTraced = run.trace !== undefined;
    this.#outcome = undefined;
    this.#request.data = run.request;
    this.#nodesLeft = this.#runners.length;
    this.#atWork = 1;
    this.#readers.begin();
    this.#fallbacks.begin();
    this.#recorder.begin(call, run.trace, run.span);
    return call;
  }

  /** `now` is when the first may start; a synchronous Op makes those after it start later. */
  #startAll(indices: readonly number[], now: number): void {
    let at = now;
    for (const index of indices) {
      this.#startNode(index, at);
      if (indices.length > 1) at = this.#call?.clock.now() ?? now;
    }
  }

  /** Once the request is answered nothing starts any more: a late node's end leads here in vain. */
  #startNode(index: number, now: number): void {
    const call = this.#call;
    if (!call || this.#outcome) return;
    if (!this.#fallbacks.isNeeded(index)) {
      this.#recorder.nodeNotNeeded(index, now);
      this.#nodeDone(index, now);
      return;
    }
    const stopReason = call.stopReasonAt(now);
    const condition = this.#blueprint.plan.conditions[index];
    if (stopReason) this.#answer({ error: stopReason }, now);
    else if (condition) this.#startWhen(condition, index, { call, now });
    else this.#run(index, call, now);
  }

  /** A condition that cannot be told fails its node. A fallback that is skipped hands on why it was called. */
  #startWhen(condition: Condition, index: number, { call, now }: { call: Call; now: number }): void {
    let holds = false;
    try {
      holds = condition.holds(this.#outputOf);
    } catch (error) {
      this.#atWork++;
      this.#recorder.nodeStarted(index, now);
      this.#nodeEnded(index, this.#conditionError(index, ServeError.from(error)));
      return;
    }
    if (holds) {
      this.#run(index, call, now);
      return;
    }
    this.#recorder.nodeSkipped(index, now);
    const failure = this.#fallbacks.failureFor(index);
    if (failure && !this.#callFallback(index, failure)) this.#answer({ error: failure }, now);
    else this.#nodeDone(index, now);
  }

  #conditionError(index: number, { code, message }: ServeError): ServeError {
    const details = placeOf(this.#blueprint, index);
    return new ServeError(code, `condition of node "${details.node}": ${message}`, { details });
  }

  #run(index: number, call: Call, now: number): void {
    this.#atWork++;
    const span = this.#recorder.nodeStarted(index, now);
    this.#runners[index]?.start(call, span, this.#fallbacks.failureFor(index));
  }

  #nodeEnded(index: number, error: ServeError | undefined): void {
    const isCovered = error !== undefined && this.#callFallback(index, error);
    const fallback = isCovered ? this.#fallbacks.calledFor(index) : undefined;
    const output = this.#channels[index]?.peek();
    const now = this.#recorder.nodeEnded(index, { output, error, fallback });
    if (!error) this.#fallbacks.moveOutput(index);
    if (error && !isCovered) this.#answer({ error: this.#call?.stopReasonAt(now) ?? error }, now);
    else this.#nodeDone(index, now);
    this.#leave();
  }

  /** False when the request fails: nobody stands by for the node, or nobody waits for the answer any more. */
  #callFallback(index: number, error: ServeError): boolean {
    if (this.#outcome || this.#call?.stopReason || !this.#fallbacks.call(index, error)) return false;
    const { environment, metrics } = this.#blueprint;
    metrics.fallbacks[index]?.increment();
    const fallback = this.#fallbacks.calledFor(index);
    const fields = { ...placeOf(this.#blueprint, index), fallback, err: error };
    environment.logger.warn(fields, "node failed, its fallback is called");
    return true;
  }

  /** The node has ended, was skipped or is not needed. */
  #nodeDone(index: number, now: number): void {
    this.#nodesLeft--;
    this.#readers.ended(index);
    if (this.#nodesLeft === 0) this.#finish(now);
    else this.#startAll(this.#schedule.after(index), now);
  }

  /** Every node has ended well. A call that stopped during the last one is answered as stopped all the same. */
  #finish(now: number): void {
    const response = this.#last.peek();
    const stopReason = this.#call?.stopReasonAt(now);
    if (stopReason) this.#answer({ error: stopReason }, now);
    else if (response !== undefined) this.#answer({ response }, now);
    else this.#answer({ error: noResponse(this.#blueprint.plan.lastNode) }, now);
  }

  /** Answers the request, unless it has been. With an error, whatever is still at work for it stops. */
  #answer(outcome: Outcome, now: number): void {
    const call = this.#call;
    if (this.#outcome || !call) return;
    // Whoever waits is told last: he answers the request in this turn.
    if ("response" in outcome) {
      this.#outcome = outcome;
      this.#recorder.answered(undefined, now);
      call.finish();
      this.#answering?.resolve(outcome.response);
    } else {
      const { service, plan } = this.#blueprint;
      const error = outcome.error.withDetails({ service, workflow: plan.name });
      this.#outcome = { error };
      this.#recorder.answered(error, now);
      call.cancel("the request has failed in another place");
      this.#answering?.reject(error);
    }
  }

  #leave(): void {
    this.#atWork--;
    if (this.#atWork > 0 || !this.#outcome) return;
    for (const runner of this.#runners) runner.release();
    this.#bus.clear();
    this.#fallbacks.begin();
    this.#recorder.release();
    this.#call = undefined;
    this.#answering = undefined;
    this.#onIdle(this);
  }
}

function noResponse({ name, type, conf }: DagNode): ServeError {
  const why =
    conf.when === undefined ? "it must set its output" : "it gives none when its condition does not hold";
  const message = `op "${name}" (${type}) ended the workflow without a response: ${why}`;
  return new ServeError(Code.opFailure, message, { details: { node: name } });
}
