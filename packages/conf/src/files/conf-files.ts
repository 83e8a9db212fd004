import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { Code, ServeError } from "@paddlewheel/core";
import { textLimits } from "../text/text-limits.js";

/** What conf needs of a file system; paths are absolute. */
export interface ConfFiles {
  /**
   * The text of a file, undefined when there is none. Of a file above the size limit only as much as shows that it is.
   * @throws ServeError invalidConf when there is something that cannot be read as text.
   */
  read(path: string): string | undefined;
  exists(path: string): boolean;
  isDirectory(path: string): boolean;
}

/** The files of this machine. */
export const diskFiles: ConfFiles = {
  read: readFromDisk,
  exists: (path) => statOf(path) !== undefined,
  isDirectory: (path) => statOf(path)?.isDirectory() ?? false,
};

/** Files in memory, by absolute path, in front of others. */
export function overlayFiles(texts: ReadonlyMap<string, string>, below: ConfFiles = diskFiles): ConfFiles {
  const isFolder = (path: string) => [...texts.keys()].some((file) => file.startsWith(`${path}/`));
  return {
    read: (path) => texts.get(path) ?? below.read(path),
    exists: (path) => texts.has(path) || isFolder(path) || below.exists(path),
    isDirectory: (path) => isFolder(path) || below.isDirectory(path),
  };
}

function readFromDisk(path: string): string | undefined {
  const stat = statOf(path);
  if (!stat) return undefined;
  // A pipe or device could block or never end.
  if (!stat.isFile()) throw unreadable("is not a file");
  const bytes = readStart(path);
  try {
    const isCut = bytes.length > textLimits.maxBytes;
    return new TextDecoder("utf-8", { fatal: !isCut, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable("is not UTF-8 text", cause);
  }
}

/** At most one byte more than a conf file may have. */
function readStart(path: string): Uint8Array {
  const bytes = new Uint8Array(textLimits.maxBytes + 1);
  let length = 0;
  try {
    const file = openSync(path, "r");
    try {
      for (let got = -1; got !== 0 && length < bytes.length; length += got) {
        got = readSync(file, bytes, length, bytes.length - length, null);
      }
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw unreadable(`cannot be read: ${reasonOf(cause)}`, cause);
  }
  return bytes.subarray(0, length);
}

/** A path the system refuses (too long, a NUL in it, no permission) is one where nothing is. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
}

function unreadable(message: string, cause?: unknown): ServeError {
  return new ServeError(Code.invalidConf, message, { cause });
}
