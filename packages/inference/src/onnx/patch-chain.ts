import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  applyPatch,
  type ModelContent,
  type ModelLayout,
  patchFile,
  patchLimits,
  readManifest,
  readModelContent,
  readModelLayout,
  readPatch,
} from "@paddlewheel/onnx";
import { stampFiles } from "../cache/stamp-files.js";
import { compareVersions, isVersionName } from "../version/compare-versions.js";
import { listVersions } from "../version/version-scanner.js";
import { findOnnxFile } from "./model-folder.js";

/**
 * Whether a folder holds a patch in place of a model.
 * @throws Error when it holds both: which is served would be a guess.
 */
export async function isPatchFolder(dir: string): Promise<boolean> {
  const files = await readdir(dir).catch((): string[] => []);
  if (!files.includes(patchFile)) return false;
  const model = files.find((name) => name.endsWith(".onnx"));
  if (model === undefined) return true;
  throw new Error(`${dir} has a model, ${model}, and a patch, ${patchFile}: leave one of them`);
}

/**
 * What a model folder holds; of one that holds a patch, the model it leads back to with all patches on the way.
 * @throws Error when there is none, or a patch does not fit.
 */
export async function readFolderContent(dir: string): Promise<ModelContent> {
  const patches: string[] = [];
  let folder = resolve(dir);
  while (await isPatchFolder(folder)) {
    if (patches.length === patchLimits.maxChain) {
      throw new Error(
        `${dir}: more than ${patchLimits.maxChain} patches on one model: apply them once, paddlewheel patch`,
      );
    }
    patches.push(folder);
    folder = await baseFolder(folder);
  }
  let content = await readBase(await findOnnxFile(folder));
  for (const patch of patches.reverse()) content = applyPatch(content, await readPatch(patch));
  return content;
}

/** The folder beside this one with the version it is a patch of. A lower one, so that patches lead to an end. */
async function baseFolder(patchDir: string): Promise<string> {
  const { baseVersion } = await readManifest(patchDir);
  const version = basename(patchDir);
  const modelDir = dirname(patchDir);
  if (!isVersionName(version)) {
    throw new Error(
      `${patchDir} holds a patch, whose model is looked for among versions: name the folder by its number, ` +
        "or apply the patch, paddlewheel patch",
    );
  }
  const lower = (await listVersions(modelDir)).filter((name) => compareVersions(name, version) < 0);
  const base = baseVersion ?? lower.at(-1);
  if (base !== undefined && lower.includes(base)) return join(modelDir, base);
  const wanted = base === undefined ? "a lower version" : `version ${base}`;
  throw new Error(
    `${patchDir} is a patch of ${wanted}, and ${modelDir} has ${lower.join(", ") || "none"} below it`,
  );
}

/** A model that was read, and how its files looked from outside. */
interface ReadBase {
  readonly content: ModelContent;
  readonly stamp: string;
}

/** Models whose content is remembered. A server has a few that patches build on. */
const maxBases = 8;

/** By path, the one used last at the end: of two patches on one model the second need not read it again. */
const bases = new Map<string, ReadBase>();

async function readBase(file: string): Promise<ModelContent> {
  const known = bases.get(file);
  const now = known && (await contentStamp(known.content.layout).catch(() => undefined));
  const base = known && now === known.stamp ? known : await readAnew(file);
  bases.delete(file);
  bases.set(file, base);
  for (const oldest of bases.keys()) if (bases.size > maxBases) bases.delete(oldest);
  return base.content;
}

async function readAnew(file: string): Promise<ReadBase> {
  const stamp = await contentStamp(await readModelLayout(file));
  const content = await readModelContent(file);
  if ((await contentStamp(content.layout)) !== stamp) throw new Error(`${file} changed while it was read`);
  return { content, stamp };
}

/** Of the files of the model that patches build on; changes when one of them does. */
export function contentStamp(layout: ModelLayout): Promise<string> {
  return stampFiles(contentFiles(layout));
}

/** The file of the model, then those its weights lie in. */
export function contentFiles({ file, tensors }: ModelLayout): readonly string[] {
  return [...new Set([file, ...tensors.flatMap(({ elements }) => elements?.file ?? [])])];
}
