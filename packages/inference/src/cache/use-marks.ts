import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const marksFolder = "in-use";

/**
 * Tells other processes which entries are open, one empty file each: `in-use/KEY.PID`. A mark of a process that is gone
 * does not count. Processes of other containers look gone, and then an entry may be removed that they have open: what
 * they have mapped stays with them, and a copy they load later opens the original.
 */
export class UseMarks {
  readonly #folder: string;
  readonly #pid: number;
  readonly #uses = new Map<string, number>();

  constructor(dir: string, pid: number = process.pid) {
    this.#folder = join(dir, marksFolder);
    this.#pid = pid;
  }

  async add(key: string): Promise<void> {
    const uses = this.#uses.get(key) ?? 0;
    this.#uses.set(key, uses + 1);
    if (uses > 0) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(this.#path(key), "", { mode: 0o600 });
  }

  async remove(key: string): Promise<void> {
    const uses = this.#uses.get(key) ?? 0;
    if (uses > 1) {
      this.#uses.set(key, uses - 1);
    } else {
      this.#uses.delete(key);
      await rm(this.#path(key), { force: true });
    }
  }

  /** Keys that some process has open; forgets marks of processes that are gone. */
  async keys(): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const [key = "", pid] = name.split(".");
      if (isAlive(Number(pid))) keys.add(key);
      else await rm(join(this.#folder, name), { force: true });
    }
    return keys;
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.${this.#pid}`);
  }
}

export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // It is there and another user's.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
