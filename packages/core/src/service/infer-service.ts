import type { Call } from "../call.js";
import { Code } from "../code.js";
import type { NodeTrace } from "../dag/dag-recorder.js";
import type { DagViewPool } from "../dag/dag-view-pool.js";
import type { NeededEngine, Workflow } from "../dag/workflow.js";
import type { InferManager } from "../engine/infer-manager.js";
import { type CallSpan, SpanKind } from "../observe/call-trace.js";
import { errorAttributes } from "../observe/error-attributes.js";
import type { Histogram } from "../observe/metrics.js";
import type { OpEnvironment } from "../op/op.js";
import { quoteValue } from "../quote-value.js";
import { type ErrorDetails, ServeError } from "../serve-error.js";
import { settle } from "../settle.js";
import type { Merger } from "./merger.js";
import type { InferServiceConf, WorkflowMap } from "./service-conf.js";

export interface InferServiceOptions {
  readonly conf: InferServiceConf;
  /** By name; must hold every workflow the conf names. */
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly merger: Merger;
  readonly environment: OpEnvironment;
}

/** What each node of each workflow did for one request. */
export interface ServiceTrace {
  readonly workflows: readonly { readonly name: string; readonly nodes: readonly NodeTrace[] }[];
}

/** How a service is to run a request. */
interface AskedRun {
  readonly call: Call;
  readonly startedAt?: number | undefined;
  readonly traceOf?: (workflow: string) => NodeTrace[];
}

/** A request that a service has begun. */
interface Began {
  readonly call: Call;
  readonly startedAt: number;
  readonly span: CallSpan | undefined;
}

/**
 * Runs one workflow of a service for the request at hand, as a part of the given call. It starts now, unless `startedAt`
 * says so for who has just read the clock.
 */
export type RunWorkflow = (name: string, call: Call, startedAt?: number) => unknown;

/** What `InferService` knows of the request whose workflows are to run. */
export interface WorkflowRun {
  readonly call: Call;
  readonly startedAt: number;
  readonly run: RunWorkflow;
}

/**
 * A service bound to its workflows: runs them on the same request, one after the other, and merges what they give in the
 * order of conf. `createInferService` makes the kind that conf asks for.
 */
export class InferService {
  readonly conf: InferServiceConf;
  protected readonly merger: Merger;
  readonly #pools = new Map<string, DagViewPool>();
  readonly #latency: Histogram;
  readonly #inferManager: InferManager;
  /** Without them no request can be answered. */
  readonly #neededEngines: readonly NeededEngine[];

  /** @throws ServeError invalidConf when a workflow is missing. */
  constructor(options: InferServiceOptions) {
    this.conf = options.conf;
    this.merger = options.merger;
    this.#latency = options.environment.metrics.histogram({
      name: "paddlewheel_service_seconds",
      help: "Time a service took for one request, failed ones included.",
      labels: { service: this.name },
    });
    this.#inferManager = options.environment.inferManager;
    const { workflowMap, workflows } = options.conf;
    this.#neededEngines = workflowMap
      ? []
      : workflows.flatMap((name) => options.workflows.get(name)?.neededEngines ?? []);
    for (const name of workflowNames(options.conf)) {
      const workflow = options.workflows.get(name);
      if (!workflow) {
        throw new ServeError(
          Code.invalidConf,
          `service "${this.name}" names workflow "${name}", which does not exist`,
        );
      }
      this.#pools.set(name, workflow.openFor(this.name, options.environment));
    }
  }

  get name(): string {
    return this.conf.name;
  }

  /** Every workflow this service may run. */
  get workflowNames(): readonly string[] {
    return [...this.#pools.keys()];
  }

  /** @throws ServeError, with the workflow and node in its details when an Op is at fault. */
  async inference(request: object, call: Call): Promise<object> {
    return await this.#run(request, { call });
  }

  /**
   * As `inference`, at once where every Op answers at once: then no promise is made.
   * @param startedAt for who has just read the call's clock
   */
  answer(request: object, call: Call, startedAt?: number): object | PromiseLike<object> {
    return this.#run(request, { call, startedAt });
  }

  /**
   * Why no request can be answered now, before it is read: an engine that each of them needs refuses all. Counts as
   * refused there.
   */
  refusal(call: Call): ServeError | undefined {
    for (const { name, version } of this.#neededEngines) {
      const refusal = this.#inferManager.refusal?.(name, { call, version });
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** Who makes the answer to a request, for what is wrong with that: the last node, where it is of one workflow. */
  answererOf(request: object): ErrorDetails {
    const [workflow = "", ...others] = this.#workflowsOf(request);
    if (others.length > 0) return { service: this.name };
    return { service: this.name, workflow, node: this.#pool(workflow).lastNode };
  }

  /** As `inference`, and tells what each node did, also when the request fails. */
  debug(request: object, call: Call): { response: Promise<object>; trace: ServiceTrace } {
    const workflows: { name: string; nodes: NodeTrace[] }[] = [];
    const traceOf = (name: string): NodeTrace[] => {
      const nodes: NodeTrace[] = [];
      workflows.push({ name, nodes });
      return nodes;
    };
    const response = (async () => await this.#run(request, { call, traceOf }))();
    return { response, trace: { workflows } };
  }

  /** Runs the workflows for one call and merges their responses; `ParallelInferService` does it in its own way. */
  protected runWorkflows(names: readonly string[], work: WorkflowRun): object | PromiseLike<object> {
    const [only] = names;
    const { call, startedAt, run } = work;
    if (only === undefined || names.length > 1) return this.#runInTurn(names, work);
    return run(only, call, startedAt) as object | PromiseLike<object>;
  }

  async #runInTurn(names: readonly string[], { call, run }: WorkflowRun): Promise<object> {
    let merged: object | undefined;
    for (const name of names) {
      const part = (await run(name, call)) as object;
      merged = merged ? this.merger.merge(merged, part) : part;
    }
    return merged ?? this.refuseNoWorkflow();
  }

  protected refuseNoWorkflow(): never {
    throw new ServeError(Code.internal, `service "${this.name}" has no workflow to run`);
  }

  #run(request: object, asked: AskedRun): object | PromiseLike<object> {
    const { call, startedAt = call.clock.now(), traceOf } = asked;
    const span = call.trace?.begin({ kind: SpanKind.service, name: this.name, startedAt });
    const began = { call, startedAt, span };
    const run: RunWorkflow = (name, part, startedAt) =>
      this.#pool(name).run({ request, call: part, trace: traceOf?.(name), span, startedAt });
    return settle(
      () => this.runWorkflows(this.#workflowsOf(request), { call, startedAt, run }),
      (response) => this.#succeeded(began, response),
      (thrown) => this.#failed(began, thrown),
    );
  }

  #succeeded(began: Began, response: object): object {
    this.#ended(began, undefined);
    return response;
  }

  #failed(began: Began, thrown: unknown): never {
    const error = ServeError.from(thrown).withDetails({ service: this.name });
    this.#ended(began, error);
    throw error;
  }

  #ended({ call, startedAt, span }: Began, error: ServeError | undefined): void {
    const now = call.clock.now();
    this.#latency.observe((now - startedAt) / 1000);
    if (span) call.trace?.end(span, now, errorAttributes(error));
  }

  #workflowsOf(request: object): readonly string[] {
    const { workflowMap, workflows } = this.conf;
    if (!workflowMap) return workflows;
    const value: unknown = Reflect.get(request, workflowMap.requestField);
    const mapped = typeof value === "string" ? workflowMap.workflows.get(value) : undefined;
    if (mapped) return mapped;
    const known = [...workflowMap.workflows.keys()].map((key) => `"${key}"`).join(", ");
    throw new ServeError(
      Code.invalidArgument,
      `${workflowMap.requestField}: ${quoteValue(value)} is mapped to no workflow, must be one of ${known}`,
    );
  }

  #pool(name: string): DagViewPool {
    const pool = this.#pools.get(name);
    if (!pool)
      throw new ServeError(Code.internal, `service "${this.name}" has not opened workflow "${name}"`);
    return pool;
  }
}

/** Every workflow a service may run, each once. */
function workflowNames({
  workflows,
  workflowMap,
}: {
  workflows: readonly string[];
  workflowMap: WorkflowMap | undefined;
}): Set<string> {
  return new Set([...workflows, ...[...(workflowMap?.workflows.values() ?? [])].flat()]);
}
