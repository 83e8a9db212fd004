import { stat } from "node:fs/promises";
import { fileStamp } from "./file-stamp.js";

/** Changes when one of the files does, or is replaced. */
export async function stampFiles(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(files.map(async (file) => fileStamp(await stat(file, { bigint: true }))));
  return stamps.join();
}
