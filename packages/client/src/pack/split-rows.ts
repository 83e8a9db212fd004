import { sliceRows } from "@paddlewheel/core";
import type { GeneralTensor } from "@paddlewheel/wire";
import type { Part } from "./plan-parts.js";

/**
 * The rows of tensors that a request may be split by. Undefined when their rows do not go together: with ragged and scalar
 * tensors, and with other numbers of rows.
 */
export function countRows(tensors: readonly GeneralTensor[]): number | undefined {
  const rowCount = tensors[0]?.shape[0];
  return tensors.every(({ lod, shape }) => !lod && shape[0] === rowCount) ? rowCount : undefined;
}

/** All tensors with some of their rows. */
export function takeRows(tensors: readonly GeneralTensor[], { begin, end }: Part): readonly GeneralTensor[] {
  return tensors.map((tensor) => ({ ...tensor, ...sliceRows(tensor, begin, end - begin) }));
}
