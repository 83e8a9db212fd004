import type { Call } from "../call.js";
import { type CallSpan, type SpanAttributes, SpanKind } from "../observe/call-trace.js";
import { errorAttributes } from "../observe/error-attributes.js";
import type { ServeError } from "../serve-error.js";
import type { DagBlueprint } from "./dag-blueprint.js";
import type { DagNode } from "./plan-dag.js";

/** What one node did in one request, for `debug`. Fallbacks that were not needed are left out. */
export interface NodeTrace {
  readonly node: DagNode;
  /** Milliseconds from the start of the workflow. */
  readonly startMs: number;
  readonly durationMs: number;
  /** The node's output; undefined when it gave none. */
  readonly output: unknown;
  /** True when the condition of the node did not hold. */
  readonly isSkipped?: boolean;
  /** How the node failed, whether or not a fallback gave its output then. */
  readonly error?: ServeError | undefined;
}

/** How a node ended. */
interface NodeEnd {
  readonly output: unknown;
  readonly error: ServeError | undefined;
  /** Name of the node that was called to stand in for it. */
  readonly fallback: string | undefined;
}

/** Where the executions of one DagView are measured and traced. Nodes are given by their index in the plan. */
export class DagRecorder {
  readonly #blueprint: DagBlueprint;
  /** Nodes of each stage that have not ended yet, to know when the stage has. */
  readonly #stageLeft: Uint32Array;
  /** NaN until a node of the stage starts. */
  readonly #stageStart: Float64Array;
  readonly #nodeStart: Float64Array;
  #startedAt = 0;
  #call: Call | undefined;
  #nodes: NodeTrace[] | undefined;
  #span: CallSpan | undefined;
  /** Of the nodes, when the call is traced. */
  #spans: (CallSpan | undefined)[] | undefined;

  constructor(blueprint: DagBlueprint) {
    const { stages, nodes } = blueprint.plan;
    this.#blueprint = blueprint;
    this.#stageLeft = new Uint32Array(stages.length);
    this.#stageStart = new Float64Array(stages.length);
    this.#nodeStart = new Float64Array(nodes.length);
  }

  /** `nodes` collects what each node did, `span` is what the workflow's span belongs to. */
  begin(call: Call, nodes: NodeTrace[] | undefined, span: CallSpan | undefined): void {
    const { stages, name } = this.#blueprint.plan;
    this.#startedAt = call.startedAt;
    this.#call = call;
    this.#nodes = nodes;
    for (let i = 0; i < stages.length; i++) {
      this.#stageLeft[i] = stages[i]?.length ?? 0;
      this.#stageStart[i] = Number.NaN;
    }
    if (!call.trace) return;
    this.#spans = [];
    const { startedAt } = call;
    this.#span = call.trace.begin({ kind: SpanKind.workflow, name, parent: span, startedAt });
  }

  /** Gives the node's span when the call is traced. */
  nodeStarted(index: number, now: number): CallSpan | undefined {
    const stage = this.#blueprint.plan.nodes[index]?.stage ?? 0;
    this.#nodeStart[index] = now;
    if (Number.isNaN(this.#stageStart[stage])) this.#stageStart[stage] = now;
    return this.#spans && this.#beginSpan(index, now);
  }

  /** A node that started has ended; gives when, on the clock of the call. */
  nodeEnded(index: number, { output, error, fallback }: NodeEnd): number {
    const now = this.#now();
    const start = this.#nodeStart[index] ?? now;
    this.#blueprint.metrics.ops[index]?.observe((now - start) / 1000);
    this.#leaveStage(index, now);
    if (this.#spans) {
      this.#endSpan(index, now, {
        ...errorAttributes(error),
        ...(fallback === undefined ? {} : { fallback }),
      });
    }
    const node = this.#nodes && this.#blueprint.plan.nodes[index];
    const startMs = start - this.#startedAt;
    if (node)
      this.#nodes?.push({ node, startMs, durationMs: now - start, output, ...(error ? { error } : {}) });
    return now;
  }

  /** The condition of a node did not hold. */
  nodeSkipped(index: number, now: number): void {
    this.#blueprint.metrics.skips[index]?.increment();
    this.#leaveStage(index, now);
    if (this.#spans) {
      this.#beginSpan(index, now);
      this.#endSpan(index, now, { skipped: true });
    }
    const node = this.#nodes && this.#blueprint.plan.nodes[index];
    if (!node) return;
    const startMs = now - this.#startedAt;
    this.#nodes?.push({ node, startMs, durationMs: 0, output: undefined, isSkipped: true });
  }

  /** A fallback is not needed in this request. */
  nodeNotNeeded(index: number, now: number): void {
    this.#leaveStage(index, now);
  }

  /** The request is answered; nodes still at work are recorded all the same when they end. */
  answered(error: ServeError | undefined, now: number): void {
    this.#blueprint.metrics.workflow.observe((now - this.#startedAt) / 1000);
    if (this.#span) this.#call?.trace?.end(this.#span, now, errorAttributes(error));
  }

  /** Forgets the request. */
  release(): void {
    this.#call = undefined;
    this.#nodes = undefined;
    this.#span = undefined;
    this.#spans = undefined;
  }

  #now(): number {
    return this.#call?.clock.now() ?? 0;
  }

  /** A stage is measured when its last node has ended, if any of them ran. */
  #leaveStage(index: number, now: number): void {
    const stage = this.#blueprint.plan.nodes[index]?.stage ?? 0;
    const left = (this.#stageLeft[stage] ?? 0) - 1;
    this.#stageLeft[stage] = left;
    const start = this.#stageStart[stage] ?? Number.NaN;
    if (left > 0 || Number.isNaN(start)) return;
    this.#blueprint.metrics.stages[stage]?.observe((now - start) / 1000);
  }

  #beginSpan(index: number, startedAt: number): CallSpan | undefined {
    const name = this.#blueprint.plan.nodes[index]?.name ?? "";
    const span = this.#call?.trace?.begin({ kind: SpanKind.node, name, parent: this.#span, startedAt });
    if (this.#spans) this.#spans[index] = span;
    return span;
  }

  #endSpan(index: number, endedAt: number, attributes: SpanAttributes): void {
    const span = this.#spans?.[index];
    const { nodes } = this.#blueprint.plan;
    const { stage = 0, type = "", standsInFor } = nodes[index] ?? {};
    const principal = nodes.find(({ id }) => id === standsInFor);
    const stands = principal ? { standsInFor: principal.name } : {};
    if (span) this.#call?.trace?.end(span, endedAt, { stage, type, ...stands, ...attributes });
  }
}
