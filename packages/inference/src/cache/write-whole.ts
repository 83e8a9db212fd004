import { randomUUID } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface WholeFile {
  /** The cache folder, where what a process leaves unfinished is swept. */
  readonly cacheDir: string;
  readonly path: string;
  readonly text: string;
}

/** Writes a file of the cache in one step, for its owner alone; false, and nothing is left of it, when it cannot be. */
export async function writeWhole({ cacheDir, path, text }: WholeFile): Promise<boolean> {
  const temporary = join(cacheDir, `tmp-${process.pid}-${randomUUID()}`);
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, path);
    return true;
  } catch {
    await rm(temporary, { force: true });
    return false;
  }
}
