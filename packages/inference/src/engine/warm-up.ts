import type { DType, ModelConf, ModelSignature, Tensor, TensorData, VarSignature } from "@paddlewheel/core";
import { dtypeTable, elementCount } from "@paddlewheel/core/model";
import type { FluidFamilyCore } from "../core/fluid-family-core.js";
import { isUnranked } from "./axes.js";

/** What the first runs of a loaded model showed. */
export interface WarmUp {
  /** Median of the timed runs; undefined when the model could not be run on made-up inputs. */
  readonly runMicros: number | undefined;
  readonly ms: number;
  /** Why it could not. The model may still do well on real inputs. */
  readonly failure: string | undefined;
}

/** To be raised with every change of what is run or how it is timed: what was measured before is then measured again. */
export const warmUpVersion = 1;

export const warmUpLimits = {
  /** Timed runs end after this many milliseconds: a thousand runs of a tiny model, one of a large one. */
  budgetMs: 20,
  /** An odd number: the median is then a run that took place. */
  maxRuns: 31,
  /** Elements of one made-up input (64 MiB of float32): a model that declares more is not run on zeros. */
  maxElements: 16_777_216,
} as const;

/**
 * Runs a loaded model on zeros: the first run pays for what the runtime does lazily and is not counted, the others
 * tell how long a run takes.
 */
export async function warmUp(
  core: Pick<FluidFamilyCore, "run">,
  inputs: () => Map<string, Tensor>,
  now: () => number,
): Promise<WarmUp> {
  const startedAt = now();
  try {
    const zeros = inputs();
    await core.run(zeros);
    const runMs = await timeRuns(() => core.run(zeros), now);
    return { runMicros: median(runMs) * 1000, ms: now() - startedAt, failure: undefined };
  } catch (thrown) {
    const failure = thrown instanceof Error ? thrown.message : String(thrown);
    return { runMicros: undefined, ms: now() - startedAt, failure };
  }
}

async function timeRuns(run: () => Promise<unknown>, now: () => number): Promise<number[]> {
  const startedAt = now();
  const times: number[] = [];
  let before = startedAt;
  while (times.length < warmUpLimits.maxRuns && before - startedAt < warmUpLimits.budgetMs) {
    await run();
    const after = now();
    times.push(after - before);
    before = after;
  }
  return times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/**
 * Zeros (empty strings) for every input of a model. A free axis gets the size conf gives it, else 1; axes of one name
 * get one size.
 * @throws Error when an input would be too large to make up.
 */
export function warmUpInputs(signature: ModelSignature, model?: ModelConf): Map<string, Tensor> {
  const sizes = new Map<string, number>();
  return new Map(
    signature.inputs.map((declared) => {
      const shape = warmUpShape(declared, sizes, model);
      return [declared.name, zeros(declared, shape)];
    }),
  );
}

function warmUpShape(
  { name, shape }: VarSignature,
  sizes: Map<string, number>,
  model: ModelConf | undefined,
): number[] {
  if (isUnranked(shape)) return [1];
  const conf = model?.feedVars.find((feedVar) => feedVar.name === name);
  // Conf leaves out the batch axis, and in some dialects other axes: only where the counts match can it help.
  const confShape = conf && conf.shape.length === shape.length - 1 ? conf.shape : [];
  return shape.map((axis, i) => {
    if (typeof axis === "number") return axis;
    const size = sizes.get(axis) ?? Math.max(confShape[i - 1] ?? 1, 1);
    sizes.set(axis, size);
    return size;
  });
}

function zeros({ name, dtype }: VarSignature, shape: readonly number[]): Tensor {
  const count = elementCount(shape, `input "${name}"`);
  if (count > warmUpLimits.maxElements) {
    throw new Error(`input "${name}" has ${count} elements, too many to warm up with`);
  }
  return { dtype, shape, data: zeroData(dtype, count) };
}

function zeroData(dtype: DType, count: number): TensorData {
  const { arrayType, arrayStride } = dtypeTable[dtype];
  return arrayType ? new arrayType(count * arrayStride) : new Array<string>(count).fill("");
}
