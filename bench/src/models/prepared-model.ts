import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { seededRandom } from "@paddlewheel/onnx";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { checkValues } from "../load/value-check.js";
import { generalModelService } from "../workloads/bench-service.js";
import { encodeRequest } from "../workloads/general-request.js";
import type { CheckedRequest, PreparedWorkload } from "../workloads/workload.js";
import type { BenchModel } from "./bench-model.js";

/** A request together with the values inside it, for contenders that take no bytes. */
export interface PreparedRequest extends CheckedRequest {
  readonly input: Float32Array;
  readonly expected: Float32Array;
}

/** A model on disk with requests and their right answers. */
export interface PreparedModel extends PreparedWorkload {
  readonly kind: "model";
  /** The folder of `file`; no other model is in it. */
  readonly modelDirectory: string;
  readonly file: string;
  readonly inputName: string;
  readonly outputName: string;
  /** The batch axis, 1, included. */
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  readonly requests: readonly PreparedRequest[];
}

const requestCount = 8;

/** Writes the model into a folder of its own and asks ONNX Runtime itself for the right answers. */
export async function prepareModel(model: BenchModel, directory: string): Promise<PreparedModel> {
  const modelDirectory = join(directory, model.name);
  const file = join(modelDirectory, "model.onnx");
  await mkdir(modelDirectory);
  await writeFile(file, model.build());
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const facts = await askOracle(session, [1, ...model.inputShape]);
    const { name } = model;
    return { kind: "model", name, directory, modelDirectory, file, service: generalModelService, ...facts };
  } finally {
    await session.release();
  }
}

type ModelFacts = Pick<PreparedModel, "inputName" | "outputName" | "inputShape" | "outputShape" | "requests">;

async function askOracle(session: InferenceSession, inputShape: readonly number[]): Promise<ModelFacts> {
  const [inputName, outputName] = [session.inputNames[0], session.outputNames[0]];
  if (inputName === undefined || outputName === undefined)
    throw new Error("the model has no input or no output");
  const random = seededRandom(1);
  const requests: PreparedRequest[] = [];
  let outputShape: readonly number[] = [];
  for (let i = 0; i < requestCount; i++) {
    const input = Float32Array.from({ length: elementCount(inputShape) }, () => 2 * random() - 1);
    const results = await session.run({ [inputName]: new Tensor("float32", input, inputShape) });
    const output = results[outputName];
    if (!(output?.data instanceof Float32Array)) throw new Error(`output ${outputName} is not float32`);
    outputShape = output.dims;
    const message = encodeRequest({ inputName, shape: inputShape, data: input, fetchVarName: outputName });
    requests.push({ message, input, expected: output.data.slice() });
  }
  checkDistinct(requests);
  return { inputName, outputName, inputShape, outputShape, requests };
}

/** Answers that are alike would let a mix-up pass. */
function checkDistinct(requests: readonly PreparedRequest[]): void {
  for (const [i, { expected }] of requests.entries()) {
    const twin = requests.findIndex((other) => checkValues(other.expected, expected) === undefined);
    if (twin !== i) throw new Error(`requests ${twin} and ${i} have the same answer`);
  }
}

function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}
