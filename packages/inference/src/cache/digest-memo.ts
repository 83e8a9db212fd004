import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { digestFile } from "./digest-file.js";
import { fileStamp, isSettled } from "./file-stamp.js";
import { writeWhole } from "./write-whole.js";

interface Memo {
  /** The boot of the host in which these were digested. */
  readonly boot: string;
  /** Pairs of stamp and digest, those used last at the end. */
  readonly digests: readonly (readonly [string, string])[];
}

export interface DigestMemoOptions {
  /** File that tells one boot of the host from the next. */
  readonly bootId?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const memoFile = "digests.json";

/** A hundred models with their prepared forms; what falls out is digested again. */
const maxDigests = 400;

/** Four times what so many take; what is larger is not ours. */
const maxMemoBytes = 262_144;

/**
 * Digests of files that did not change since they were made, kept in the cache folder. To digest a model of 100 MB and
 * its prepared form takes longer than to open both. A file is the one that was digested as long as its stamp is: that
 * holds within one boot, for after a power failure a file may have lost what its stamp still speaks of.
 */
export class DigestMemo {
  readonly #dir: string;
  readonly #boot: string | undefined;
  readonly #now: () => number;
  readonly #digests: Map<string, string>;
  #isSaved = true;

  private constructor(dir: string, boot: string | undefined, { digests, now }: LoadedMemo) {
    this.#dir = dir;
    this.#boot = boot;
    this.#now = now;
    this.#digests = new Map(digests);
  }

  /** Reads what is kept in a folder. Where the host does not tell its boots apart every file is digested anew. */
  static async open(dir: string, options: DigestMemoOptions = {}): Promise<DigestMemo> {
    const { bootId = "/proc/sys/kernel/random/boot_id", now = Date.now } = options;
    const boot = await readFile(bootId, "utf8").catch(() => undefined);
    return new DigestMemo(dir, boot, { digests: await readDigests(dir, boot), now });
  }

  /** SHA-256 over a file, see `digestFile`; opened even when it is known, for a network file system asks its server then. */
  async digest(path: string): Promise<string> {
    const file = await open(path, "r");
    try {
      const startedAt = this.#now();
      const before = await file.stat({ bigint: true });
      const stamp = fileStamp(before);
      const known = this.#digests.get(stamp);
      const digest = known ?? (await digestFile(file));
      const isSame = fileStamp(await file.stat({ bigint: true })) === stamp;
      if (known !== undefined || (isSame && isSettled(before, startedAt))) this.#keep(stamp, digest);
      return digest;
    } finally {
      await file.close();
    }
  }

  /** Writes what was digested since it was opened. Of two processes that do so at once the later one wins. */
  async save(): Promise<void> {
    if (this.#isSaved || this.#boot === undefined) return;
    const memo: Memo = { boot: this.#boot, digests: [...this.#digests].slice(-maxDigests) };
    const [cacheDir, path] = [this.#dir, join(this.#dir, memoFile)];
    // Where it cannot be written the next start digests again, which must not keep this one from its model.
    this.#isSaved = await writeWhole({ cacheDir, path, text: JSON.stringify(memo) });
  }

  #keep(stamp: string, digest: string): void {
    // Moved to the end when it is there already.
    const isKnown = this.#digests.delete(stamp);
    this.#digests.set(stamp, digest);
    this.#isSaved &&= isKnown;
  }
}

interface LoadedMemo {
  readonly digests: Memo["digests"];
  readonly now: () => number;
}

async function readDigests(dir: string, boot: string | undefined): Promise<Memo["digests"]> {
  const path = join(dir, memoFile);
  try {
    if ((await stat(path)).size > maxMemoBytes) return [];
    const memo = JSON.parse(await readFile(path, "utf8")) as Memo;
    return memo.boot === boot ? memo.digests.filter(isDigest) : [];
  } catch {
    // Not there yet, or not whole: files are digested anew.
    return [];
  }
}

function isDigest([stamp, digest]: readonly [string, string]): boolean {
  return typeof stamp === "string" && /^[0-9a-f]{64}$/.test(digest);
}
