import {
  bfloat16ToNumber,
  type DType,
  float16ToNumber,
  type Tensor,
  type TensorData,
} from "@paddlewheel/core";
import { type ComparisonTally, notText } from "./comparison.js";

/** Types whose numbers have a fraction, so that two ways to work them out may round differently. */
const inexactTypes: ReadonlySet<DType> = new Set([
  "float32",
  "float64",
  "float16",
  "bfloat16",
  "complex64",
  "complex128",
]);

/** Compares type, shape, offsets and elements, of which it tells as one difference. */
export function compareTensors(expected: Tensor, actual: Tensor, tally: ComparisonTally): void {
  const fault = typeFault(expected, actual);
  if (fault === undefined) compareElements(expected, actual, tally);
  else tally.differ(fault);
}

function typeFault(expected: Tensor, actual: Tensor): string | undefined {
  if (expected.dtype !== actual.dtype) return `${actual.dtype}, not ${expected.dtype}`;
  if (!isSameList(expected.shape, actual.shape)) {
    return `shape [${actual.shape.join(", ")}], not [${expected.shape.join(", ")}]`;
  }
  const [wanted = [], got = []] = [expected.lod, actual.lod];
  const isSameLod =
    wanted.length === got.length && wanted.every((level, i) => isSameList(level, got[i] ?? []));
  if (!isSameLod) return "other offsets of rows (lod)";
  const { length } = expected.data;
  return actual.data.length === length ? undefined : `${actual.data.length} elements, not ${length}`;
}

function isSameList(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((item, i) => item === other[i]);
}

function compareElements({ dtype, data }: Tensor, { data: others }: Tensor, tally: ComparisonTally): void {
  const read = elementReader(dtype);
  const isExact = !inexactTypes.has(dtype);
  let first = -1;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    if (tally.isAlike(read(data[i]), read(others[i]), isExact)) continue;
    if (count++ === 0) first = i;
  }
  if (count === 0) return;
  const difference = notText(read(data[first]), read(others[first]));
  tally.within(first, () => tally.differ(`${difference}; ${count} of ${data.length} elements differ`));
}

type Element = TensorData[number] | undefined;

function elementReader(dtype: DType): (element: Element) => Element {
  if (dtype === "float16") return (bits) => float16ToNumber(Number(bits));
  if (dtype === "bfloat16") return (bits) => bfloat16ToNumber(Number(bits));
  return (element) => element;
}
