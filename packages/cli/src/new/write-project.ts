import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { quoteNames } from "@paddlewheel/core";

/** @throws Error when the folder cannot become that of a project: only one that is not there, or is empty, can. */
export async function checkFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (!(await isFolder(parent))) throw new Error(`${folder}: there is no folder ${parent} to put it in`);
  const entries = await entriesOf(folder);
  if (entries.length > 0) {
    throw new Error(
      `${folder} is not empty, it has ${quoteNames(entries)}: name a folder that is not there yet`,
    );
  }
  if (folder === process.cwd()) {
    throw new Error(
      `${folder} is the folder you are in, and would be replaced: go up and name it from there`,
    );
  }
}

/**
 * Writes files, by their paths, as a folder. They are written beside it and moved there at once: a failure leaves
 * nothing behind, and a folder that is not empty by then stays as it is.
 */
export async function writeProject(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const temporary = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`));
  try {
    // A folder inside the temporary one, as that is closed to other users.
    const project = join(temporary, "project");
    for (const [path, content] of files) {
      const file = join(project, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    await rename(project, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new Error(`${folder} is a file: name a folder that is not there yet`);
    throw thrown;
  }
}
