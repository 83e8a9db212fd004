import { lstat, mkdir } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where prepared models are kept unless told otherwise: `$XDG_CACHE_HOME/paddlewheel`, else `~/.cache/paddlewheel`. A
 * home outlives a restart of the machine, and is a disk where `/tmp` often is memory, which mapped weights are to
 * spare. A user without a home has a folder of their own below the temporary one.
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): string {
  // XDG Base Directory Specification: a relative path is to be ignored.
  const xdg = env.XDG_CACHE_HOME;
  if (xdg?.startsWith("/")) return join(xdg, "paddlewheel");
  if (home !== "" && home !== "/") return join(home, ".cache", "paddlewheel");
  return join(tmpdir(), `paddlewheel-${process.getuid?.() ?? "cache"}`);
}

/**
 * Makes the cache folder if it is not there, for its owner alone.
 * @throws Error when somebody else could write into it: what is in it is run as it is.
 */
export async function openCacheFolder(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const status = await lstat(dir);
  if (!status.isDirectory()) throw new Error(`${dir} is no folder`);
  if (process.getuid === undefined) return;
  if (status.uid !== process.getuid()) throw new Error(`${dir} belongs to another user`);
  if ((status.mode & 0o022) !== 0) throw new Error(`${dir} can be written by others: chmod 700 ${dir}`);
}
