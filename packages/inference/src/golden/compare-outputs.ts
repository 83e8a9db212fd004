import { bfloat16ToNumber, float16ToNumber, type Tensor, type TensorMap } from "@paddlewheel/core";
import { isWhole, type ModelCase, type Tolerance } from "./model-case.js";

/** What is wrong with the first output that is not as the case wants it; undefined when all are. */
export function compareOutputs(got: TensorMap, { wanted, tolerance }: ModelCase): string | undefined {
  for (const [name, tensor] of wanted) {
    const fault = compareTensors(got.get(name), tensor, tolerance);
    if (fault !== undefined) return `fetch "${name}": ${fault}`;
  }
  return undefined;
}

function compareTensors(got: Tensor | undefined, wanted: Tensor, tolerance: Tolerance): string | undefined {
  if (!got) return "the model gave none";
  if (got.shape.join() !== wanted.shape.join()) {
    return `shape is [${got.shape.join(", ")}], wanted [${wanted.shape.join(", ")}]`;
  }
  for (let i = 0; i < wanted.data.length; i++) {
    const [is, should] = [elementOf(got, i), elementOf(wanted, i)];
    if (isWithin(is, should, isWhole(wanted.dtype) ? exact : tolerance)) continue;
    return `element [${indexOf(i, wanted.shape).join(", ")}] is ${is}, wanted ${should}${describe(wanted, tolerance)}`;
  }
  return undefined;
}

const exact: Tolerance = { absolute: 0, relative: 0 };

function isWithin(is: unknown, should: unknown, { absolute, relative }: Tolerance): boolean {
  if (typeof is !== "number" || typeof should !== "number") return is === should;
  // Covers NaN and infinities, of which no difference can be taken.
  if (Object.is(is, should)) return true;
  return Math.abs(is - should) <= absolute + relative * Math.abs(should);
}

function elementOf({ dtype, data }: Tensor, i: number): number | bigint | string | undefined {
  const element = data[i];
  if (dtype === "float16") return float16ToNumber(Number(element));
  return dtype === "bfloat16" ? bfloat16ToNumber(Number(element)) : element;
}

function indexOf(flat: number, shape: readonly number[]): readonly number[] {
  let rest = flat;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .toReversed();
}

function describe({ dtype }: Tensor, { absolute, relative }: Tolerance): string {
  return dtype === "string" || isWhole(dtype) ? "" : ` (within ${absolute} + ${relative} of it)`;
}
