import { mkdtemp, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limitCounter, type Metrics, noMetrics } from "@paddlewheel/core";
import { openCacheFolder } from "./cache-folder.js";

/** Makes an empty folder for so many bytes, which nobody else may enter; whoever asks for it removes it. */
export type MakeScratchFolder = (bytes: number) => Promise<string>;

/**
 * Scratch folders in the folder of the cache, where what a process leaves behind is swept up later; without a cache in the
 * temporary folder.
 */
export function scratchFolders(
  cacheDir: string | undefined,
  metrics: Metrics = noMetrics,
): MakeScratchFolder {
  return async (bytes) => {
    if (cacheDir !== undefined) await openCacheFolder(cacheDir);
    const parent = cacheDir ?? tmpdir();
    const { bavail, bsize } = await statfs(parent);
    if (bavail * bsize < bytes) {
      limitCounter(metrics, "scratch_disk").increment();
      throw new Error(
        `${parent} has ${bavail * bsize} bytes free, ${bytes} are needed to put the model together`,
      );
    }
    const name = cacheDir === undefined ? `paddlewheel-${process.pid}-` : `tmp-${process.pid}-`;
    return await mkdtemp(join(parent, name));
  };
}
