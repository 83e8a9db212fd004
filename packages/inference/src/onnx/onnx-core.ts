import type {
  ModelSignature,
  SessionConf,
  Tensor,
  TensorData,
  TensorMap,
  VarSignature,
} from "@paddlewheel/core";
import { defaultSessionConf } from "@paddlewheel/core/model";
import type { ModelSummary } from "@paddlewheel/onnx";
import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { CoreOptions, FluidFamilyCore } from "../core/fluid-family-core.js";
import { describeRuntimeError } from "./describe-runtime-error.js";
import { loadRuntime, type OnnxRuntime } from "./load-runtime.js";
import { openSession } from "./open-session.js";
import { openingOptions, preparedFile, sessionOptions } from "./session-options.js";
import { hasUnclearRanks, sessionSignature } from "./session-signature.js";

/** What a session is for later runs. */
interface LoadedSession {
  readonly runtime: OnnxRuntime;
  readonly session: InferenceSession;
  readonly signature: ModelSignature;
  readonly dataPath: string;
}

/** A model on ONNX Runtime. A run is synchronous inside: it holds its thread until it is done. */
export class OnnxCore implements FluidFamilyCore {
  readonly #session: SessionConf;
  readonly #preparedDir: string | undefined;
  readonly #copy: number;
  readonly #isEncrypted: boolean;
  /** Of an encrypted model, until it is loaded. */
  #key: Uint8Array | undefined;
  #warning: string | undefined;
  #loaded: LoadedSession | undefined;

  constructor({ session = defaultSessionConf, preparedDir, key, copy = 0 }: CoreOptions = {}) {
    this.#key = key;
    this.#isEncrypted = key !== undefined;
    this.#session = session;
    this.#preparedDir = preparedDir;
    this.#copy = copy;
  }

  get warning(): string | undefined {
    return this.#warning;
  }

  /**
   * Loads an .onnx file: by path, because a model loaded from bytes may read files of the working directory. One that is
   * encrypted is loaded from bytes, with all of its weights, so that it has nothing to read.
   */
  async create(dataPath: string): Promise<ModelSignature> {
    const runtime = await loadRuntime();
    const { session, summary } = await this.#openModel(runtime, dataPath);
    try {
      const isRead = summary !== undefined || !hasUnclearRanks(session);
      const signature = sessionSignature(session, isRead ? summary : await readModel(dataPath));
      this.#loaded = { runtime, session, signature, dataPath };
      return signature;
    } catch (thrown) {
      await session.release();
      throw thrown;
    }
  }

  async run(inputs: TensorMap): Promise<TensorMap> {
    const { runtime, session, signature } = this.#open();
    const feeds: Record<string, OrtTensor> = {};
    for (const variable of signature.inputs) feeds[variable.name] = toRuntime(runtime, variable, inputs);
    const fetched = await runSession(session, feeds);
    const outputs = new Map<string, Tensor>();
    for (const variable of signature.outputs) outputs.set(variable.name, fromRuntime(variable, fetched));
    return outputs;
  }

  /** @throws Error for an encrypted model, whose key is not kept. */
  async clone(): Promise<OnnxCore> {
    if (this.#isEncrypted) throw new Error("an encrypted model cannot be cloned: its key is not kept");
    const session = this.#session;
    const twin = new OnnxCore({ session, preparedDir: this.#preparedDir, copy: this.#copy });
    await twin.create(this.#open().dataPath);
    return twin;
  }

  async release(): Promise<void> {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    await loaded?.session.release();
  }

  async #openModel(runtime: OnnxRuntime, dataPath: string): Promise<OpenModel> {
    const options = sessionOptions(this.#session, this.#copy);
    const key = this.#key;
    this.#key = undefined;
    if (key) return openSealed(runtime, { dataPath, key, options });
    const prepared = await this.#openPrepared(runtime);
    if (prepared) return { session: prepared };
    const summary = await readModel(dataPath);
    return { summary, session: await openSession(runtime, dataPath, options) };
  }

  async #openPrepared(runtime: OnnxRuntime): Promise<InferenceSession | undefined> {
    if (this.#preparedDir === undefined) return undefined;
    try {
      return await openSession(runtime, preparedFile(this.#preparedDir), openingOptions(this.#session));
    } catch (thrown) {
      this.#warning = `the prepared model cannot be opened, the original is used: ${(thrown as Error).message}`;
      return undefined;
    }
  }

  #open(): LoadedSession {
    if (!this.#loaded) throw new Error("the model is not loaded");
    return this.#loaded;
  }
}

interface OpenModel {
  readonly session: InferenceSession;
  /** What the file declares, where it was read. */
  readonly summary?: ModelSummary;
}

interface SealedSource {
  readonly dataPath: string;
  readonly key: Uint8Array;
  readonly options: InferenceSession.SessionOptions;
}

async function openSealed(
  runtime: OnnxRuntime,
  { dataPath, key, options }: SealedSource,
): Promise<OpenModel> {
  const { unsealModel } = await import("./sealed-model.js");
  const { summary, model, weights, wipe } = await unsealModel(dataPath, key);
  try {
    const externalData = weights.map(({ path, data }) => ({ path, data }));
    return { summary, session: await openSession(runtime, dataPath, { ...options, externalData }, model) };
  } finally {
    wipe();
  }
}

/** Imported where a model file is read: of a thread that opens a prepared one it would take 4 MB for nothing. */
async function readModel(dataPath: string): Promise<ModelSummary> {
  const { readOnnxModel } = await import("./read-onnx-model.js");
  return readOnnxModel(dataPath);
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
