import { rm } from "node:fs/promises";
import { writeModel } from "@paddlewheel/onnx";
import type { MakeScratchFolder } from "../cache/scratch-folder.js";
import { contentFiles, contentStamp, readFolderContent } from "./patch-chain.js";
import { modelBytes } from "./read-onnx-model.js";

/** A model that was put together of a model and patches. */
export interface ComposedModel {
  readonly file: string;
  /** Removes it. */
  release(): Promise<void>;
}

/**
 * Puts the model of a patch folder together in a folder of its own. The weights that stay are copied by the kernel, or
 * not at all where the file system shares blocks; only those of patches are written.
 * @throws Error that says why the patch does not fit.
 */
export async function composeModel(patchDir: string, makeScratch: MakeScratchFolder): Promise<ComposedModel> {
  const content = await readFolderContent(patchDir);
  const before = await contentStamp(content.layout);
  const dir = await makeScratch(await modelBytes(contentFiles(content.layout)));
  const release = (): Promise<void> => rm(dir, { recursive: true, force: true });
  try {
    const file = await writeModel(content, dir);
    if ((await contentStamp(content.layout)) !== before) {
      throw new Error(`${content.layout.file} changed while a patch was applied to it`);
    }
    return { file, release };
  } catch (thrown) {
    await release();
    throw thrown;
  }
}
