import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** What the files of a folder look like from outside. */
export interface FolderFingerprint {
  /** Hash of the names, sizes, times and inodes of all files. */
  readonly text: string;
  /** When the youngest file was written, in nanoseconds since the epoch. */
  readonly newestNs: bigint;
}

export const folderLimits = {
  /** A model is a handful of files; looking at more at every poll would cost. */
  maxFiles: 10_000,
  maxDepth: 8,
} as const;

/**
 * Fingerprints a folder without reading its files. Subfolders count, links to folders do not.
 * @throws Error when it cannot be read or has too many files; also when a file vanishes meanwhile.
 */
export async function fingerprintFolder(dir: string): Promise<FolderFingerprint> {
  const hash = createHash("sha256");
  let newestNs = 0n;
  for (const file of await listFiles(dir)) {
    const { size, mtimeNs, ino } = await stat(join(dir, file), { bigint: true });
    hash.update(`${file}\0${size}\0${mtimeNs}\0${ino}\0`);
    if (mtimeNs > newestNs) newestNs = mtimeNs;
  }
  return { text: hash.digest("hex"), newestNs };
}

/** Paths of all files of a folder, relative to it, in the order of their names. */
export async function listFiles(dir: string): Promise<readonly string[]> {
  const files: string[] = [];
  await collectFiles({ dir, below: "", depth: 0 }, files);
  return files.sort((a, b) => (a < b ? -1 : 1));
}

interface FolderPlace {
  readonly dir: string;
  readonly below: string;
  readonly depth: number;
}

async function collectFiles({ dir, below, depth }: FolderPlace, files: string[]): Promise<void> {
  if (depth > folderLimits.maxDepth) {
    throw new Error(`${dir} has folders deeper than ${folderLimits.maxDepth} levels`);
  }
  for (const entry of await readdir(join(dir, below), { withFileTypes: true })) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) await collectFiles({ dir, below: path, depth: depth + 1 }, files);
    else if (entry.isFile() || (await isLinkToFile(join(dir, path)))) files.push(path);
    if (files.length > folderLimits.maxFiles) {
      throw new Error(`${dir} has more than ${folderLimits.maxFiles} files`);
    }
  }
}

/** A link that leads nowhere is no file; sockets and devices are none either. */
async function isLinkToFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
