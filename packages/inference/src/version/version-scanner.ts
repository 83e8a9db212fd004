import { access, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type EngineConf, ReloadableType, type VersionConf, type VersionPolicy } from "@paddlewheel/core";
import { TagReader } from "../reload/read-reload-tag.js";
import { compareVersions, isVersionName, onlyVersion } from "./compare-versions.js";
import { type FolderFingerprint, fingerprintFolder } from "./folder-fingerprint.js";
import type { VersionOnDisk } from "./plan-versions.js";
import { parseVersionFile, versionFileLimits } from "./version-file.js";

/** What there is to serve, and what is to be served of it. */
export interface VersionScan {
  readonly disk: readonly VersionOnDisk[];
  readonly policy: VersionPolicy;
  readonly labels: Readonly<Record<string, string>>;
  /** What could not be read; the rest stands. */
  readonly problems: readonly string[];
}

export interface ScanOptions {
  /** Versions that are served now; they are looked at whatever the policy says. */
  readonly loaded: ReadonlySet<string>;
  /** Whether a folder must have stopped changing: not at a start, when nobody waits with an older version. */
  readonly mustSettle: boolean;
}

/** Versions beyond those a policy wants that are looked at, should those be unusable. */
const spareVersions = 4;

/** Looks at the folder of a model, and remembers what it saw so that it can tell when nobody writes any more. */
export class VersionScanner {
  readonly #conf: EngineConf;
  readonly #tags = new TagReader();
  #before: ReadonlyMap<string, string> = new Map();
  #lastList: Pick<VersionScan, "policy" | "labels"> | undefined;

  constructor(conf: EngineConf) {
    this.#conf = conf;
  }

  /** @throws Error when the folder, or at the first time the `version_file`, cannot be read. */
  async scan(options: ScanOptions): Promise<VersionScan> {
    const problems: string[] = [];
    const list = await this.#list(problems);
    const numbers = await this.#listNumbers(options);
    const pinned = new Set([...Object.values(list.labels), this.#conf.versions.defaultVersion ?? ""]);
    const names = numbers.length === 0 ? [onlyVersion] : lookedAt(numbers, { ...options, ...list, pinned });
    const seen = new Map<string, string>();
    const disk: VersionOnDisk[] = [];
    for (const version of names) {
      try {
        const found = await this.#look(version, options);
        seen.set(version, found.fingerprint);
        disk.push(found);
      } catch (thrown) {
        // A version of which nothing is known must not be missed by the policy: it may be there again at the next look.
        problems.push(`version ${version}: ${messageOf(thrown)}`);
      }
    }
    this.#before = seen;
    return { disk, ...list, problems };
  }

  /** At a start a folder that cannot be read is taken for a model: whoever loads it says best what is wrong. */
  async #listNumbers({ mustSettle }: ScanOptions): Promise<readonly string[]> {
    try {
      return await listVersions(this.#conf.modelDir);
    } catch (thrown) {
      if (!mustSettle) return [];
      throw new Error(`the model folder ${this.#conf.modelDir} cannot be listed: ${messageOf(thrown)}`);
    }
  }

  async #look(version: string, options: ScanOptions): Promise<VersionOnDisk> {
    const { modelDir, reloadableMeta: meta, reloadableType: type, doneFile } = this.#conf;
    const dir = version === onlyVersion ? modelDir : join(modelDir, version);
    const fingerprint = await this.#fingerprint(dir, options);
    const tag = await this.#tags.read({ type, meta, dir, fingerprint });
    const isSettled =
      doneFile === undefined
        ? !options.mustSettle || this.#before.get(version) === fingerprint.text
        : await exists(join(dir, doneFile));
    return { version, dir, fingerprint: fingerprint.text, tag, isSettled };
  }

  /** At a start, what is never loaded again need not be looked at file by file. */
  async #fingerprint(dir: string, { mustSettle }: ScanOptions): Promise<FolderFingerprint> {
    const unknown = { text: "", newestNs: 0n };
    if (mustSettle) return await fingerprintFolder(dir);
    if (this.#conf.reloadableType === ReloadableType.none) return unknown;
    return await fingerprintFolder(dir).catch(() => unknown);
  }

  /** What conf says, or the `version_file`; the last good one while that is no good. */
  async #list(problems: string[]): Promise<Pick<VersionScan, "policy" | "labels">> {
    const { versions } = this.#conf;
    if (versions.file === undefined) return versions;
    try {
      this.#lastList = await readVersionFile(versions.file, versions);
    } catch (thrown) {
      if (!this.#lastList) throw thrown;
      problems.push(messageOf(thrown));
    }
    return this.#lastList;
  }
}

async function readVersionFile(
  file: string,
  { labels }: VersionConf,
): Promise<Pick<VersionScan, "policy" | "labels">> {
  try {
    const { size } = await stat(file);
    if (size > versionFileLimits.maxSize) {
      throw new Error(`has ${size} bytes, at most ${versionFileLimits.maxSize} are allowed`);
    }
    const list = parseVersionFile(await readFile(file, "utf8"));
    return {
      policy: { kind: "listed", versions: list.versions },
      labels: { ...labels, ...list.labels },
    };
  } catch (thrown) {
    throw new Error(`version_file ${file}: ${messageOf(thrown)}`);
  }
}

/** Numbered subfolders, the lowest first; none for a folder that is one model. */
export async function listVersions(modelDir: string): Promise<string[]> {
  const entries = await readdir(modelDir, { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries) {
    if (!isVersionName(entry.name)) continue;
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(modelDir, entry.name))))) {
      names.push(entry.name);
    }
  }
  return names.sort(compareVersions);
}

interface LookFacts extends Pick<ScanOptions, "loaded"> {
  readonly policy: VersionPolicy;
  readonly pinned: ReadonlySet<string>;
}

/** The versions that may matter: a folder can keep hundreds that nobody serves any more. */
function lookedAt(numbers: readonly string[], { policy, pinned, loaded }: LookFacts): readonly string[] {
  const count = policy.kind === "latest" ? policy.count + spareVersions : versionFileLimits.maxVersions;
  const highest = new Set(policy.kind === "listed" ? policy.versions : numbers.slice(-count));
  return numbers.filter((name) => highest.has(name) || pinned.has(name) || loaded.has(name));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
