import { dtypeTable, type Tensor, type TensorData, type TensorMap } from "@paddlewheel/core";

/** Whether two runs of one model can be one run: all inputs agree in the sizes behind the first axis. */
export function canMerge(a: TensorMap, b: TensorMap): boolean {
  for (const [name, { shape }] of a) {
    const other = b.get(name)?.shape;
    if (other?.length !== shape.length) return false;
    for (let axis = 1; axis < shape.length; axis++) {
      if (shape[axis] !== other[axis]) return false;
    }
  }
  return true;
}

/** The inputs of several runs as those of one, rows in the order of the runs. */
export function mergeRows(runs: readonly TensorMap[]): TensorMap {
  const [first] = runs;
  const merged = new Map<string, Tensor>();
  for (const [name, { dtype, shape }] of first ?? []) {
    const parts = runs.flatMap((run) => run.get(name) ?? []);
    const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    merged.set(name, { dtype, shape: [rows, ...shape.slice(1)], data: concat(parts) });
  }
  return merged;
}

function concat(parts: readonly Tensor[]): TensorData {
  const [first] = parts;
  const arrayType = first && dtypeTable[first.dtype].arrayType;
  if (!arrayType) return parts.flatMap(({ data }) => data as readonly string[]);
  const length = parts.reduce((sum, { data }) => sum + data.length, 0);
  const data = new arrayType(length);
  let offset = 0;
  for (const part of parts) {
    // Safe: all parts are of one dtype, which the engine has checked.
    data.set(part.data as never, offset);
    offset += part.data.length;
  }
  return data;
}

/**
 * Gives each run its rows of the outputs, as views.
 * @throws Error when an output has not one row for each row of the inputs.
 */
export function splitRows(outputs: TensorMap, rowsPerRun: readonly number[]): TensorMap[] {
  const total = rowsPerRun.reduce((sum, rows) => sum + rows, 0);
  for (const [name, { shape }] of outputs) {
    if (shape[0] !== total) {
      throw new Error(`output "${name}" has the shape [${shape.join(", ")}] for ${total} rows of input`);
    }
  }
  let begin = 0;
  return rowsPerRun.map((rows) => {
    const part = new Map<string, Tensor>();
    for (const [name, output] of outputs) part.set(name, sliceRows(output, begin, rows));
    begin += rows;
    return part;
  });
}

function sliceRows({ dtype, shape, data }: Tensor, begin: number, rows: number): Tensor {
  const rowSize = shape[0] ? data.length / shape[0] : 0;
  const start = begin * rowSize;
  const end = start + rows * rowSize;
  const part = ArrayBuffer.isView(data) ? data.subarray(start, end) : data.slice(start, end);
  return { dtype, shape: [rows, ...shape.slice(1)], data: part };
}
