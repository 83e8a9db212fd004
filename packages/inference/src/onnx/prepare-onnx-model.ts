import type { ModelConf, ModelSignature, Tensor, TensorMap } from "@paddlewheel/core";
import { alignExternalData, readModelSummary } from "@paddlewheel/onnx";
import type { Preparation, PrepareRequest } from "../core/fluid-family-core.js";
import { variedInputs } from "../engine/varied-inputs.js";
import { warmUpInputs } from "../engine/warm-up.js";
import { loadRuntime } from "./load-runtime.js";
import { OnnxCore } from "./onnx-core.js";
import { openSession } from "./open-session.js";
import { preparedFile, savingOptions } from "./session-options.js";

/** What a model gave for made-up inputs, twice. */
interface Answers {
  readonly signature: ModelSignature;
  readonly inputs: TensorMap;
  readonly first: TensorMap;
  readonly second: TensorMap;
}

/**
 * Writes the optimised graph of a model with its weights packed and in a file of their own, which sessions map instead
 * of reading it: the copies then share that memory. One session is open at a time, so it takes the memory of one.
 */
export async function prepareOnnxModel(request: PrepareRequest): Promise<Preparation> {
  const { dataPath, session, model, preparedDir } = request;
  const original = await runTwice(new OnnxCore({ session }), dataPath, model);
  await save(request);
  const core = new OnnxCore({ session, preparedDir });
  const prepared = await runTwice(core, dataPath, model);
  if (core.warning !== undefined) return { isReady: false, reason: core.warning };
  const reason = difference(original, prepared);
  return reason === undefined ? { isReady: true } : { isReady: false, reason };
}

async function runTwice(core: OnnxCore, dataPath: string, model: ModelConf | undefined): Promise<Answers> {
  const signature = await core.create(dataPath);
  try {
    const inputs = variedInputs(warmUpInputs(signature, model), 1);
    const first = await core.run(inputs);
    return { signature, inputs, first, second: await core.run(inputs) };
  } catch (thrown) {
    throw new Error(`it cannot be tried on made-up inputs: ${(thrown as Error).message}`, { cause: thrown });
  } finally {
    await core.release();
  }
}

/** Alignment that the widest vector instructions ask for. */
const alignment = 64;

/**
 * Kernels read mapped weights with instructions that end the process where memory is not aligned, so that is looked at
 * before anything is opened.
 */
async function save({ dataPath, session, preparedDir }: PrepareRequest): Promise<void> {
  const saving = await openSession(await loadRuntime(), dataPath, savingOptions(session, preparedDir));
  await saving.release();
  const file = preparedFile(preparedDir);
  await alignExternalData(file, alignment);
  if (!(await isAligned(file))) throw new Error("the runtime saves its weights where they cannot be mapped");
}

/** Whether the weights of a model that are in files of their own, packed forms included, can be mapped. */
export async function isAligned(file: string): Promise<boolean> {
  const { externalData } = await readModelSummary(file);
  return externalData.every(({ offsets }) => offsets.every((offset) => offset % alignment === 0));
}

/**
 * Where the prepared model differs from the original. An output that the original itself does not give twice, random
 * numbers say, is held to its type and shape.
 */
function difference(original: Answers, prepared: Answers): string | undefined {
  if (JSON.stringify(original.signature) !== JSON.stringify(prepared.signature)) {
    return "prepared, it declares other inputs or outputs";
  }
  for (const [name, expected] of original.first) {
    const given = prepared.first.get(name);
    const again = original.second.get(name);
    if (!given || !again || !isSameKind(given, expected))
      return `prepared, it gives another shape for "${name}"`;
    const isRepeatable = isSameData(expected, again);
    if (isRepeatable && !isSameData(given, expected)) return `prepared, it gives other values for "${name}"`;
  }
  return undefined;
}

function isSameKind(a: Tensor, b: Tensor): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join();
}

/** Bit for bit, so that -0 is not 0 and a NaN equals itself. */
function isSameData({ data: a }: Tensor, { data: b }: Tensor): boolean {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) {
    return a.length === b.length && [...a].every((value, i) => value === b[i]);
  }
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
