import type { ModelSignature } from "@paddlewheel/core";
import { anyAxes, isPlaceholder } from "../engine/axes.js";

/**
 * Whether a model's signature says that every row it takes gives one row of each output: the first axis of all inputs
 * and outputs is one free axis of one name, which stands nowhere else.
 */
export function hasBatchAxis({ inputs, outputs }: ModelSignature): boolean {
  const batchAxis = inputs[0]?.shape[0];
  if (typeof batchAxis !== "string" || batchAxis === anyAxes || isPlaceholder(batchAxis)) return false;
  return [...inputs, ...outputs].every(
    ({ shape: [first, ...inner] }) => first === batchAxis && !inner.includes(batchAxis),
  );
}
