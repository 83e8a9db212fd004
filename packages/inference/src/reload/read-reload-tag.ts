import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { ReloadableType } from "@paddlewheel/core";
import { type FolderFingerprint, fingerprintFolder, listFiles } from "../version/folder-fingerprint.js";
import type { ReloadTag } from "./reload-tag.js";

export interface TagPlace {
  readonly type: ReloadableType;
  /** Path of `reloadable_meta`. */
  readonly meta: string | undefined;
  /** Folder of the version, which `md5sum` reads when there is no such file. */
  readonly dir: string;
  readonly fingerprint: FolderFingerprint;
}

/** Longest revision in characters; it is part of an answer's header. */
const maxRevisionLength = 64;

/** Reads tags; what had to be hashed is hashed again only when its times have changed. */
export class TagReader {
  readonly #hashes = new Map<string, { readonly key: string; readonly md5: string }>();

  /**
   * The tag of a version now; undefined when there is no `reloadable_meta`.
   * @throws Error when it is there and cannot be read.
   */
  async read({ type, meta, dir, fingerprint }: TagPlace): Promise<ReloadTag | undefined> {
    if (type === ReloadableType.none || meta === undefined) return undefined;
    const status = await statIfThere(meta);
    if (type === ReloadableType.md5sum) {
      const isFile = status?.isFile() ?? false;
      const key = isFile && status ? timeText(status) : fingerprint.text;
      return { text: await this.#md5(isFile ? meta : dir, key), mtimeNs: 0n };
    }
    if (!status) return undefined;
    if (type === ReloadableType.revision) return { text: await readRevision(meta), mtimeNs: 0n };
    if (!status.isDirectory()) return { text: timeText(status), mtimeNs: status.mtimeNs };
    const { text, newestNs } = meta === dir ? fingerprint : await fingerprintFolder(meta);
    return { text, mtimeNs: newestNs };
  }

  async #md5(path: string, key: string): Promise<string> {
    const known = this.#hashes.get(path);
    if (known?.key === key) return known.md5;
    const md5 = await hashFiles(path);
    this.#hashes.set(path, { key, md5 });
    return md5;
  }
}

interface Times {
  readonly mtimeNs: bigint;
  readonly size: bigint;
  readonly ino: bigint;
}

function timeText({ mtimeNs, size, ino }: Times): string {
  return `${mtimeNs}:${size}:${ino}`;
}

async function statIfThere(path: string) {
  try {
    return await stat(path, { bigint: true });
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** The first line, so that a file an editor ended with a newline is no other revision. */
async function readRevision(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(maxRevisionLength * 4) });
    const [line = ""] = buffer.toString("utf8", 0, bytesRead).split("\n", 1);
    const revision = line.trim();
    if (revision !== "" && revision.length <= maxRevisionLength) return revision;
  } finally {
    await file.close();
  }
  throw new Error(`${path} must begin with a revision, a line of 1 to ${maxRevisionLength} characters`);
}

/** MD5 as a checksum against accidents, as its name in conf says, of a file or of all files of a folder. */
async function hashFiles(path: string): Promise<string> {
  const hash = createHash("md5");
  if ((await stat(path)).isFile()) await hashFile(path, hash);
  else {
    for (const file of await listFiles(path)) {
      hash.update(`${file}\0`);
      await hashFile(join(path, file), hash);
    }
  }
  return hash.digest("hex");
}

async function hashFile(path: string, hash: ReturnType<typeof createHash>): Promise<void> {
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
}
