import { Code, ServeError, type Tensor } from "@paddlewheel/core";

/**
 * Most ids of a request after padding, which multiplies: one long text among many short ones. A model makes a vector of
 * each, so that these 8 MiB become half a gigabyte with 128 numbers each.
 */
export const maxPaddedIds: number = 2 ** 20;

export interface TextInstance {
  readonly ids: readonly bigint[];
}

/** Texts as tensors. */
export interface PaddedIds {
  /** int64 `[texts, longest]`, with 0 after the end of each shorter text. */
  readonly ids: Tensor;
  /** int64 `[texts]`. */
  readonly lengths: Tensor;
}

/**
 * Lays texts of any lengths into one tensor.
 * @throws ServeError invalidArgument that names the field: no texts, an empty one, a negative id, too many in all.
 */
export function padIds(instances: readonly TextInstance[]): PaddedIds {
  checkTexts(instances);
  const lengths = instances.map(({ ids }) => ids.length);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  const shape = [instances.length, longest];
  const count = instances.length * longest;
  if (count > maxPaddedIds) {
    const what = `have ${count} ids when each is padded to the longest, [${shape.join(", ")}], at most ${maxPaddedIds} are allowed`;
    throw invalid("instances", what);
  }
  const data = new BigInt64Array(count);
  for (const [i, { ids }] of instances.entries()) data.set(ids, i * longest);
  return {
    ids: { dtype: "int64", shape, data },
    lengths: { dtype: "int64", shape: [instances.length], data: BigInt64Array.from(lengths, BigInt) },
  };
}

function checkTexts(instances: readonly TextInstance[]): void {
  if (instances.length === 0) throw invalid("instances", "is empty, must have at least one text");
  for (const [i, { ids }] of instances.entries()) {
    if (ids.length === 0) throw invalid(`instances[${i}].ids`, "is empty, a text has at least one id");
    const negative = ids.findIndex((id) => id < 0n);
    if (negative < 0) continue;
    throw invalid(`instances[${i}].ids[${negative}]`, `is ${ids[negative]}, ids count from 0`);
  }
}

function invalid(place: string, what: string): ServeError {
  return new ServeError(Code.invalidArgument, `${place}: ${what}`);
}
