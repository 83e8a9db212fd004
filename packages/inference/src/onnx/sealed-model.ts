import { dirname, join } from "node:path";
import { findEscapingExternalData, type ModelSummary, patchFile, summarizeModel } from "@paddlewheel/onnx";
import type { ModelFiles } from "../core/fluid-family-core.js";
import { CipherKey } from "../encrypt/cipher-key.js";
import { unsealToMemory } from "../encrypt/sealed-file.js";
import { listFiles } from "../version/folder-fingerprint.js";
import { listModelFolder, pickModel } from "./model-folder.js";
import { modelBytes, unservableValues } from "./read-onnx-model.js";

/** What the names of encrypted files end in. */
export const sealedEnding = ".enc";

/** Files that Paddle Serving encrypts a model into; another format, and no ONNX inside. */
const paddleFiles: ReadonlySet<string> = new Set(["encrypt_model", "encrypt_params"]);

/**
 * Finds the encrypted model of a folder. It has no `files`: prepared, its weights would lie on the disk as they are.
 * @throws Error when there is none, or one that is not encrypted: whoever could put it there could serve what they like.
 */
export async function findSealedModel(modelDir: string): Promise<ModelFiles> {
  const names = await listModelFolder(modelDir);
  const plain = names.find((name) => name.endsWith(".onnx"));
  if (plain !== undefined) {
    throw new Error(
      `${modelDir}: ${plain} is not encrypted, and encrypted_model says it is: paddlewheel encrypt`,
    );
  }
  if (names.includes(patchFile)) {
    throw new Error(
      `${modelDir} holds a patch, and the model of a patch is written to disk, which encrypted_model rules out: ` +
        "paddlewheel patch, then paddlewheel encrypt",
    );
  }
  const paddle = names.find((name) => paddleFiles.has(name));
  if (paddle !== undefined) {
    throw new Error(
      `${modelDir}: ${paddle} was encrypted by Paddle, in a format of its own: convert the model to ONNX before it is ` +
        "encrypted, then paddlewheel encrypt",
    );
  }
  const dataPath = pickModel(modelDir, names, `.onnx${sealedEnding}`);
  if (dataPath === undefined) {
    throw new Error(
      `${modelDir} has no encrypted model: expected model.onnx${sealedEnding}, of paddlewheel encrypt`,
    );
  }
  const sealed = (await listFiles(modelDir)).filter((name) => name.endsWith(sealedEnding));
  return { dataPath, bytes: await modelBytes(sealed.map((name) => join(modelDir, name))) };
}

/** An encrypted model in memory, as it was before. */
export interface UnsealedModel {
  readonly summary: ModelSummary;
  readonly model: Uint8Array;
  /** All that it keeps in other files, so that the runtime looks for none. */
  readonly weights: readonly { readonly path: string; readonly data: Uint8Array }[];
  /** To be called once a session has what it needs. */
  wipe(): void;
}

/**
 * Decrypts a model and its weights into memory.
 * @throws Error that names the file, and nothing of the key, when it is another one or a file is damaged; and as
 * `readOnnxModel`.
 */
export async function unsealModel(dataPath: string, keyBytes: Uint8Array): Promise<UnsealedModel> {
  const key = new CipherKey(keyBytes);
  const parts: Uint8Array[] = [];
  const wipe = (): void => {
    for (const part of parts) part.fill(0);
  };
  const unseal = async (file: string): Promise<Uint8Array> => {
    const content = await unsealToMemory(file, key);
    parts.push(content);
    return content;
  };
  try {
    const model = await unseal(dataPath);
    const summary = readSummary(model, dataPath);
    await checkModel(summary, dataPath);
    const weights: { path: string; data: Uint8Array }[] = [];
    for (const path of new Set(summary.externalData.map(({ location }) => location))) {
      weights.push({ path, data: await unseal(join(dirname(dataPath), path + sealedEnding)) });
    }
    return { summary, model, weights, wipe };
  } catch (thrown) {
    wipe();
    throw thrown;
  }
}

function readSummary(model: Uint8Array, file: string): ModelSummary {
  try {
    return summarizeModel(model);
  } catch (thrown) {
    throw new Error(`${file}: ${(thrown as Error).message}`, { cause: thrown });
  }
}

async function checkModel(summary: ModelSummary, file: string): Promise<void> {
  const externalData = summary.externalData.map((tensor) => ({
    ...tensor,
    location: tensor.location && tensor.location + sealedEnding,
  }));
  const faults = [...(await findEscapingExternalData({ externalData }, file)), ...unservableValues(summary)];
  if (faults.length > 0) throw new Error(`${file}: ${faults.join("; ")}`);
}
