import { type FileHandle, open, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { copyRange } from "./patch/copy-range.js";
import { messageType } from "./schema.js";

/** One of a tensor's `external_data`. */
interface Entry {
  key: string;
  value: string;
}

/** The part of a ModelProto that is changed here. */
interface Model {
  readonly graph?: { readonly initializer?: readonly { readonly external_data?: readonly Entry[] }[] };
}

/** Copies parts of one file to another. */
type Move = (offset: number, length: number) => Promise<number>;

/**
 * Rewrites a model that ONNX Runtime saved with its weights in one file beside it, so that each part of that file begins
 * at a multiple of `alignment` bytes: the elements of each initializer, and the forms of them it packed for its kernels.
 * The runtime writes one after the other as they come; mapped so, kernels that read wide vectors end the process.
 * Initializers of nested graphs stay as they are.
 */
export async function alignExternalData(modelFile: string, alignment: number): Promise<void> {
  const type = messageType("ModelProto");
  const model = type.decode(await readFile(modelFile));
  const tensors = ((model as Model).graph?.initializer ?? []).map(({ external_data = [] }) => external_data);
  const location = tensors.flat().find(({ key }) => key === "location");
  if (!location) return;
  const weightsFile = join(dirname(modelFile), location.value);
  await using source = await openFile(weightsFile, "r");
  await using target = await openFile(`${weightsFile}.aligned`, "wx");
  const move = mover(source.handle, target.handle, alignment);
  for (const entries of tensors) await moveParts(entries, move);
  await rename(`${weightsFile}.aligned`, weightsFile);
  await writeFile(modelFile, type.encode(model).finish());
}

async function openFile(path: string, flags: string): Promise<AsyncDisposable & { handle: FileHandle }> {
  const handle = await open(path, flags, 0o600);
  return { handle, [Symbol.asyncDispose]: () => handle.close() };
}

function mover(source: FileHandle, target: FileHandle, alignment: number): Move {
  let end = 0;
  return async (offset, length) => {
    const start = Math.ceil(end / alignment) * alignment;
    await copyRange(source, target, { offset, length, position: start });
    end = start + length;
    return start;
  };
}

async function moveParts(entries: readonly Entry[], move: Move): Promise<void> {
  const length = Number(entries.find(({ key }) => key === "length")?.value);
  for (const entry of entries) {
    if (entry.key === "offset") entry.value = String(await move(Number(entry.value), length));
    if (entry.key.startsWith("prepacked_")) entry.value = await movePacked(entry.value, move);
  }
}

/** `name|offset;bytes;checksum|…` */
async function movePacked(value: string, move: Move): Promise<string> {
  const [name = "", ...parts] = value.split("|");
  const moved = [name];
  for (const part of parts) {
    const [offset, length, ...rest] = part.split(";");
    moved.push([await move(Number(offset), Number(length)), length, ...rest].join(";"));
  }
  return moved.join("|");
}
