import { elementTypeOfNumber } from "../element-type.js";
import type { Weight } from "./model-content.js";

type Shaped = Pick<Weight, "dataType" | "dims">;

/** `float32 [3, 4]` */
export function describeShape({ dataType, dims }: Shaped): string {
  return `${elementTypeOfNumber(dataType) ?? `type ${dataType}`} [${dims.join(", ")}]`;
}

/** Why one weight cannot take the place of another; undefined when it can. */
export function shapeFault(given: Shaped, wanted: Shaped): string | undefined {
  const [is, must] = [describeShape(given), describeShape(wanted)];
  return is === must ? undefined : `is ${is}, must be ${must}`;
}
