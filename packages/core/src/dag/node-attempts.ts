import type { Call } from "../call.js";
import { Code } from "../code.js";
import { type CallSpan, SpanKind } from "../observe/call-trace.js";
import { errorAttributes } from "../observe/error-attributes.js";
import type { Counter } from "../observe/metrics.js";
import type { Bus } from "../op/bus.js";
import type { Channel } from "../op/channel.js";
import { ServeError } from "../serve-error.js";
import type { NodePlace, NodeRunner, OnRunEnd } from "./node-runner.js";
import type { OpInstance, OpInstances } from "./op-instances.js";
import type { DagNode } from "./plan-dag.js";

export interface NodeAttemptsOptions {
  readonly node: DagNode;
  readonly place: NodePlace;
  readonly instances: OpInstances;
  /** Where the Op's inputs stand. */
  readonly inputs: Bus;
  /** Where the output of the attempt that succeeds goes. */
  readonly output: Channel;
  readonly retries: Counter | undefined;
  readonly onEnd: OnRunEnd;
}

/** What `start` was given. */
interface Task {
  readonly call: Call;
  readonly span: CallSpan | undefined;
  readonly failure: ServeError | undefined;
}

/** Failures that another run may mend; `deadlineExceeded` is the node's own time, or that of a peer its Op asked. */
const retryable: ReadonlySet<Code> = new Set<Code>([
  Code.unavailable,
  Code.resourceExhausted,
  Code.internal,
  Code.opFailure,
  Code.deadlineExceeded,
]);

/**
 * Runs an Op until it succeeds or may not be tried again. Each attempt is an instance of its own, with a child of the
 * call: when the attempt's time is over, or the call stops, the attempt ends at once, whatever its Op goes on to do. Only
 * what a successful attempt wrote reaches the output.
 */
export class NodeAttempts implements NodeRunner {
  readonly #options: NodeAttemptsOptions;
  readonly #timeoutMessage: string;
  #task: Task | undefined;
  #attempts = 0;
  #instance: OpInstance | undefined;
  #attemptCall: Call | undefined;
  #span: CallSpan | undefined;
  readonly #onInstanceEnd = (error: ServeError | undefined): void => this.#endAttempt(error);

  constructor(options: NodeAttemptsOptions) {
    const { name, type, conf } = options.node;
    this.#options = options;
    this.#timeoutMessage = `op "${name}" (${type}) took longer than its timeout_ms, ${conf.timeoutMs}`;
  }

  start(call: Call, span?: CallSpan, failure?: ServeError): void {
    this.#task = { call, span, failure };
    this.#attempts = 0;
    this.#startAttempt(this.#task);
  }

  release(): void {
    this.#instance?.release();
    this.#instance = undefined;
  }

  #startAttempt(task: Task): void {
    const { instances, inputs, node } = this.#options;
    const { timeoutMs } = node.conf;
    const call = task.call.child({ timeoutMs, timeoutMessage: this.#timeoutMessage });
    this.#attempts++;
    this.#attemptCall = call;
    this.#span = this.#beginSpan(task);
    const stopReason = call.stopReason;
    if (stopReason) {
      this.#endAttempt(stopReason);
      return;
    }
    try {
      this.#instance = instances.take();
    } catch (error) {
      this.#endAttempt(ServeError.from(error));
      return;
    }
    this.#instance.start({
      inputs,
      call,
      span: this.#span,
      failure: task.failure,
      onEnd: this.#onInstanceEnd,
    });
    if (this.#attemptCall === call) call.onStop((reason) => this.#abandon(call, reason));
  }

  #abandon(call: Call, reason: ServeError): void {
    if (this.#attemptCall !== call) return;
    this.#instance?.abandon();
    this.#instance = undefined;
    this.#endAttempt(reason);
  }

  #endAttempt(error: ServeError | undefined): void {
    const call = this.#attemptCall;
    const task = this.#task;
    if (!call || !task) return;
    this.#attemptCall = undefined;
    if (this.#span !== task.span) this.#endSpan(task, error);
    if (!error) {
      call.finish();
      this.#options.output.data = this.#instance?.takeOutput();
      this.#end(undefined);
      return;
    }
    // What the Op left at work for this attempt stops.
    call.cancel("this attempt has failed");
    this.release();
    if (this.#mayRetry(task, error)) this.#retry(task);
    else this.#end(error.withDetails(this.#options.place));
  }

  #end(error: ServeError | undefined): void {
    this.#task = undefined;
    this.#span = undefined;
    this.#options.onEnd(error);
  }

  #mayRetry({ call }: Task, { code }: ServeError): boolean {
    const { retries = 0, retryBackoffMs = 0 } = this.#options.node.conf;
    if (this.#attempts > retries || !retryable.has(code)) return false;
    const now = call.clock.now();
    return !call.stopReasonAt(now) && now + retryBackoffMs < call.deadline;
  }

  #retry(task: Task): void {
    const { retryBackoffMs = 0 } = this.#options.node.conf;
    const { call } = task;
    this.#options.retries?.increment();
    if (retryBackoffMs === 0) {
      this.#startAttempt(task);
      return;
    }
    const timer = call.clock.setTimer(() => {
      forget();
      this.#startAttempt(task);
    }, retryBackoffMs);
    const forget = call.onStop((reason) => {
      timer.cancel();
      this.#end(reason.withDetails(this.#options.place));
    });
  }

  /** Attempts of a node that may have several get spans of their own. */
  #beginSpan({ call, span }: Task): CallSpan | undefined {
    const { name, conf } = this.#options.node;
    if (!call.trace || !conf.retries) return span;
    return call.trace.begin({ kind: SpanKind.node, name, parent: span, startedAt: call.clock.now() });
  }

  #endSpan({ call }: Task, error: ServeError | undefined): void {
    if (!this.#span) return;
    call.trace?.end(this.#span, call.clock.now(), { attempt: this.#attempts, ...errorAttributes(error) });
  }
}
