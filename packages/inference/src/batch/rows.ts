import { concatRows, sliceRows, type Tensor, type TensorMap } from "@paddlewheel/core";

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
  const [first, ...others] = runs;
  const merged = new Map<string, Tensor>();
  for (const [name, tensor] of first ?? []) {
    merged.set(name, concatRows([tensor, ...others.flatMap((run) => run.get(name) ?? [])]));
  }
  return merged;
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
