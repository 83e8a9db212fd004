import { compareVersions, isVersionName } from "./compare-versions.js";

/** What a `version_file` says. */
export interface VersionList {
  readonly versions: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export const versionFileLimits = {
  /** In bytes; a line has some ten. */
  maxSize: 65_536,
  /** Each is a loaded model. */
  maxVersions: 100,
} as const;

/**
 * Reads a `version_file`: numbers of versions, and labels as `stable=2`, between blanks, commas or lines; `#` begins a
 * comment. A labelled version is served too.
 * @throws Error that names the word at fault.
 */
export function parseVersionFile(text: string): VersionList {
  const words = text
    .replace(/#.*/g, "")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  const versions = new Set<string>();
  const labels = new Map<string, string>();
  for (const word of words) {
    const [, label, version = word] = /^([A-Za-z_][\w.-]{0,63})=(.*)$/s.exec(word) ?? [];
    if (!isVersionName(version)) throw new Error(`${quote(word)} is no version; expected 3, or stable=3`);
    versions.add(version);
    if (label !== undefined) labels.set(label, version);
  }
  if (versions.size === 0) throw new Error("lists no version; expected at least one number");
  if (versions.size > versionFileLimits.maxVersions) {
    throw new Error(`lists ${versions.size} versions, at most ${versionFileLimits.maxVersions} are allowed`);
  }
  return { versions: [...versions].sort(compareVersions), labels: Object.fromEntries(labels) };
}

function quote(word: string): string {
  return JSON.stringify(word.length > 64 ? `${word.slice(0, 64)}…` : word);
}
