import type { Tensor, TensorMap } from "@paddlewheel/core";
import { concatRows, dtypeTable, sliceRows } from "@paddlewheel/core/model";
import { type AxisPlace, type BatchLayout, countRows } from "./batch-layout.js";
import { copyBlock, copyRun } from "./copy-block.js";
import type { MergeOptions, RequestRows } from "./merge-rows.js";

/**
 * Bytes up to which a request gets its rows as a copy: that costs little more than a view, and a caller who keeps an
 * answer keeps nothing else. Larger ones are views; each keeps the output of its whole batch in memory.
 */
const maxCopiedBytes = 4096;

/**
 * Gives each part its rows of a batch's outputs, cut back to the shape they would have without padding.
 * @throws Error when an output has not one row for each row of the inputs.
 */
export function splitRows(
  outputs: TensorMap,
  parts: readonly RequestRows[],
  { layout, padValue }: Omit<MergeOptions, "allocate">,
): TensorMap[] {
  const total = countRows(parts);
  checkRows(outputs, total, layout);
  const columns = [...outputs].map(([name, output]) => {
    const places = padValue === undefined ? undefined : layout.outputAxes.get(name);
    return { name, output, isShared: layout.sharedOutputs.has(name), places };
  });
  const answers: TensorMap[] = [];
  let begin = 0;
  for (const part of parts) {
    const own = new Map<string, Tensor>();
    for (const { name, output, isShared, places } of columns) {
      own.set(name, isShared ? output : ownRows({ output, begin, part, places }));
    }
    answers.push(own);
    begin += part.rows;
  }
  return answers;
}

/** The outputs of a request that was cut over several runs, in the order of its rows. */
export function joinRows(
  [first, ...others]: readonly [TensorMap, ...TensorMap[]],
  { sharedOutputs }: BatchLayout,
): TensorMap {
  const joined = new Map<string, Tensor>();
  for (const [name, output] of first) {
    const rest = others.flatMap((part) => part.get(name) ?? []);
    joined.set(name, sharedOutputs.has(name) ? output : concatRows([output, ...rest]));
  }
  return joined;
}

/** @throws Error when an output has not one row for each of `rows` rows of the inputs. */
export function checkRows(outputs: TensorMap, rows: number, { sharedOutputs }: BatchLayout): void {
  for (const [name, { shape }] of outputs) {
    if (sharedOutputs.has(name) || shape[0] === rows) continue;
    throw new Error(`output "${name}" has the shape [${shape.join(", ")}] for ${rows} rows of input`);
  }
}

interface Cut {
  readonly output: Tensor;
  /** The part's first row among those of the batch. */
  readonly begin: number;
  readonly part: RequestRows;
  readonly places: readonly (AxisPlace | undefined)[] | undefined;
}

function ownRows({ output, begin, part, places }: Cut): Tensor {
  const isPadded = places?.some((place, axis) => {
    const size = output.shape[axis] ?? 1;
    return sizeAt(part.inputs, place, size) !== size;
  });
  if (!isPadded) return keepableRows(output, begin, part.rows);
  const rows = sliceRows(output, begin, part.rows);
  return cropTo(
    rows,
    rows.shape.map((size, axis) => sizeAt(part.inputs, places?.[axis], size)),
  );
}

function sizeAt(inputs: TensorMap, place: AxisPlace | undefined, size: number): number {
  const own = place && inputs.get(place.input)?.shape[place.axis];
  return own === undefined ? size : Math.min(own, size);
}

function cropTo({ dtype, shape, data }: Tensor, own: readonly number[]): Tensor {
  const { arrayType, arrayStride: stride } = dtypeTable[dtype];
  const length = own.reduce((product, size) => product * size, stride);
  const cropped = arrayType ? new arrayType(length) : new Array<string>(length).fill("");
  copyBlock({ data, shape, offset: 0, stride }, { data: cropped, shape: own, offset: 0, stride });
  return { dtype, shape: own, data: cropped };
}

function keepableRows(output: Tensor, begin: number, rows: number): Tensor {
  const { dtype, shape, data } = output;
  const rowLength = shape[0] ? data.length / shape[0] : 0;
  const rowBytes = ArrayBuffer.isView(data) ? rowLength * data.BYTES_PER_ELEMENT : Number.POSITIVE_INFINITY;
  if (rows * rowBytes > maxCopiedBytes) return sliceRows(output, begin, rows);
  const { arrayType } = dtypeTable[dtype];
  const length = rows * rowLength;
  const own = arrayType ? new arrayType(length) : new Array<string>(length);
  copyRun(data, own, { start: begin * rowLength, target: 0, length });
  const ownShape = shape.slice();
  ownShape[0] = rows;
  return { dtype, shape: ownShape, data: own };
}
