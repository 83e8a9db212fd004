import type { TensorMap } from "@paddlewheel/core";
import { countRows } from "./batch-layout.js";
import { type Allocate, cutRows, mergeRows } from "./merge-rows.js";
import type { BatchPolicy } from "./plan-batch.js";
import type { RequestPart } from "./request-run.js";
import { checkRows, splitRows } from "./split-rows.js";

/** What a run takes. */
export interface BatchInputs {
  readonly inputs: TensorMap;
  /** Whether the inputs were made for this run and may be given away, or belong to a caller. */
  readonly isOwned: boolean;
}

/** The inputs of one run of all `parts`, of which there is at least one. */
export function inputsOf(
  parts: readonly RequestPart[],
  { layout, padValue }: BatchPolicy,
  allocate: Allocate = newMemory,
): BatchInputs {
  const [first] = parts;
  if (!first) throw new Error("a batch has at least one request");
  if (!layout) return { inputs: first.inputs, isOwned: false };
  if (parts.length > 1) return { inputs: mergeRows(parts, { layout, padValue, allocate }), isOwned: true };
  return { inputs: first.isPartial ? cutRows(first, layout) : first.inputs, isOwned: false };
}

/**
 * The outputs of each part of a run; who ran alone gets what the model gave.
 * @throws Error when an output has not one row for each row of the inputs.
 */
export function answersOf(
  parts: readonly RequestPart[],
  outputs: TensorMap,
  { layout, padValue }: BatchPolicy,
): readonly TensorMap[] {
  const isMerged = parts.length > 1;
  if (!layout || !(isMerged || parts[0]?.isPartial)) return [outputs];
  if (isMerged) return splitRows(outputs, parts, { layout, padValue });
  checkRows(outputs, countRows(parts), layout);
  return [outputs];
}

function newMemory(byteLength: number): ArrayBuffer {
  return new ArrayBuffer(byteLength);
}
