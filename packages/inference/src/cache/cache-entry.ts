import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DigestMemo } from "./digest-memo.js";

/** One file of an entry as it was written. */
interface FileRecord {
  readonly name: string;
  readonly bytes: number;
  readonly digest: string;
}

interface Manifest {
  readonly files: readonly FileRecord[];
}

const manifestFile = "manifest.json";

/** A manifest is made here and names two files; what is larger is not ours. */
const maxManifestBytes = 65_536;

/** Records what a folder holds; from then on it is an entry. Gives its size. */
export async function sealEntry(folder: string, memo: DigestMemo): Promise<number> {
  const names = (await readdir(folder)).sort();
  const files: FileRecord[] = [];
  for (const name of names) {
    const path = join(folder, name);
    files.push({ name, bytes: (await stat(path)).size, digest: await memo.digest(path) });
  }
  await writeFile(join(folder, manifestFile), JSON.stringify({ files } satisfies Manifest), { mode: 0o600 });
  return sumBytes(files);
}

/**
 * Whether an entry is as it was sealed: a power failure or a full disk may leave a file that opens and computes
 * something else. Undefined when there is no entry.
 */
export async function isEntryWhole(folder: string, memo: DigestMemo): Promise<boolean | undefined> {
  try {
    await stat(folder);
  } catch {
    return undefined;
  }
  try {
    const { files } = await readManifest(folder);
    if (files.length === 0) return false;
    for (const { name, bytes, digest } of files) {
      const path = join(folder, name);
      if ((await stat(path)).size !== bytes || (await memo.digest(path)) !== digest) return false;
    }
    return true;
  } catch {
    return false;
  }
}

export interface EntryUse {
  /** Milliseconds since the epoch. */
  readonly usedAt: number;
  readonly bytes: number;
}

/** When an entry was last acquired, and its size; nothing for what has no manifest. */
export async function entryUse(folder: string): Promise<EntryUse> {
  try {
    const { mtimeMs } = await stat(join(folder, manifestFile));
    return { usedAt: mtimeMs, bytes: sumBytes((await readManifest(folder)).files) };
  } catch {
    return { usedAt: 0, bytes: 0 };
  }
}

export async function touchEntry(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, manifestFile), now, now);
}

async function readManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestFile);
  if ((await stat(path)).size > maxManifestBytes) throw new Error("the manifest is too large");
  const { files } = JSON.parse(await readFile(path, "utf8")) as Manifest;
  // Only names of its own folder are looked at, whoever wrote them.
  return { files: files.map(({ name, bytes, digest }) => ({ name: plainName(name), bytes, digest })) };
}

function plainName(name: string): string {
  if (!/^[\w.-]+$/.test(name) || name.startsWith("."))
    throw new Error("the manifest names no file of the entry");
  return name;
}

function sumBytes(files: readonly FileRecord[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
