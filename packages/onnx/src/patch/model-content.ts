import { createHash } from "node:crypto";
import { findEscapingExternalData } from "../external-data.js";
import { OnnxFormatError } from "../onnx-format-error.js";
import type { ModelSummary } from "../read/model-summary.js";
import { readModelSummary } from "../read/summarize-model.js";
import { digestBytes, digestRange, readFully } from "./digest-range.js";
import { checkLength, type ModelLayout, readModelLayout, type TensorLayout } from "./model-layout.js";
import { OpenFiles } from "./open-files.js";
import { tensorBytes } from "./tensor-bytes.js";

/** A weight, told from others of its name by its content. */
export interface Weight {
  /** `TensorProto.DataType` */
  readonly dataType: number;
  readonly dims: readonly number[];
  /** Of its elements as they are in memory, however the file keeps them. */
  readonly digest: string;
  /** Where it is, in the file of the model or of a patch. */
  readonly file: string;
  readonly layout: TensorLayout;
}

/** What a model is made of, patches included. */
export interface ModelContent {
  /** Of the model without patches. */
  readonly layout: ModelLayout;
  /** Digest of all but the weights: graph, names, shapes, what else the file says. */
  readonly frame: string;
  /** By name; those of patches in place of the model's. */
  readonly weights: ReadonlyMap<string, Weight>;
  /** SHA-256 of all of it. The same weights in the same graph give the same, wherever and however they are kept. */
  readonly revision: string;
}

/** Weights read at a time. */
const parallel = 4;

/**
 * Reads a model once, weights in other files included, with 16 MiB of it in memory.
 * @throws OnnxFormatError when it is no model, weights lie outside its folder, or constants of nodes in other files.
 */
export async function readModelContent(file: string): Promise<ModelContent> {
  const summary = await readModelSummary(file);
  const escaping = await findEscapingExternalData(summary, file);
  if (escaping.length > 0) throw new OnnxFormatError(`${file}: ${escaping.join("; ")}`);
  const layout = await readModelLayout(file);
  checkNested(summary, layout);
  const weights = await readWeights(layout);
  const frame = await digestFrame(layout);
  return { layout, frame, weights, revision: revisionOf(frame, weights) };
}

/** Constants of nodes and nested graphs belong to the frame, and what lies in another file would be missed there. */
function checkNested({ externalData }: ModelSummary, { file, tensors }: ModelLayout): void {
  const own = tensors.filter(({ elements }) => elements && elements.file !== file);
  // A constant of a node may have the name of a weight, so they are counted.
  if (externalData.length === own.length) return;
  const names = new Set(own.map(({ name }) => name));
  const nested = externalData.find(({ tensor }) => !names.has(tensor)) ?? { tensor: "" };
  throw new OnnxFormatError(
    `${file}: tensor "${nested.tensor}" of a node keeps its elements in another file, which patches do not reach`,
  );
}

export function revisionOf(frame: string, weights: ReadonlyMap<string, Weight>): string {
  const lines = [...weights].map(([name, { dataType, dims, digest }]) =>
    JSON.stringify([name, dataType, dims, digest]),
  );
  const hash = createHash("sha256").update(frame);
  for (const line of lines.sort((a, b) => (a < b ? -1 : 1))) hash.update(`\n${line}`);
  return hash.digest("hex");
}

/** The weights of one file, with their digests. */
export async function readWeights({ file, tensors }: ModelLayout): Promise<ReadonlyMap<string, Weight>> {
  await using files = new OpenFiles();
  const weights = new Map<string, Weight>(tensors.map((layout) => [layout.name, unread(file, layout)]));
  const rest = tensors.values();
  const readSome = async (): Promise<void> => {
    for (const layout of rest) {
      const digest = await digestTensor(files, file, layout);
      weights.set(layout.name, { ...unread(file, layout), digest });
    }
  };
  await Promise.all(Array.from({ length: parallel }, readSome));
  return weights;
}

/** Keeps the place of a weight in the order of the file. */
function unread(file: string, layout: TensorLayout): Weight {
  return { dataType: layout.dataType, dims: layout.dims, digest: "", layout, file };
}

async function digestTensor(files: OpenFiles, file: string, layout: TensorLayout): Promise<string> {
  const { elements } = layout;
  if (elements) return digestRange(await files.get(elements.file), elements);
  const bytes = tensorBytes(await readMessage(files, file, layout));
  checkLength(layout, bytes.length);
  return digestBytes(bytes);
}

/** A weight as protobuf has it. */
export async function readMessage(
  files: OpenFiles,
  file: string,
  { body }: TensorLayout,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(body.length);
  await readFully(await files.get(file), bytes, body.offset);
  return bytes;
}

/** Most bytes of a frame in memory. */
const pieceBytes = 4 * 1024 * 1024;

/** The file without its weights, and without the length of the graph, which depends on them. */
async function digestFrame({ file, size, graph, tensors }: ModelLayout): Promise<string> {
  await using files = new OpenFiles();
  const hash = createHash("sha256");
  const handle = await files.get(file);
  const left = [
    { from: graph.start, to: graph.body.offset },
    ...tensors.map(({ start, body }) => ({
      from: start - initializerTagBytes,
      to: body.offset + body.length,
    })),
  ].sort((a, b) => a.from - b.from);
  let position = 0;
  for (const { from, to } of [...left, { from: size, to: size }]) {
    for (; position < from; position = Math.min(from, position + pieceBytes)) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, from - position));
      await readFully(handle, piece, position);
      hash.update(piece);
    }
    position = to;
  }
  return hash.digest("hex");
}

/** Where weights stand among the other parts of a graph says nothing, so their tags are left out too. */
const initializerTagBytes = 1;
