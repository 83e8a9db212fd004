import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { patchFile } from "@paddlewheel/onnx";
import { findOnnxFile } from "../onnx/model-folder.js";
import { modelFiles, readOnnxModel } from "../onnx/read-onnx-model.js";
import { sealedEnding } from "../onnx/sealed-model.js";
import { listFiles } from "../version/folder-fingerprint.js";
import { listVersions } from "../version/version-scanner.js";
import type { CipherKey } from "./cipher-key.js";
import { sealFile, unsealFile } from "./sealed-file.js";

export interface FolderTask {
  /** A model folder, with or without versions. */
  readonly modelDir: string;
  /** Made if it is not there; no file is written over. */
  readonly outDir: string;
  readonly key: CipherKey;
}

/** What was written, as paths below the folder. */
export interface FolderResult {
  /** Encrypted, or decrypted. */
  readonly changed: readonly string[];
  /** Copied as they are. */
  readonly copied: readonly string[];
}

/**
 * Copies a model folder with its models encrypted, and the files their weights lie in. Other files stay as they are.
 * @throws Error when there is no model in it, or a patch, which is no model yet.
 */
export async function encryptModelDir({ modelDir, outDir, key }: FolderTask): Promise<FolderResult> {
  const secret = new Set(await secretFiles(modelDir));
  const isSecret = (name: string) => secret.has(join(modelDir, name));
  return copyFolder({ modelDir, outDir }, isSecret, (source, target) =>
    sealFile(source, target + sealedEnding, key),
  );
}

/** The other way round. @throws Error that names the file when the key is another one, or a file is damaged. */
export async function decryptModelDir({ modelDir, outDir, key }: FolderTask): Promise<FolderResult> {
  const isSealed = (name: string) => name.endsWith(sealedEnding);
  const result = await copyFolder({ modelDir, outDir }, isSealed, (source, target) =>
    unsealFile(source, target.slice(0, -sealedEnding.length), key),
  );
  if (result.changed.length > 0) return result;
  throw new Error(`${modelDir} has no encrypted files: their names end in ${sealedEnding}`);
}

async function secretFiles(modelDir: string): Promise<readonly string[]> {
  const versions = await listVersions(modelDir);
  const folders = versions.length === 0 ? [modelDir] : versions.map((version) => join(modelDir, version));
  const files: string[] = [];
  for (const folder of folders) {
    const model = await findOnnxFile(folder);
    files.push(...modelFiles(model, await readOnnxModel(model)));
  }
  const patch = (await listFiles(modelDir)).find(
    (name) => name.endsWith(`/${patchFile}`) || name === patchFile,
  );
  if (patch === undefined) return files;
  throw new Error(`${join(modelDir, patch)}: apply the patch first: paddlewheel patch`);
}

type Change = (source: string, target: string) => Promise<void>;

async function copyFolder(
  { modelDir, outDir }: Omit<FolderTask, "key">,
  isChanged: (name: string) => boolean,
  change: Change,
): Promise<FolderResult> {
  const names = await listFiles(modelDir);
  for (const name of names) {
    const [source, target] = [join(modelDir, name), join(outDir, name)];
    await mkdir(dirname(target), { recursive: true });
    await (isChanged(name) ? change(source, target) : copyFile(source, target));
  }
  return { changed: names.filter(isChanged), copied: names.filter((name) => !isChanged(name)) };
}
