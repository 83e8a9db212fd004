import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Code, invalidConf, quoteValue, ServeError } from "@paddlewheel/core";
import type { Host } from "../host.js";
import { parseServerFile, type ServerListLimits } from "./parse-servers.js";

/** Bytes a server file may have: more than the default limit of servers needs, and read in milliseconds. */
const maxFileBytes = 4 * 1024 * 1024;

/**
 * Finds the servers that a file names; gives undefined as long as the file is the one it has read last. A file with a
 * fault, or without a server because somebody is about to write it, is refused whole.
 */
export function findInFile(
  path: string,
  limits: ServerListLimits,
): () => Promise<readonly Host[] | undefined> {
  let known = "";
  let refusal: ServeError | undefined;
  return async () => {
    const file = await openFile(path);
    try {
      const stats = await file.stat({ bigint: true });
      const version = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
      if (version === known && refusal) throw refusal;
      if (version === known) return undefined;
      const read = await readHosts(file, stats, { path, limits });
      known = version;
      refusal = read instanceof ServeError ? read : undefined;
      if (read instanceof ServeError) throw read;
      return read;
    } finally {
      await file.close();
    }
  };
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, a named pipe of that name would hold a thread for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The servers, or why this version of the file is refused. */
async function readHosts(
  file: FileHandle,
  stats: BigIntStats,
  { path, limits }: { path: string; limits: ServerListLimits },
): Promise<readonly Host[] | ServeError> {
  if (!stats.isFile()) return unreadable(path, "it is no file");
  if (stats.size > maxFileBytes) {
    return unreadable(path, `it has ${stats.size} bytes, at most ${maxFileBytes} are allowed`);
  }
  const { hosts, faults } = parseServerFile(await file.readFile("utf8"), path, limits);
  return faults.length > 0 ? invalidConf(faults) : hosts;
}

function unreadable(path: string, reason: string, cause?: unknown): ServeError {
  return new ServeError(Code.unavailable, `cannot read the servers of ${quoteValue(path)}: ${reason}`, {
    cause,
  });
}
