import {
  formatModelVersion,
  type InferEngineInfo,
  type InferOptions,
  type ModelConf,
  type ModelSignature,
  type TensorMap,
} from "@paddlewheel/core";
import type { PreparedModel } from "../cache/model-cache.js";
import type { Executor } from "../run/executor.js";
import { RunSpans } from "../run/run-spans.js";
import { checkInputs } from "./check-inputs.js";
import type { PlacementPlan } from "./plan-placement.js";
import type { WarmUp } from "./warm-up.js";

/** Where a model runs, and why there. */
export type EnginePlacement = Exclude<PlacementPlan, { kind: "measure" }>;

/** How requests merge to runs, and why so. */
export interface EngineBatching {
  /** Rows that one run may be merged from; 1 when runs are not merged. */
  readonly maxRows: number;
  readonly reason: string;
}

/** One loaded version of a model. */
export interface LoadedStatus extends InferEngineInfo {
  readonly type: string;
  readonly placement: EnginePlacement;
  /** Whether at least one copy of the model can run. */
  readonly isReady: boolean;
  /** Copies of the model that can run; one per worker. */
  readonly copies: number;
  /** Ids of the worker processes of these copies; none where they run in this process. */
  readonly pids: readonly number[];
  readonly batching: EngineBatching;
  readonly waiting: number;
  readonly running: number;
  /** Milliseconds until the model was loaded, of the slowest copy; the warm-up comes on top. */
  readonly loadMs: number;
  readonly warmUp: WarmUp;
  /** What the operator should know of the load. */
  readonly warning: string | undefined;
  /** Whether copies share the weights of a prepared model. */
  readonly isPrepared: boolean;
}

export interface InferEngineOptions {
  readonly name: string;
  readonly version: string;
  readonly revision: string | undefined;
  /** Whether answers tell the version: not where there is only ever one. */
  readonly isReported: boolean;
  readonly type: string;
  readonly model: ModelConf;
  readonly placement: EnginePlacement;
  readonly executor: Executor;
  /** The prepared form of the model that its copies have open, if they have. */
  readonly prepared: PreparedModel | undefined;
  /** Gives back what its copies have open, the prepared model too; called once they are closed, maybe again. */
  readonly release: () => Promise<void>;
}

/** One loaded version of a model: checks what it is given, and lets it run where it was placed. */
export class InferEngine implements InferEngineInfo {
  readonly name: string;
  readonly version: string;
  readonly revision: string | undefined;
  readonly signature: ModelSignature;
  readonly model: ModelConf;
  readonly executor: Executor;
  readonly #options: InferEngineOptions;
  /** What answers tell of the version; undefined when they tell nothing. */
  readonly #report: string | undefined;

  constructor(options: InferEngineOptions) {
    this.name = options.name;
    this.version = options.version;
    this.revision = options.revision;
    this.signature = options.executor.report.signature;
    this.model = options.model;
    this.executor = options.executor;
    this.#options = options;
    const { name, version, revision, isReported } = options;
    this.#report = isReported ? formatModelVersion(name, version, revision) : undefined;
  }

  /** See `InferManager.infer`; a refusal of the inputs is thrown at once. */
  infer(inputs: TensorMap, options: InferOptions = {}): Promise<TensorMap> {
    checkInputs(this.name, this.signature, inputs);
    if (this.#report !== undefined) options.call?.noteVersion(this.#report);
    return this.executor.run(inputs, options.call, this.#spans(options));
  }

  /** The same version, whose runs go to what `wrap` makes of its executor; who closes it closes this one. */
  behind(wrap: (executor: Executor) => Executor): InferEngine {
    return new InferEngine({ ...this.#options, executor: wrap(this.executor) });
  }

  /** Whether at least one copy of the model can run. */
  get isReady(): boolean {
    return this.executor.copies > 0;
  }

  status(): LoadedStatus {
    const { executor, prepared, isReported: _, release: __, ...identity } = this.#options;
    const { copies, pids, waiting, running, report } = executor;
    const { policy, reason } = executor.batching;
    const batching = { maxRows: policy.maxRows, reason };
    const isPrepared = prepared !== undefined && report.warning === undefined;
    const now = { isReady: copies > 0, copies, pids, batching, waiting, running };
    return { ...identity, ...report, isPrepared, ...now };
  }

  /** Takes no new runs, waits for those there are, gives the model back. Idempotent. */
  async close(): Promise<void> {
    await this.executor.close();
    await this.#options.release();
  }

  #spans({ call, span: parent }: InferOptions): RunSpans | undefined {
    if (!call?.trace) return undefined;
    const { name: engine, version, revision, placement } = this.#options;
    const where = { trace: call.trace, parent, engine, placement: placement.kind };
    return new RunSpans({ ...where, version, revision });
  }
}
