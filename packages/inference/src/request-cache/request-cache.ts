import type { TensorMap } from "@paddlewheel/core";
import type { BudgetShare, CacheBudget } from "./cache-budget.js";
import { areSameTensors, bytesOfTensors, copyTensors } from "./tensor-copies.js";

/** What a result takes beside its tensors; measured, see docs/request-cache.md. */
const entryOverhead = 400;

/** Inputs of a run, and their hash. */
export interface CacheKey {
  readonly hash: number;
  readonly inputs: TensorMap;
}

const noTensors: TensorMap = new Map();

interface Entry extends BudgetShare {
  readonly key: CacheKey;
  readonly outputs: TensorMap;
}

/** Whether a result was kept, and how many others had to leave for it. */
export type KeepOutcome = { readonly isKept: false } | { readonly isKept: true; readonly evicted: number };

/**
 * The results of one model version, by exact inputs. There is one entry for each hash: of two inputs that share one, the
 * later takes the place of the earlier, so that whoever makes such inputs makes no look-up slow.
 */
export class RequestCache {
  readonly #budget: CacheBudget;
  readonly #entries = new Map<number, Entry>();

  constructor(budget: CacheBudget) {
    this.#budget = budget;
  }

  /** Whether a result of these inputs might be kept, as far as it depends on them. */
  mayKeep(inputs: TensorMap): boolean {
    return bytesOfResult(inputs, noTensors) <= this.#budget.maxShareBytes;
  }

  /** A copy of the outputs these inputs gave: whoever gets it may change it. */
  find({ hash, inputs }: CacheKey): TensorMap | undefined {
    const entry = this.#entries.get(hash);
    if (!entry || !areSameTensors(entry.key.inputs, inputs)) return undefined;
    this.#budget.touch(entry);
    return copyTensors(entry.outputs);
  }

  /** Keeps a copy of the outputs. The inputs must be nobody's any more. */
  keep(key: CacheKey, outputs: TensorMap): KeepOutcome {
    const { hash, inputs } = key;
    const bytes = bytesOfResult(inputs, outputs);
    if (bytes > this.#budget.maxShareBytes) return { isKept: false };
    const before = this.#entries.get(hash);
    if (before) this.#budget.remove(before);
    const evict = (): void => void this.#entries.delete(hash);
    const entry: Entry = {
      key,
      outputs: copyTensors(outputs),
      bytes,
      evict,
      newer: undefined,
      older: undefined,
    };
    this.#entries.set(hash, entry);
    return { isKept: true, evicted: this.#budget.add(entry) };
  }

  clear(): void {
    for (const entry of this.#entries.values()) this.#budget.remove(entry);
    this.#entries.clear();
  }
}

/** Memory that a result takes when it is kept, in bytes: inputs, outputs, and what holds them together. */
export function bytesOfResult(inputs: TensorMap, outputs: TensorMap): number {
  return entryOverhead + bytesOfTensors(inputs) + bytesOfTensors(outputs);
}
