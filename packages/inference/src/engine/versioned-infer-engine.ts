import {
  Code,
  type InferOptions,
  quoteNames,
  ServeError,
  type TensorMap,
  type VersionChoice,
} from "@paddlewheel/core";
import { compareVersions } from "../version/compare-versions.js";
import { resolveLabels } from "../version/resolve-labels.js";
import type { InferEngine, LoadedStatus } from "./infer-engine.js";
import type { ReloadableInferEngine, VersionPhase } from "./reloadable-infer-engine.js";

/** A version of an engine as operators see it. */
export interface VersionStatus {
  readonly version: string;
  readonly revision: string | undefined;
  readonly phase: VersionPhase;
  readonly labels: readonly string[];
  /** Whether it answers requests that name no version. */
  readonly isDefault: boolean;
  /** Why its last load failed; of one that is ready: why it was not replaced. */
  readonly failure: string | undefined;
}

/** An engine as health checks and operators see it: the model that answers by default, and all versions. */
export interface EngineStatus extends LoadedStatus {
  readonly versions: readonly VersionStatus[];
}

/**
 * An engine by its name: several versions of a model, of which each run picks one.
 * Source: Paddle Serving, `VersionedInferEngine`.
 */
export class VersionedInferEngine {
  readonly name: string;
  readonly #defaultVersion: string | undefined;
  readonly #versions = new Map<string, ReloadableInferEngine>();
  #wantedLabels: Readonly<Record<string, string>> = {};
  #labels: ReadonlyMap<string, string> = new Map();
  /** By version and by label; replaced whole, so that a run sees one state. */
  #served: ReadonlyMap<string, InferEngine> = new Map();
  #default: InferEngine | undefined;
  /** Stands for the engine in its status once nothing is served any more. */
  #last: InferEngine | undefined;
  #isClosed = false;

  constructor(name: string, defaultVersion: string | undefined) {
    this.name = name;
    this.#defaultVersion = defaultVersion;
  }

  get versions(): ReadonlyMap<string, ReloadableInferEngine> {
    return this.#versions;
  }

  /** Label → version, as they should be. */
  get wantedLabels(): Readonly<Record<string, string>> {
    return this.#wantedLabels;
  }

  /** Label → version, as they are in force. */
  get labels(): ReadonlyMap<string, string> {
    return this.#labels;
  }

  add(version: ReloadableInferEngine): void {
    this.#versions.set(version.version, version);
  }

  /** Takes what the versions serve now, and labels as far as their versions are ready. */
  publish(wantedLabels: Readonly<Record<string, string>> = this.#wantedLabels): void {
    this.#wantedLabels = wantedLabels;
    if (this.#isClosed) return;
    const served = new Map<string, InferEngine>();
    for (const { version, current } of this.#versions.values()) {
      if (current) served.set(version, current);
    }
    const ready = new Set(served.keys());
    this.#labels = resolveLabels({ wanted: wantedLabels, current: this.#labels, ready });
    const highest = [...ready].sort(compareVersions).at(-1) ?? "";
    for (const [label, version] of this.#labels) {
      const labelled = served.get(version);
      if (labelled) served.set(label, labelled);
    }
    this.#served = served;
    this.#default = served.get(this.#defaultVersion ?? highest);
    this.#last = this.#default ?? this.#last;
  }

  /** See `InferManager.infer`; a refusal is thrown at once. */
  infer(inputs: TensorMap, options: InferOptions = {}): Promise<TensorMap> {
    return this.pick(options).infer(inputs, options);
  }

  /** See `InferManager.refusal`. A request that says which version it wants may want one that has nothing to do. */
  refusal({ version, call }: VersionChoice): ServeError | undefined {
    if (call?.modelVersion !== undefined) return undefined;
    const picked = version ? this.#served.get(version) : this.#default;
    return picked?.executor.refusal(call);
  }

  /**
   * The version a run is given to: the Op's, else the request's, else the default.
   * @throws ServeError notFound for a version or label there is not, unavailable for one that is not ready.
   */
  pick({ version, call }: VersionChoice): InferEngine {
    const wanted = version || call?.wantedVersion(this.name);
    const picked = wanted === undefined ? this.#default : this.#served.get(wanted);
    return picked ?? this.#missing(wanted ?? this.#defaultVersion);
  }

  /** @throws ServeError notFound or unavailable when a version, by its number, cannot take runs. */
  checkVersion(version: string): void {
    if (!this.#versions.get(version)?.current) this.#missing(version);
  }

  get isReady(): boolean {
    return this.#default?.isReady ?? false;
  }

  status(): EngineStatus {
    if (!this.#last) throw new Error(`engine "${this.name}" has never served a version`);
    const versions = [...this.#versions.values()]
      .filter(({ phase }) => phase !== "unloaded")
      .sort((a, b) => compareVersions(a.version, b.version));
    return {
      ...this.#last.status(),
      isReady: this.isReady,
      versions: versions.map((version) => this.#versionStatus(version)),
    };
  }

  /** Takes no new runs from now on, waits for those there are, gives the models back. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#served = new Map();
    this.#default = undefined;
    await Promise.all([...this.#versions.values()].map((version) => version.unload()));
  }

  #versionStatus({ version, current, phase, failure }: ReloadableInferEngine): VersionStatus {
    return {
      version,
      revision: current?.revision,
      phase,
      labels: [...this.#labels].filter(([, target]) => target === version).map(([label]) => label),
      isDefault: current !== undefined && current === this.#default,
      failure: failure?.reason,
    };
  }

  #missing(wanted: string | undefined): never {
    if (this.#isClosed || wanted === undefined) {
      throw new ServeError(Code.unavailable, `engine "${this.name}" is closed`);
    }
    const target = Object.hasOwn(this.#wantedLabels, wanted)
      ? (this.#wantedLabels[wanted] ?? wanted)
      : wanted;
    const known = `it has ${quoteNames(this.#served.keys())}`;
    const phase = this.#versions.get(target)?.phase ?? "unloaded";
    if (phase !== "unloaded" || Object.hasOwn(this.#wantedLabels, wanted)) {
      const what = target === wanted ? `version "${wanted}"` : `version ${target}, labelled "${wanted}",`;
      throw new ServeError(Code.unavailable, `engine "${this.name}": ${what} is not ready; ${known}`);
    }
    throw new ServeError(Code.notFound, `engine "${this.name}" has no version "${wanted}"; ${known}`);
  }
}
