import { type Call, type Clock, Code, Priority, ServeError, type TensorMap } from "@paddlewheel/core";
import { isMoreUrgent } from "../batch/waiting-line.js";
import type { RunSpans } from "../run/run-spans.js";
import type { CacheKey } from "./request-cache.js";
import { areSameTensors, copyTensors } from "./tensor-copies.js";

/** Who wants the answer of a run. */
export interface RunCaller {
  readonly call: Call | undefined;
  readonly spans: RunSpans | undefined;
}

export interface SharedRunsOptions {
  readonly clock: Clock;
  readonly run: (inputs: TensorMap, call?: Call, spans?: RunSpans) => Promise<TensorMap>;
  /** A run has given its outputs; nobody has them yet. */
  readonly onAnswer: (key: CacheKey, outputs: TensorMap) => void;
  /** Callers that may wait for the runs of others. */
  readonly maxFollowers: number;
  /** There are as many already: the error of who is one too many. */
  readonly refuse: () => ServeError;
}

/** Waits for the run of another. */
interface Follower extends RunCaller {
  readonly resolve: (outputs: TensorMap | PromiseLike<TensorMap>) => void;
  readonly reject: (reason: unknown) => void;
  /** Stops listening to the call. */
  forget: (() => void) | undefined;
}

interface SharedRun {
  readonly key: CacheKey;
  readonly followers: Set<Follower>;
  /** Of the call that leads. */
  priority: Priority;
}

/**
 * Runs under way, and who waits for the same answers. A run belongs to one caller, its leader, by whose deadline and
 * priority it waits in line. When the leader stops, the first of its followers leads a run of its own; any other failure
 * is that of the inputs or of the engine, and everybody's.
 */
export class SharedRuns {
  readonly #options: SharedRunsOptions;
  /** By hash. Of two inputs with one hash the run of the first is here. */
  readonly #runs = new Map<number, SharedRun>();
  #followers = 0;
  #onEmpty: (() => void) | undefined;

  constructor(options: SharedRunsOptions) {
    this.#options = options;
  }

  /** Callers that wait for the runs of others. */
  get followers(): number {
    return this.#followers;
  }

  /**
   * The outputs of a run of the same inputs that is under way, as a copy. Undefined when there is none, or only one that
   * is less urgent: who waited for it would give up its place in the line.
   * @throws ServeError, by the promise, of `refuse`; the reason of a call that stops.
   */
  follow({ hash, inputs }: CacheKey, caller: RunCaller): Promise<TensorMap> | undefined {
    const run = this.#runs.get(hash);
    if (!run || isMoreUrgent(priorityOf(caller), run.priority)) return undefined;
    if (!areSameTensors(run.key.inputs, inputs)) return undefined;
    const { maxFollowers, refuse } = this.#options;
    if (this.#followers >= maxFollowers) return Promise.reject(refuse());
    return new Promise((resolve, reject) => {
      const follower: Follower = { ...caller, resolve, reject, forget: undefined };
      run.followers.add(follower);
      this.#followers++;
      follower.forget = caller.call?.onStop((reason) => {
        this.#release(run, follower);
        reject(reason);
      });
    });
  }

  /** Runs inputs that are nobody else's; others may follow. */
  lead(key: CacheKey, leader: RunCaller): Promise<TensorMap> {
    const run = { key, followers: new Set<Follower>(), priority: priorityOf(leader) };
    if (!this.#runs.has(key.hash)) this.#runs.set(key.hash, run);
    return this.#run(run, leader);
  }

  /** Resolves when no run is under way that others may follow. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      this.#checkEmpty();
    });
  }

  async #run(run: SharedRun, leader: RunCaller): Promise<TensorMap> {
    run.priority = priorityOf(leader);
    try {
      const outputs = await this.#options.run(run.key.inputs, leader.call, leader.spans);
      this.#answer(run, outputs);
      return outputs;
    } catch (thrown) {
      this.#fail(run, thrown);
      throw thrown;
    }
  }

  #answer(run: SharedRun, outputs: TensorMap): void {
    this.#end(run);
    this.#options.onAnswer(run.key, outputs);
    for (const follower of run.followers) {
      const own = copyTensors(outputs);
      this.#release(run, follower);
      follower.resolve(own);
    }
  }

  #fail(run: SharedRun, thrown: unknown): void {
    const [next] = run.followers;
    if (next && isOfLeader(thrown)) {
      this.#release(run, next);
      next.resolve(this.#run(run, next));
      return;
    }
    this.#end(run);
    for (const follower of run.followers) {
      this.#release(run, follower);
      follower.reject(thrown);
    }
  }

  #release(run: SharedRun, follower: Follower): void {
    if (!run.followers.delete(follower)) return;
    this.#followers--;
    follower.forget?.();
    follower.spans?.endCache(this.#options.clock.now(), "shared");
  }

  #end(run: SharedRun): void {
    const { hash } = run.key;
    if (this.#runs.get(hash) === run) this.#runs.delete(hash);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#runs.size === 0) this.#onEmpty?.();
  }
}

/** Whether a run failed by what its leader wants, a place in the line before its deadline say. */
function isOfLeader(thrown: unknown): boolean {
  const { code } = ServeError.from(thrown);
  return code === Code.cancelled || code === Code.deadlineExceeded;
}

function priorityOf({ call }: RunCaller): Priority {
  return call?.priority ?? Priority.normal;
}
