import type { ServedName } from "./bad-input/bad-input.js";
import type { RequestMessage } from "./proto-messages.js";
import { sampleValues, servedTypes } from "./served-models.js";
import { type PlainTensor, tensorMessage } from "./tensor-values.js";

export interface GoodRequest {
  readonly request: RequestMessage;
  readonly answer: readonly PlainTensor[];
}

/** A request for each served model that must succeed, with its exact answer. */
export const goodRequests: Readonly<Record<ServedName, GoodRequest>> = {
  linear: {
    request: { tensor: [tensorMessage("float32", { name: "x", shape: [1, 3], values: [1, 2, 3] })] },
    answer: [{ name: "y", elemType: 1, shape: [1, 1], values: [14.5] }],
  },
  pair: {
    request: {
      tensor: [
        tensorMessage("float32", { name: "a", shape: [1, 2], values: [1, 2] }),
        tensorMessage("float32", { name: "b", shape: [1, 2], values: [10, 20] }),
      ],
    },
    answer: [{ name: "sum", elemType: 1, shape: [1, 2], values: [11, 22] }],
  },
  gather: {
    request: { tensor: [tensorMessage("int64", { name: "ids", shape: [2], values: ["3", "0"] })] },
    answer: [{ name: "vectors", elemType: 1, shape: [2, 2], values: [30, 31, 0, 1] }],
  },
  everyType: sameBack([3, 2]),
};

/** Samples of every type, as many as the shape wants, for a model that gives back what it gets. */
export function sameBack(shape: readonly number[]): GoodRequest {
  const count = shape.reduce((product, size) => product * size, 1);
  const tensors = servedTypes.map((dtype) => {
    const values = sampleValues[dtype].slice(0, count);
    const message = tensorMessage(dtype, { name: dtype, shape, values });
    return { message, answer: { name: `${dtype}_out`, elemType: message.elem_type ?? 0, shape, values } };
  });
  return {
    request: { tensor: tensors.map(({ message }) => message) },
    answer: tensors.map(({ answer }) => answer),
  };
}
