import { constants } from "node:fs";
import { chmod, copyFile, type FileHandle, open } from "node:fs/promises";
import { copyRange, writeFully } from "./copy-range.js";
import { type FileRange, OpenFiles } from "./open-files.js";

/** Bytes, or where they lie. */
export type Part = Uint8Array | FileRange;

/** Other bytes in place of some of a file. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly parts: readonly Part[];
}

/**
 * Writes `target`, which is not there yet, as `source` with edits that do not overlap. Where none of them changes the
 * length, the kernel copies the file, or shares its blocks on file systems that can, and only the edits are written.
 */
export async function spliceFile(source: string, target: string, edits: readonly Edit[]): Promise<void> {
  await using files = new OpenFiles();
  const isSameLength = edits.every(({ length, parts }) => partsLength(parts) === length);
  if (isSameLength) {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(target, 0o600);
    await withFile(target, "r+", (file) => writeOver(file, edits, files));
    return;
  }
  const sorted = edits.toSorted((a, b) => a.offset - b.offset);
  await withFile(target, "wx", (file) => writeAnew({ file, source, files }, sorted));
}

export function partsLength(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

async function withFile(
  path: string,
  flags: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await write(file);
  } finally {
    await file.close();
  }
}

async function writeOver(target: FileHandle, edits: readonly Edit[], files: OpenFiles): Promise<void> {
  for (const { offset, parts } of edits) await writeParts({ target, files, position: offset }, parts);
}

interface Splicing {
  /** Where the result goes. */
  readonly file: FileHandle;
  readonly source: string;
  readonly files: OpenFiles;
}

async function writeAnew({ file, source, files }: Splicing, edits: readonly Edit[]): Promise<void> {
  const original = await files.get(source);
  const { size } = await original.stat();
  let from = 0;
  let position = 0;
  for (const { offset, length, parts } of [...edits, { offset: size, length: 0, parts: [] }]) {
    await copyRange(original, file, { offset: from, length: offset - from, position });
    position = await writeParts({ target: file, files, position: position + offset - from }, parts);
    from = offset + length;
  }
}

export interface PartsPlace {
  readonly target: FileHandle;
  readonly files: OpenFiles;
  readonly position: number;
}

/** Writes parts one after the other, and gives the position behind them. */
export async function writeParts(
  { target, files, position }: PartsPlace,
  parts: readonly Part[],
): Promise<number> {
  let end = position;
  for (const part of parts) {
    if (part instanceof Uint8Array) await writeFully(target, part, end);
    else await copyRange(await files.get(part.file), target, { ...part, position: end });
    end += part.length;
  }
  return end;
}
