import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { elementTypeOfNumber } from "../element-type.js";
import { OnnxFormatError } from "../onnx-format-error.js";
import { messageType } from "../schema.js";
import { encodeField } from "./encode-field.js";
import { type ModelContent, readMessage, type Weight } from "./model-content.js";
import { byteLength } from "./model-layout.js";
import { OpenFiles } from "./open-files.js";
import { patchFile, patchLimits, patchWeightsFile, renderManifest } from "./patch-file.js";
import { type Part, partsLength, writeParts } from "./splice-file.js";
import { tensorBytes } from "./tensor-bytes.js";
import { describeShape, shapeFault } from "./weight-shape.js";

/** What changed from one model to another. */
export interface ModelDiff {
  /** Names of the weights with other elements. */
  readonly changed: readonly string[];
  readonly weightCount: number;
  /** Bytes of the weights that changed, and of all. */
  readonly changedBytes: number;
  readonly bytes: number;
}

/**
 * What differs between two models of one graph.
 * @throws OnnxFormatError when more than elements of weights differs, which a patch cannot bring.
 */
export function diffModels(from: ModelContent, to: ModelContent): ModelDiff {
  const faults = [...weightFaults(from, to)];
  if (faults.length > 0) throw new OnnxFormatError(`a patch cannot bring this change: ${faults.join("; ")}`);
  if (from.frame !== to.frame) {
    throw new OnnxFormatError(
      "a patch cannot bring this change: more than weights differs, nodes or names say; deploy the whole model",
    );
  }
  const all = [...to.weights];
  const changed = all.filter(([name, { digest }]) => from.weights.get(name)?.digest !== digest);
  return {
    changed: changed.map(([name]) => name),
    weightCount: all.length,
    changedBytes: sumOf(changed),
    bytes: sumOf(all),
  };
}

/** Faults that are told at most; thousands of weights may be missing. */
const maxFaults = 8;

function* weightFaults(from: ModelContent, to: ModelContent): Generator<string> {
  let count = 0;
  for (const [name, weight] of to.weights) {
    const before = from.weights.get(name);
    const fault = before
      ? shapeFault(weight, before)
      : `the old model has no weight "${name}" (${describeShape(weight)})`;
    if (fault === undefined) continue;
    if (++count > maxFaults) return;
    yield before ? `weight "${name}": ${fault}` : fault;
  }
  for (const name of from.weights.keys()) {
    if (to.weights.has(name)) continue;
    if (++count > maxFaults) return;
    yield `the new model has no weight "${name}"`;
  }
}

function sumOf(weights: readonly (readonly [string, Weight])[]): number {
  return weights.reduce((sum, [, { dataType, dims }]) => sum + (byteLength(dataType, dims) ?? 0), 0);
}

export interface PatchToWrite {
  readonly from: ModelContent;
  readonly to: ModelContent;
  /** See `ModelPatch.baseVersion`. */
  readonly baseVersion?: string | undefined;
  /** Made if it is not there; the files of a patch must not be. */
  readonly dir: string;
}

/**
 * Writes the patch that makes one model of another; weights go from file to file.
 * @throws OnnxFormatError as `diffModels`, or when the changed weights pass `patchLimits.maxWeightsBytes`.
 */
export async function writePatch({ from, to, baseVersion, dir }: PatchToWrite): Promise<ModelDiff> {
  const diff = diffModels(from, to);
  if (diff.changedBytes > patchLimits.maxWeightsBytes) {
    throw new OnnxFormatError(
      `the changed weights have ${diff.changedBytes} bytes, a patch has at most ${patchLimits.maxWeightsBytes}: deploy the whole model`,
    );
  }
  await mkdir(dir, { recursive: true });
  await writeWeights(
    join(dir, patchWeightsFile),
    diff.changed.flatMap((name) => to.weights.get(name) ?? []),
  );
  const manifest = renderManifest({ base: from.revision, baseVersion, revision: to.revision });
  // Last, as it makes the folder a patch.
  await writeFile(join(dir, patchFile), manifest, { flag: "wx" });
  return diff;
}

async function writeWeights(path: string, weights: readonly Weight[]): Promise<void> {
  await using files = new OpenFiles();
  const tensors: Part[] = [];
  for (const weight of weights) {
    const parts = await tensorParts(files, weight);
    tensors.push(encodeField(tag.initializer, partsLength(parts)), ...parts);
  }
  const head = messageType("ModelProto").encode({ ir_version: 8 }).finish();
  const target = await open(path, "wx");
  try {
    const graph = encodeField(tag.graph, partsLength(tensors));
    await writeParts({ target, files, position: 0 }, [head, graph, ...tensors]);
  } finally {
    await target.close();
  }
}

/** A weight as a TensorProto with `raw_data`; texts, which cannot be raw, as they are. */
async function tensorParts(files: OpenFiles, { file, layout }: Weight): Promise<readonly Part[]> {
  const { name, dims, dataType, elements } = layout;
  if (!elements && elementTypeOfNumber(dataType) === "string") return [{ file, ...layout.body }];
  const raw = elements ?? tensorBytes(await readMessage(files, file, layout));
  const head = messageType("TensorProto").encode({ name, dims, data_type: dataType }).finish();
  return [head, encodeField(tag.rawData, raw.length), raw];
}

/** Field numbers of fields of bytes, as tags. */
const tag = { graph: (7 << 3) | 2, initializer: (5 << 3) | 2, rawData: (9 << 3) | 2 } as const;
