import type { ModelSignature, Tensor, TensorData, TensorMap, VarSignature } from "@paddlewheel/core";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { FluidFamilyCore } from "../core/fluid-family-core.js";
import { describeRuntimeError } from "./describe-runtime-error.js";
import { loadRuntime, type OnnxRuntime } from "./load-runtime.js";
import { readOnnxModel } from "./read-onnx-model.js";
import { sessionSignature } from "./session-signature.js";

/** What a session is for later runs. */
interface LoadedSession {
  readonly runtime: OnnxRuntime;
  readonly session: InferenceSession;
  readonly signature: ModelSignature;
  readonly dataPath: string;
}

/**
 * One thread per copy: threads inside a run collapse beside a busy neighbour, N copies degrade in proportion.
 * The severity is `fatal`, as in `loadRuntime`.
 */
const defaultOptions: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
};

/** A model on ONNX Runtime. A run is synchronous inside: it holds its thread until it is done. */
export class OnnxCore implements FluidFamilyCore {
  readonly #options: InferenceSession.SessionOptions;
  #loaded: LoadedSession | undefined;

  /** @param options add to or replace the session options of a copy that has one thread. */
  constructor(options: InferenceSession.SessionOptions = {}) {
    this.#options = { ...defaultOptions, ...options };
  }

  /** Loads an .onnx file: by path, because a model loaded from bytes may read files of the working directory. */
  async create(dataPath: string): Promise<ModelSignature> {
    const summary = await readOnnxModel(dataPath);
    const runtime = await loadRuntime();
    const session = await openSession(runtime, dataPath, this.#options);
    try {
      const signature = sessionSignature(session, summary);
      this.#loaded = { runtime, session, signature, dataPath };
      return signature;
    } catch (thrown) {
      await session.release();
      throw thrown;
    }
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    const { runtime, session, signature } = this.#session();
    const feeds: Record<string, OrtTensor> = {};
    for (const variable of signature.inputs) feeds[variable.name] = toRuntime(runtime, variable, inputs);
    const fetched = await runSession(session, feeds);
    const outputs = new Map<string, Tensor>();
    for (const variable of signature.outputs) outputs.set(variable.name, fromRuntime(variable, fetched));
    return outputs;
  }

  async clone(): Promise<OnnxCore> {
    const copy = new OnnxCore(this.#options);
    await copy.create(this.#session().dataPath);
    return copy;
  }

  async release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    await loaded?.session.release();
  }

  #session(): LoadedSession {
    if (!this.#loaded) throw new Error("the model is not loaded");
    return this.#loaded;
  }
}

/** What makes this module a `CoreModule`. */
export function createCore(): OnnxCore {
  return new OnnxCore();
}

async function openSession(
  { InferenceSession }: OnnxRuntime,
  dataPath: string,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(dataPath, options);
  } catch (thrown) {
    throw new Error(`${dataPath}: ${describeRuntimeError(thrown)}`, { cause: thrown });
  }
}

async function runSession(
  session: InferenceSession,
  feeds: Record<string, OrtTensor>,
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await session.run(feeds);
  } catch (thrown) {
    throw new Error(describeRuntimeError(thrown), { cause: thrown });
  }
}

function toRuntime({ Tensor }: OnnxRuntime, { name, dtype }: VarSignature, inputs: TensorMap): OrtTensor {
  const tensor = inputs.get(name);
  if (!tensor) throw new Error(`the input "${name}" is missing`);
  return new Tensor(dtype as "float32", plainData(tensor.data) as Float32Array, tensor.shape);
}

/** The binding takes no view on a SharedArrayBuffer. */
function plainData(data: TensorData): TensorData {
  const isShared = ArrayBuffer.isView(data) && data.buffer instanceof SharedArrayBuffer;
  return isShared ? data.slice() : data;
}

function fromRuntime({ name, dtype }: VarSignature, fetched: InferenceSession.OnnxValueMapType): Tensor {
  const value = fetched[name];
  if (!value || !("dims" in value)) throw new Error(`the output "${name}" is missing`);
  return { dtype, shape: value.dims, data: plainBits(value.data as TensorData) };
}

/** Where the platform has a Float16Array the binding gives one; in this framework a float16 is its 16 bits. */
function plainBits(data: TensorData): TensorData {
  const isOther = ArrayBuffer.isView(data) && data.constructor.name === "Float16Array";
  return isOther ? new Uint16Array(data.buffer, data.byteOffset, data.length) : data;
}
