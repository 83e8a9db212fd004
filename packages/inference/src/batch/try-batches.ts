import type { ModelConf, ModelSignature, Tensor, TensorMap } from "@paddlewheel/core";
import { systemClock } from "@paddlewheel/core/model";
import type { FluidFamilyCore } from "../core/fluid-family-core.js";
import { variedData } from "../engine/varied-inputs.js";
import { warmUpInputs } from "../engine/warm-up.js";
import type { BatchLayout } from "./batch-layout.js";
import { mergeRows, type RequestRows } from "./merge-rows.js";
import { splitRows } from "./split-rows.js";

/** What a trial of batches showed. */
export interface BatchTrial {
  /** Whether rows that run together get what they get alone. */
  readonly standsAlone: boolean;
  /** Rows that were timed together. */
  readonly rows: number;
  /** How many times longer they take one by one. */
  readonly gain: number;
  /** Why nothing could be tried. */
  readonly failure: string | undefined;
}

export interface TrialOptions {
  readonly signature: ModelSignature;
  readonly layout: BatchLayout;
  /** Conf of the model, for the sizes of made-up inputs. */
  readonly model: ModelConf | undefined;
  readonly maxRows: number;
  readonly now?: () => number;
}

type Core = Pick<FluidFamilyCore, "run">;

/** To be raised with every change of what is tried or how, also of made-up inputs: earlier trials are then made again. */
export const trialVersion = 1;

/** Kernels for one row and for many round differently; a model that mixes rows differs by far more. */
const tolerance = 1e-3;

/** Rows that are compared alone and together. */
const comparedRows = 3;

/** Rows that are timed together: matrix products have gained most of what they can by then. */
const timedRows = 8;

/** A run of at least this many milliseconds is timed with three rows, so that a slow model still loads soon. */
const slowRunMs = 10;

/** Runs of a kind that are timed; the fastest counts, as a neighbour on the machine only slows. */
const timedRuns = 3;

/**
 * Runs some made-up rows one by one and then at once: a softmax over the first axis, say, has an axis of rows and cannot be
 * batched. And it tells whether batches pay: a matrix product does several rows in the time of one, a convolution does not.
 */
export async function tryBatches(core: Core, options: TrialOptions): Promise<BatchTrial> {
  try {
    const requests = madeUpRequests(options, comparedRows);
    const standsAlone = await rowsStandAlone(core, requests, options.layout);
    const timed = standsAlone ? await timeBatch(core, options) : { rows: 1, gain: 1 };
    return { standsAlone, ...timed, failure: undefined };
  } catch (thrown) {
    return failedTrial(thrown);
  }
}

/** The trial of a model that cannot be tried. */
export function failedTrial(thrown: unknown): BatchTrial {
  const failure = thrown instanceof Error ? thrown.message : String(thrown);
  return { standsAlone: false, rows: 1, gain: 1, failure };
}

async function rowsStandAlone(
  core: Core,
  requests: readonly RequestRows[],
  layout: BatchLayout,
): Promise<boolean> {
  const alone: TensorMap[] = [];
  for (const { inputs } of requests) alone.push(await core.run(inputs));
  const outputs = await core.run(merge(requests, layout));
  const isWhole = [...outputs].every(
    ([name, { shape }]) => layout.sharedOutputs.has(name) || shape[0] === requests.length,
  );
  if (!isWhole) return false;
  const together = splitRows(outputs, requests, { layout, padValue: undefined });
  return alone.every((answer, i) => areAlike(answer, together[i]));
}

async function timeBatch(core: Core, options: TrialOptions): Promise<Pick<BatchTrial, "rows" | "gain">> {
  const { layout, maxRows, now = systemClock.now } = options;
  const [one] = madeUpRequests(options, 1);
  if (!one) throw new Error("no request was made up");
  const first = await timeMs(() => core.run(one.inputs), now);
  const rows = Math.min(maxRows, first >= slowRunMs ? comparedRows : timedRows);
  const together = merge(madeUpRequests(options, rows), layout);
  let oneMs = first;
  let togetherMs = Number.POSITIVE_INFINITY;
  // By turns: a neighbour that comes and goes slows both.
  for (let i = 0; i < timedRuns; i++) {
    togetherMs = Math.min(togetherMs, await timeMs(() => core.run(together), now));
    oneMs = Math.min(oneMs, await timeMs(() => core.run(one.inputs), now));
  }
  return { rows, gain: togetherMs > 0 ? (rows * oneMs) / togetherMs : rows };
}

async function timeMs(run: () => Promise<unknown>, now: () => number): Promise<number> {
  const startedAt = now();
  await run();
  return now() - startedAt;
}

function merge(requests: readonly RequestRows[], layout: BatchLayout): TensorMap {
  const allocate = (byteLength: number) => new ArrayBuffer(byteLength);
  return mergeRows(requests, { layout, padValue: undefined, allocate });
}

/** Requests of one row each; what all rows share is the same in all of them. */
function madeUpRequests({ signature, model, layout }: TrialOptions, count: number): readonly RequestRows[] {
  const zeros = warmUpInputs(signature, model);
  return Array.from({ length: count }, (_, i) => {
    const inputs = new Map<string, Tensor>(zeros);
    for (const name of layout.rowInputs) {
      const tensor = zeros.get(name);
      if (tensor) inputs.set(name, { ...tensor, data: variedData(tensor, i + 1) });
    }
    return { inputs, begin: 0, rows: 1 };
  });
}

function areAlike(a: TensorMap, b: TensorMap | undefined): boolean {
  return [...a].every(([name, tensor]) => {
    const other = b?.get(name);
    if (!other || other.data.length !== tensor.data.length) return false;
    for (let i = 0; i < tensor.data.length; i++) {
      if (!isAlike(tensor.data[i], other.data[i])) return false;
    }
    return true;
  });
}

function isAlike(a: unknown, b: unknown): boolean {
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Object.is(a, b) || Math.abs(a - b) <= tolerance * (1 + Math.abs(a));
}
