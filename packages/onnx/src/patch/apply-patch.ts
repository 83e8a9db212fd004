import { mkdir } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { OnnxFormatError } from "../onnx-format-error.js";
import { encodeVarint } from "./encode-field.js";
import { type ModelContent, revisionOf, type Weight } from "./model-content.js";
import type { ModelLayout, TensorLayout } from "./model-layout.js";
import { type ModelPatch, patchLimits } from "./patch-file.js";
import { type Edit, partsLength, spliceFile } from "./splice-file.js";
import { shapeFault } from "./weight-shape.js";

/**
 * A model with the weights of a patch in place of its own; nothing is read or written.
 * @throws OnnxFormatError when the patch is for another model, has a weight that the model has not, or not of this type
 * and shape, or does not give the revision it promises.
 */
export function applyPatch(model: ModelContent, patch: ModelPatch): ModelContent {
  const { dir, base, revision } = patch;
  if (base !== model.revision) {
    throw new OnnxFormatError(`${dir}: is a patch of sha256:${base}, the model is sha256:${model.revision}`);
  }
  const faults = [...patch.weights].flatMap(([name, weight]) => weightFault(name, weight, model));
  if (faults.length > 0) throw new OnnxFormatError(`${dir}: ${faults.join("; ")}`);
  const weights = new Map([...model.weights, ...patch.weights]);
  const given = revisionOf(model.frame, weights);
  if (given !== revision) {
    throw new OnnxFormatError(
      `${dir}: gives sha256:${given} and promises sha256:${revision}: its files are damaged`,
    );
  }
  return { ...model, weights, revision };
}

function weightFault(name: string, weight: Weight, { weights }: ModelContent): string[] {
  const before = weights.get(name);
  const fault = before ? shapeFault(weight, before) : `the model has no such weight`;
  return fault === undefined ? [] : [`weight "${name}": ${fault}`];
}

/**
 * Writes a model with its patches into a folder, weights in other files beside it, and gives its path.
 * @throws OnnxFormatError when the model itself would pass what protobuf allows.
 */
export async function writeModel({ layout, weights }: ModelContent, dir: string): Promise<string> {
  const shared = sharedElements(layout);
  const edits = new Map<string, Edit[]>([[layout.file, []]]);
  for (const { elements } of layout.tensors)
    if (elements) edits.set(elements.file, edits.get(elements.file) ?? []);
  for (const tensor of layout.tensors) {
    const weight = weights.get(tensor.name);
    if (!weight || weight.file === layout.file) continue;
    const isInPlace = tensor.isPlain && !shared.has(tensor);
    const [file, edit] = (isInPlace && elementsEdit(tensor, weight)) || [
      layout.file,
      messageEdit(tensor, weight),
    ];
    edits.get(file)?.push(edit);
  }
  const own = edits.get(layout.file) ?? [];
  own.push(...lengthEdit(layout, own));
  const root = dirname(layout.file);
  for (const [file, each] of edits) {
    const target = join(dir, relative(root, file));
    await mkdir(dirname(target), { recursive: true });
    await spliceFile(file, target, each);
  }
  return join(dir, basename(layout.file));
}

/** Other elements in the place of those there are. */
function elementsEdit(tensor: TensorLayout, { layout }: Weight): [string, Edit] | undefined {
  const { elements } = tensor;
  if (!elements || !layout.elements) return undefined;
  const { file, offset, length } = elements;
  return [file, { offset, length, parts: [layout.elements] }];
}

/** The whole weight as the patch has it: where a model keeps numbers as protobuf does, or things that depend on them. */
function messageEdit({ start, body }: TensorLayout, { file, layout }: Weight): Edit {
  const parts = [encodeVarint(layout.body.length), { file, ...layout.body }];
  return { offset: start, length: body.offset + body.length - start, parts };
}

/** The length of the graph, where that of a weight changes. */
function lengthEdit({ graph, size }: ModelLayout, edits: readonly Edit[]): Edit[] {
  const growth = edits.reduce((sum, { length, parts }) => sum + partsLength(parts) - length, 0);
  if (growth === 0) return [];
  if (size + growth > patchLimits.maxWeightsBytes) {
    throw new OnnxFormatError(`the model would have ${size + growth} bytes, more than protobuf allows`);
  }
  const { start, body } = graph;
  return [{ offset: start, length: body.offset - start, parts: [encodeVarint(body.length + growth)] }];
}

/** Weights that share bytes of a file with others, which a change of one must not change. */
function sharedElements({ tensors }: ModelLayout): ReadonlySet<TensorLayout> {
  const placed = tensors.flatMap((tensor) => (tensor.elements ? [{ tensor, ...tensor.elements }] : []));
  placed.sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1));
  const shared = new Set<TensorLayout>();
  let furthest = placed[0];
  for (const next of placed.slice(1)) {
    if (furthest?.file === next.file && next.offset < furthest.offset + furthest.length) {
      shared.add(furthest.tensor).add(next.tensor);
    }
    const end = next.offset + next.length;
    if (furthest?.file !== next.file || end > furthest.offset + furthest.length) furthest = next;
  }
  return shared;
}
