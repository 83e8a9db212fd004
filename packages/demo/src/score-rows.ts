import { Code, ServeError, type TensorMap } from "@paddlewheel/core";

interface ExpectedScores {
  readonly rows: number;
  /** Any number of them when not given. */
  readonly classes?: number;
}

/**
 * The rows of the one tensor of scores that a classifier gives, float32 `[rows, classes]`; views of it.
 * @throws ServeError opFailure when the model gives anything else.
 */
export function scoreRows(
  engine: string,
  outputs: TensorMap,
  { rows, classes }: ExpectedScores,
): Float32Array[] {
  const [scores, ...others] = outputs.values();
  const width = scores?.shape[1];
  const isRight =
    others.length === 0 &&
    scores?.data instanceof Float32Array &&
    scores.shape.length === 2 &&
    scores.shape[0] === rows &&
    width === (classes ?? width);
  if (isRight && width !== undefined) {
    return Array.from({ length: rows }, (_, i) =>
      (scores.data as Float32Array).subarray(i * width, (i + 1) * width),
    );
  }
  const given = [...outputs].map(([name, { dtype, shape }]) => `"${name}" ${dtype} [${shape.join(", ")}]`);
  const message = `the model of engine "${engine}" gives ${given.join(", ") || "nothing"}, must give one tensor float32 [${rows}, ${classes ?? "classes"}]`;
  throw new ServeError(Code.opFailure, message);
}
