import { Code, type EngineConf, quoteValue, ReloadableType, ServeError } from "@paddlewheel/core";
import type { InferEngine } from "../engine/infer-engine.js";
import { type EngineSurroundings, loadVersion } from "../engine/load-version.js";
import { ReloadableInferEngine } from "../engine/reloadable-infer-engine.js";
import { VersionedInferEngine } from "../engine/versioned-infer-engine.js";
import { EngineRequestCache } from "../request-cache/engine-request-cache.js";
import { onlyVersion } from "../version/compare-versions.js";
import { planVersions, type VersionPlan, type VersionSource } from "../version/plan-versions.js";
import { type VersionScan, VersionScanner } from "../version/version-scanner.js";
import { PollLoop } from "./poll-loop.js";
import { ReloadMetrics } from "./reload-metrics.js";

/** Never a number, so that nobody can tell a version from a label wrongly. */
const labelPattern = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;

/** A folder that is being written is looked at again after this many milliseconds, unless looks are more frequent. */
const settleMs = 1000;

/**
 * Keeps the versions of one engine as its folder and conf want them: looks from time to time, plans, and carries the plan
 * out, one step after the other.
 * Source: TensorFlow Serving, `AspiredVersionsManager`.
 */
export class VersionKeeper {
  readonly engine: VersionedInferEngine;
  readonly #conf: EngineConf;
  readonly #surroundings: EngineSurroundings;
  readonly #scanner: VersionScanner;
  readonly #metrics: ReloadMetrics;
  /** Undefined when it is off. */
  readonly #requestCache: EngineRequestCache | undefined;
  readonly #loop: PollLoop;
  readonly #intervalMs: number;
  /** Labels that operators have set; they win until the `version_file` says something new. */
  #ownLabels: Readonly<Record<string, string>> = {};
  #listedLabels = "";
  /** What was logged last of each version, and of the folder under "": it is logged again when it changes. */
  readonly #complaints = new Map<string, string>();
  #isStarting = true;
  #closed: Promise<void> | undefined;

  private constructor(conf: EngineConf, surroundings: EngineSurroundings) {
    const { name, versions } = conf;
    this.engine = new VersionedInferEngine(name, versions.defaultVersion);
    this.#conf = conf;
    this.#surroundings = surroundings;
    this.#scanner = new VersionScanner(conf);
    this.#metrics = new ReloadMetrics(surroundings.metrics, name, surroundings.clock);
    this.#requestCache = createRequestCache(conf, surroundings);
    const { reloadIntervalMs = surroundings.reloadIntervalMs } = conf;
    // With the type none only an operator makes it look.
    this.#intervalMs =
      conf.reloadableType === ReloadableType.none ? Number.POSITIVE_INFINITY : reloadIntervalMs;
    this.#loop = new PollLoop({ clock: surroundings.clock, look: () => this.#look() });
  }

  /**
   * Loads what is to be served at first; from then on it looks for new models.
   * @throws Error with the reason of each version when there is none to answer by default.
   */
  static async start(conf: EngineConf, surroundings: EngineSurroundings): Promise<VersionKeeper> {
    const keeper = new VersionKeeper(conf, surroundings);
    try {
      await keeper.#start();
    } catch (thrown) {
      await keeper.close();
      throw thrown;
    }
    return keeper;
  }

  /** Looks now, twice when a folder may still be written; failed loads are tried again. */
  async reload(): Promise<void> {
    for (const version of this.engine.versions.values()) version.forgive();
    await this.#loop.now();
    await this.#loop.now();
  }

  /**
   * Points a label at a version that is ready.
   * @throws ServeError invalidArgument for what is no label, notFound or unavailable for the version.
   */
  setLabel(label: string, version: string): void {
    if (!labelPattern.test(label)) {
      const message = `label ${quoteValue(label)}: must be a letter or "_", then at most 63 letters, digits, "_", "-" and "."`;
      throw new ServeError(Code.invalidArgument, message);
    }
    this.engine.checkVersion(version);
    this.#ownLabels = { ...this.#ownLabels, [label]: version };
    this.engine.publish({ ...this.engine.wantedLabels, [label]: version });
  }

  /** Looks no more, waits for the runs there are, gives the models back. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Again at the end, for a version whose load was under way. */
  async #close(): Promise<void> {
    await Promise.all([this.engine.close(), this.#loop.close()]);
    await this.engine.close();
  }

  async #start(): Promise<void> {
    const scan = await this.#scanner.scan({ loaded: new Set(), mustSettle: false });
    await this.#carryOut(scan);
    this.#isStarting = false;
    if (!this.engine.isReady) throw new Error(this.#startFailure(scan));
    this.#loop.start(this.#intervalMs);
  }

  /** Looks once, and gives the time until the next look. */
  async #look(): Promise<number> {
    const { clock } = this.#surroundings;
    try {
      const scan = await this.#scanner.scan({ loaded: this.#loadedVersions(), mustSettle: true });
      const { pending } = await this.#carryOut(scan);
      if (this.#intervalMs === Number.POSITIVE_INFINITY) return this.#intervalMs;
      return nextLookMs(pending, { now: clock.now(), intervalMs: this.#intervalMs });
    } catch (thrown) {
      this.#complain("", `${messageOf(thrown)}; the models that are loaded stay`);
      return this.#intervalMs;
    }
  }

  /** One plan after the other until there is nothing to do now; a load that fails is not tried again here. */
  async #carryOut(scan: VersionScan): Promise<VersionPlan> {
    const now = this.#surroundings.clock.now();
    this.#complain("", scan.problems.join("; "));
    this.#takeLabels(scan);
    this.#forgetGone(scan);
    for (;;) {
      const plan = this.#plan(scan, now);
      if (plan.load.length + plan.unload.length === 0 || this.#closed !== undefined) return plan;
      for (const source of plan.load) await this.#load(source);
      for (const version of plan.unload) await this.#unload(version);
    }
  }

  #plan({ disk, policy }: VersionScan, now: number): VersionPlan {
    const { reloadableType, versions } = this.#conf;
    const inForce = this.engine.labels.values();
    const pinned = new Set([
      ...Object.values(this.engine.wantedLabels),
      ...inForce,
      versions.defaultVersion ?? "",
    ]);
    const states = [...this.engine.versions.values()];
    return planVersions({ policy, reloadableType, pinned, disk, states, now });
  }

  async #load(source: VersionSource): Promise<void> {
    if (this.#closed !== undefined) return;
    const { loadGate, clock } = this.#surroundings;
    const { version } = source;
    const slot = this.engine.versions.get(version) ?? this.#add(version);
    try {
      await loadGate.run(async () => {
        const startedAt = clock.now();
        await slot.load(source);
        this.#metrics.loaded(clock.now() - startedAt);
      });
      this.#complaints.delete(version);
    } catch (thrown) {
      this.#metrics.failed();
      this.#complain(version, messageOf(thrown));
    }
  }

  #add(version: string): ReloadableInferEngine {
    const { clock, metrics } = this.#surroundings;
    const slot = new ReloadableInferEngine({
      engine: this.#conf.name,
      version,
      clock,
      metrics,
      load: (source) => this.#loadModel(slot, source),
      onSwitch: () => this.engine.publish(),
    });
    this.engine.add(slot);
    return slot;
  }

  async #loadModel(slot: ReloadableInferEngine, source: VersionSource): Promise<InferEngine> {
    const isReplaced = source.version === onlyVersion || slot.loaded !== undefined;
    const revision = isReplaced ? revisionOf(this.#conf.reloadableType, source) : undefined;
    const toLoad = { conf: this.#conf, source, revision, mustBeUnchanged: !this.#isStarting };
    const engine = await loadVersion(toLoad, this.#surroundings);
    return this.#requestCache?.inFrontOf(engine) ?? engine;
  }

  async #unload(version: string): Promise<void> {
    await this.engine.versions.get(version)?.unload();
    this.#metrics.unloaded();
    this.#surroundings.logger.info({ engine: this.#conf.name, version }, "engine version unloaded");
  }

  /** What a `version_file` says newly is over what operators have said before. */
  #takeLabels({ labels }: VersionScan): void {
    const listed = JSON.stringify(labels);
    if (listed !== this.#listedLabels) this.#ownLabels = {};
    this.#listedLabels = listed;
    this.engine.publish({ ...labels, ...this.#ownLabels });
  }

  #forgetGone({ disk }: VersionScan): void {
    const there = new Set(disk.map(({ version }) => version));
    for (const version of this.engine.versions.values()) {
      if (!there.has(version.version)) version.forget();
    }
  }

  #loadedVersions(): ReadonlySet<string> {
    const loaded = [...this.engine.versions.values()].filter(({ current }) => current !== undefined);
    return new Set(loaded.map(({ version }) => version));
  }

  /** Says what is wrong once; the same again only after something else. */
  #complain(version: string, reason: string): void {
    if ((this.#complaints.get(version) ?? "") === reason) return;
    this.#complaints.set(version, reason);
    if (reason === "") return;
    const which = { engine: this.#conf.name, ...(version === "" ? {} : { version }) };
    const message = version === "" ? "the versions of a model cannot be read" : "a version cannot be loaded";
    this.#surroundings.logger.warn({ ...which, reason }, message);
  }

  #startFailure({ disk, problems }: VersionScan): string {
    const { modelDir, versions } = this.#conf;
    const failed = [...this.engine.versions.values()].filter(({ failure }) => failure);
    const [only] = failed;
    if (failed.length === 1 && only?.version === onlyVersion) return only.failure?.reason ?? "";
    const reasons = failed.map(({ version, failure }) => `version ${version}: ${failure?.reason}`);
    const known = disk.map(({ version }) => version).join(", ") || "none";
    const wanted = versions.defaultVersion ?? "that is to be served";
    return [...reasons, ...problems, `${modelDir} has no version ${wanted}; it has ${known}`].join("; ");
  }
}

function createRequestCache(
  conf: EngineConf,
  surroundings: EngineSurroundings,
): EngineRequestCache | undefined {
  const { name: engine, maxQueueSize, requestCacheSize: maxBytes = surroundings.requestCacheSize } = conf;
  const { clock, metrics } = surroundings;
  return maxBytes > 0
    ? new EngineRequestCache({ engine, maxBytes, maxQueueSize, clock, metrics })
    : undefined;
}

interface LookTimes {
  readonly now: number;
  readonly intervalMs: number;
}

/** Sooner than the interval where a folder settles or a failed load may be tried again. */
function nextLookMs(pending: VersionPlan["pending"], { now, intervalMs }: LookTimes): number {
  const waits = pending.map(({ retryAt }) => (retryAt === undefined ? settleMs : Math.max(retryAt - now, 0)));
  return Math.min(intervalMs, ...waits);
}

/** Short enough for a header; of a checksum, the same on every server that serves the same files. */
function revisionOf(type: ReloadableType, { fingerprint, tag }: VersionSource): string | undefined {
  if (type === ReloadableType.none) return undefined;
  if (type === ReloadableType.revision && tag) return tag.text;
  return (type === ReloadableType.md5sum && tag ? tag.text : fingerprint).slice(0, 8);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
