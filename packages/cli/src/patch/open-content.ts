import { readdir, stat } from "node:fs/promises";
import { readFolderContent } from "@paddlewheel/inference";
import { type ModelContent, readModelContent } from "@paddlewheel/onnx";

/** What a model consists of: an ONNX file, or a folder, which may hold a patch of the version beside it. */
export async function openContent(path: string): Promise<ModelContent> {
  const status = await stat(path).catch(() => undefined);
  if (!status) throw new Error(`there is no file or folder ${path}`);
  return status.isDirectory() ? readFolderContent(path) : readModelContent(path);
}

/** @throws Error when a folder has anything in it. */
export async function checkEmpty(dir: string): Promise<void> {
  const files = await readdir(dir).catch((): string[] => []);
  if (files.length > 0) throw new Error(`${dir} is not empty`);
}
