import type { ReloadableType, VersionPolicy } from "@paddlewheel/core";
import { announcesReload, type ReloadTag } from "../reload/reload-tag.js";
import { compareVersions, onlyVersion } from "./compare-versions.js";

/** A version as it lies on disk. */
export interface VersionSource {
  readonly version: string;
  /** Its folder. */
  readonly dir: string;
  /** Of the names, sizes and times of its files. */
  readonly fingerprint: string;
  readonly tag: ReloadTag | undefined;
}

export interface VersionOnDisk extends VersionSource {
  /** Nobody writes into its folder any more, as far as can be told. */
  readonly isSettled: boolean;
}

/** Loads of one version that failed since the last one that did not. */
export interface LoadFailure {
  /** What was tried last. */
  readonly source: VersionSource;
  readonly count: number;
  /** On the clock of `now`. */
  readonly retryAt: number;
  readonly reason: string;
}

/** A version that is loaded, or was to be. */
export interface VersionState {
  readonly version: string;
  /** What it was loaded from; undefined when it is not loaded. */
  readonly loaded: VersionSource | undefined;
  readonly failure: LoadFailure | undefined;
}

export interface VersionFacts {
  readonly policy: VersionPolicy;
  readonly reloadableType: ReloadableType;
  /** Versions that are served whatever the policy says: those with a label, and the default. */
  readonly pinned: ReadonlySet<string>;
  readonly disk: readonly VersionOnDisk[];
  readonly states: readonly VersionState[];
  readonly now: number;
}

/** What is to be done now; loads come before unloads. */
export interface VersionPlan {
  readonly load: readonly VersionSource[];
  readonly unload: readonly string[];
  /** Versions that are to be loaded, but not now. */
  readonly pending: readonly PendingLoad[];
}

export interface PendingLoad {
  readonly version: string;
  /** Undefined while the folder is written. */
  readonly retryAt: number | undefined;
}

/**
 * Decides what one engine loads and unloads. A version that failed, or is still written, does not count for `latest`, so
 * that the next lower one stays or, at a start, stands in. Nothing is unloaded before all that should be served is
 * loaded: so there always is something that answers, and the last version is never taken away.
 * Source: TensorFlow Serving, `AvailabilityPreservingPolicy`.
 */
export function planVersions(facts: VersionFacts): VersionPlan {
  const states = new Map(facts.states.map((state) => [state.version, state]));
  const usable = facts.disk.filter((version) => isUsable(version, states.get(version.version)));
  const aspired = aspiredVersions(facts, usable);
  const tried = new Set([...aspired, ...aspiredVersions(facts, facts.disk)]);
  const due = facts.disk.filter(
    (version) => tried.has(version.version) && needsLoad(facts, version, states.get(version.version)),
  );
  const isNow = (version: VersionOnDisk) =>
    version.isSettled && retryAt(version, states.get(version.version)) <= facts.now;
  return {
    // The highest first: it is what answers by default.
    load: due.filter(isNow).sort((a, b) => compareVersions(b.version, a.version)),
    unload: planUnloads(facts, aspired),
    pending: due.filter((version) => !isNow(version)).map((version) => pendingLoad(version, states)),
  };
}

/** The versions of `candidates` that the policy wants, and those that are wanted anyway. */
function aspiredVersions(
  { policy, pinned }: VersionFacts,
  candidates: readonly VersionOnDisk[],
): ReadonlySet<string> {
  const names = candidates.map(({ version }) => version).sort(compareVersions);
  const isPicked = (name: string): boolean => policy.kind === "listed" && policy.versions.includes(name);
  // A folder without versions has but one thing to serve.
  if (names.includes(onlyVersion)) return new Set(names);
  if (policy.kind === "all") return new Set(names);
  const picked = policy.kind === "latest" ? names.slice(-policy.count) : names.filter(isPicked);
  return new Set([...picked, ...names.filter((name) => pinned.has(name))]);
}

function isUsable(version: VersionOnDisk, state: VersionState | undefined): boolean {
  if (state?.loaded) return true;
  return version.isSettled && !hasFailed(version, state);
}

/** Whether just this content was tried and could not be loaded. */
function hasFailed(version: VersionSource, state: VersionState | undefined): boolean {
  const tried = state?.failure?.source;
  return tried?.fingerprint === version.fingerprint && tried.tag?.text === version.tag?.text;
}

function retryAt(version: VersionOnDisk, state: VersionState | undefined): number {
  return hasFailed(version, state) ? (state?.failure?.retryAt ?? 0) : Number.NEGATIVE_INFINITY;
}

function needsLoad(
  { reloadableType }: VersionFacts,
  version: VersionOnDisk,
  state: VersionState | undefined,
): boolean {
  const loaded = state?.loaded;
  if (!loaded) return true;
  if (!announcesReload(reloadableType, { loaded: loaded.tag, now: version.tag })) return false;
  // The tag speaks of all versions, and only some may have changed.
  return version.version === onlyVersion || version.fingerprint !== loaded.fingerprint;
}

function planUnloads(
  { policy, pinned, disk, states }: VersionFacts,
  aspired: ReadonlySet<string>,
): readonly string[] {
  const loaded = new Set(states.filter((state) => state.loaded).map(({ version }) => version));
  const isWhole = aspired.size > 0 && [...aspired].every((version) => loaded.has(version));
  if (!isWhole || disk.length === 0) return [];
  const isListed = (version: string) => policy.kind === "listed" && policy.versions.includes(version);
  return [...loaded].filter((version) => !aspired.has(version) && !pinned.has(version) && !isListed(version));
}

function pendingLoad(version: VersionOnDisk, states: ReadonlyMap<string, VersionState>): PendingLoad {
  const isWritten = !version.isSettled;
  return {
    version: version.version,
    retryAt: isWritten ? undefined : retryAt(version, states.get(version.version)),
  };
}

/** Pause after a load that failed, which doubles with each that follows. */
const firstPauseMs = 1000;
const maxPauseMs = 60_000;

/** How long to wait after `count` loads in a row have failed, in milliseconds. */
export function retryPause(count: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(count - 1, 16), maxPauseMs);
}
