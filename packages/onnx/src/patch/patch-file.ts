import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { OnnxFormatError } from "../onnx-format-error.js";
import { readWeights, type Weight } from "./model-content.js";
import { readModelLayout } from "./model-layout.js";

/** Says that a folder holds a patch, and of what. */
export const patchFile = "patch.json";
/** The weights of a patch: a ModelProto whose graph has nothing but initializers. */
export const patchWeightsFile = "weights.pb";

export const patchLimits = {
  /** Bytes of `patch.json`, which has a few lines. */
  maxManifestBytes: 65_536,
  /** Bytes of the weights: protobuf's own limit. A larger patch is no smaller than many models. */
  maxWeightsBytes: 2_147_483_647,
  /** Patches on patches on one model. Each is a file to open at every load; apply them and start again from there. */
  maxChain: 16,
} as const;

/** A patch folder that was read. */
export interface ModelPatch {
  readonly dir: string;
  /** Revision of the model it changes. */
  readonly base: string;
  /** Version of that model among those of an engine; by default the next lower one. */
  readonly baseVersion: string | undefined;
  /** Revision of what comes out. */
  readonly revision: string;
  readonly weights: ReadonlyMap<string, Weight>;
}

/** What `patch.json` says. */
export type PatchManifest = Pick<ModelPatch, "base" | "baseVersion" | "revision">;

export function renderManifest({ base, baseVersion, revision }: PatchManifest): string {
  const manifest = {
    format: 1,
    base: prefix + base,
    ...(baseVersion === undefined ? {} : { base_version: baseVersion }),
    revision: prefix + revision,
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** @throws OnnxFormatError that names the file and the field at fault. */
export async function readManifest(dir: string): Promise<PatchManifest> {
  const file = join(dir, patchFile);
  const { size } = await stat(file);
  if (size > patchLimits.maxManifestBytes) {
    throw new OnnxFormatError(
      `${file}: has ${size} bytes, at most ${patchLimits.maxManifestBytes} are allowed`,
    );
  }
  const json = parseObject(await readFile(file, "utf8"), file);
  if (json.format !== 1) {
    throw new OnnxFormatError(`${file}: format: must be 1, not ${JSON.stringify(json.format)}`);
  }
  const baseVersion = json.base_version;
  if (
    baseVersion !== undefined &&
    !(typeof baseVersion === "string" && /^[1-9]\d{0,18}$/.test(baseVersion))
  ) {
    throw new OnnxFormatError(`${file}: base_version: must be the number of a version, as text`);
  }
  return {
    base: readRevision(json, "base", file),
    baseVersion,
    revision: readRevision(json, "revision", file),
  };
}

/** @throws OnnxFormatError when it is no patch. Whether it fits, `applyPatch` finds out. */
export async function readPatch(dir: string): Promise<ModelPatch> {
  const manifest = await readManifest(dir);
  const file = join(dir, patchWeightsFile);
  const { size } = await stat(file);
  if (size > patchLimits.maxWeightsBytes) {
    throw new OnnxFormatError(
      `${file}: has ${size} bytes, at most ${patchLimits.maxWeightsBytes} are allowed`,
    );
  }
  const layout = await readModelLayout(file);
  const elsewhere = layout.tensors.find(({ elements }) => elements && elements.file !== file);
  if (elsewhere) throw new OnnxFormatError(`${file}: "${elsewhere.name}": a patch holds its weights itself`);
  return { dir, ...manifest, weights: await readWeights(layout) };
}

const prefix = "sha256:";

function readRevision(json: Readonly<Record<string, unknown>>, field: string, file: string): string {
  const value = json[field];
  if (typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value)) return value.slice(prefix.length);
  throw new OnnxFormatError(`${file}: ${field}: must be "sha256:" and 64 hexadecimal digits`);
}

function parseObject(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Said below.
  }
  throw new OnnxFormatError(`${file}: must be a JSON object`);
}
