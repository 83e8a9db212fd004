import { InferenceSession, Tensor } from "onnxruntime-node";

/** A tensor of plain numbers; ONNX Runtime gets the array its type asks for. */
export interface Plain {
  readonly dtype?: "float32" | "int64" | "int32";
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Loads a model, bytes or a file, into ONNX Runtime, runs it once, and gives its only output. */
export async function runModel(
  model: Uint8Array | string,
  feeds: Readonly<Record<string, Plain>>,
): Promise<Plain> {
  const options = { intraOpNumThreads: 1, logSeverityLevel: 4 } as const;
  const session = await (typeof model === "string"
    ? InferenceSession.create(model, options)
    : InferenceSession.create(model, options));
  try {
    const inputs = Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)] as const);
    const outputs = await session.run(Object.fromEntries(inputs));
    const output = outputs[session.outputNames[0] ?? ""];
    if (!output) throw new Error("the model has no output");
    return { shape: output.dims, values: Array.from(output.data as ArrayLike<number | bigint>, Number) };
  } finally {
    await session.release();
  }
}

function tensorOf({ dtype = "float32", shape, values }: Plain): Tensor {
  if (dtype === "int64") return new Tensor(dtype, BigInt64Array.from(values, BigInt), shape);
  if (dtype === "int32") return new Tensor(dtype, Int32Array.from(values), shape);
  return new Tensor(dtype, Float32Array.from(values), shape);
}
