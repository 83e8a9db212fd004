import { mkdtemp, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type Logger, limitCounter, type Metrics, noMetrics, silentLogger } from "@paddlewheel/core";
import type { PrepareRequest } from "../core/fluid-family-core.js";
import { entryUse, isEntryWhole, sealEntry, touchEntry } from "./cache-entry.js";
import { defaultCacheDir, openCacheFolder } from "./cache-folder.js";
import { DigestMemo } from "./digest-memo.js";
import { Findings } from "./findings.js";
import { modelKey } from "./model-key.js";
import { planEviction } from "./plan-eviction.js";
import { prepareInProcess } from "./prepare-process.js";
import { stampFiles } from "./stamp-files.js";
import { isAlive, UseMarks } from "./use-marks.js";

export const modelCacheLimits = {
  /** Bytes of all prepared models: a dozen large ones. */
  maxBytes: 10_737_418_240,
  /**
   * Smallest model that is prepared. To digest, prepare and check a model of 3 MB takes longer than ten loads of it, and
   * a worker thread by itself takes as much memory as such a model.
   */
  minModelBytes: 8_388_608,
  /** Milliseconds preparing a model may take: a gigabyte takes less than a minute, unless the machine swaps. */
  prepareMs: 600_000,
} as const;

export interface ModelCacheOptions {
  /** Default `defaultCacheDir()`. */
  readonly dir?: string | undefined;
  /** Default `modelCacheLimits.maxBytes`. */
  readonly maxBytes?: number | undefined;
  /** Default `modelCacheLimits.minModelBytes`. */
  readonly minModelBytes?: number | undefined;
  /** Default `modelCacheLimits.prepareMs`. */
  readonly prepareMs?: number | undefined;
  readonly metrics?: Metrics;
  readonly logger?: Logger;
}

/** A model that may be prepared. */
export interface CacheRequest extends Omit<PrepareRequest, "preparedDir"> {
  /** Name of the engine, for messages. */
  readonly engine: string;
  /** URL of the `CoreModule` that prepares. */
  readonly module: string;
  /** Everything the model consists of, the file that is opened first. */
  readonly files: readonly string[];
  /** Their size. */
  readonly bytes: number;
  /** See `CoreFactory.preparedTraits`. */
  readonly traits: readonly string[];
}

export interface PreparedModel {
  readonly dir: string;
  /** Of this start and earlier ones. */
  readonly findings: Findings;
  /** From here on it may be removed; to be called once no copy is open. Calling it again does nothing. */
  release(): Promise<void>;
}

/** The files of a model before anything was done with them, and what is known of them. */
interface LookedAt {
  readonly before: string;
  readonly memo: DigestMemo;
}

type LookUp = "hit" | "made" | "refused";

/** A prepared model may be twice as large as the model, and a disk should not end up full. */
const spaceFactor = 3;

/** A folder of a process that is gone; that of another container looks so too, hence the age. */
const staleAfterMs = 3_600_000;

/** Names of temporary folders: `tmp-PID-RANDOM`. */
const temporary = /^tmp-(\d+)-/;
const entryName = /^[0-9a-f]{64}$/;

/**
 * Prepared models on disk, by content: made once for a model and a kind of host, opened by every copy in every process.
 * An entry appears under its name in one step, whole. When several processes make the same one, the first wins.
 */
export class ModelCache {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly #minModelBytes: number;
  readonly #prepareMs: number;
  readonly #marks: UseMarks;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ModelCacheOptions = {}) {
    this.#dir = options.dir ?? defaultCacheDir();
    this.#maxBytes = options.maxBytes ?? modelCacheLimits.maxBytes;
    this.#minModelBytes = options.minModelBytes ?? modelCacheLimits.minModelBytes;
    this.#prepareMs = options.prepareMs ?? modelCacheLimits.prepareMs;
    this.#metrics = options.metrics ?? noMetrics;
    this.#logger = options.logger ?? silentLogger;
    this.#marks = new UseMarks(this.#dir);
  }

  /**
   * The prepared form of a model, made if need be; undefined where the original is to be used, with a warning unless the
   * model is too small to gain. One model after the other: preparing takes several times its memory.
   */
  acquire(request: CacheRequest): Promise<PreparedModel | undefined> {
    if (request.bytes < this.#minModelBytes) return Promise.resolve(undefined);
    const acquired = this.#last.then(() => this.#acquire(request));
    const answer = acquired.catch((thrown: unknown) => this.#refuse(request, thrown));
    this.#last = answer;
    return answer;
  }

  async #acquire(request: CacheRequest): Promise<PreparedModel> {
    await openCacheFolder(this.#dir);
    const before = await stampFiles(request.files);
    const memo = await DigestMemo.open(this.#dir);
    const key = await modelKey(request, memo);
    // Marked before it is looked at: nobody removes it from here on.
    await this.#marks.add(key);
    try {
      const result = (await this.#isThere(key, memo))
        ? "hit"
        : await this.#make(key, request, { before, memo });
      this.#count(result);
      await touchEntry(this.#entry(key));
      await memo.save();
    } catch (thrown) {
      await this.#marks.remove(key);
      throw thrown;
    }
    let released: Promise<void> | undefined;
    const release = (): Promise<void> => {
      released ??= this.#marks.remove(key);
      return released;
    };
    const dir = this.#entry(key);
    return { dir, findings: new Findings(dir), release };
  }

  #refuse({ engine }: CacheRequest, thrown: unknown): undefined {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    this.#count("refused");
    this.#logger.warn({ engine, reason }, "the model is not prepared, each copy has its own weights");
  }

  async #isThere(key: string, memo: DigestMemo): Promise<boolean> {
    const isWhole = await isEntryWhole(this.#entry(key), memo);
    if (isWhole === false) {
      this.#logger.warn({ entry: this.#entry(key) }, "a prepared model was damaged and is made again");
      await this.#discard(this.#entry(key));
    }
    return isWhole === true;
  }

  async #make(key: string, request: CacheRequest, { before, memo }: LookedAt): Promise<LookUp> {
    await this.#sweep();
    await this.#checkRoom(request.bytes);
    const preparedDir = await mkdtemp(join(this.#dir, `tmp-${process.pid}-`));
    try {
      const { module, dataPath, session, model } = request;
      const job = { module, dataPath, session, model, preparedDir };
      const preparation = await prepareInProcess(job, {
        timeoutMs: this.#prepareMs,
        onTimeout: () => this.#countLimit("model_cache_prepare_ms"),
        logger: this.#logger,
      });
      if (!preparation.isReady) throw new Error(preparation.reason);
      const bytes = await sealEntry(preparedDir, memo);
      if (bytes > this.#maxBytes) throw this.#tooLarge(bytes);
      if ((await stampFiles(request.files)) !== before) throw new Error("it changed while it was prepared");
      await this.#publish(preparedDir, key, memo);
    } finally {
      await rm(preparedDir, { recursive: true, force: true });
    }
    await this.#evict();
    return "made";
  }

  async #publish(preparedDir: string, key: string, memo: DigestMemo): Promise<void> {
    try {
      await rename(preparedDir, this.#entry(key));
    } catch (thrown) {
      // Another process was quicker; its entry is as good.
      if (!(await this.#isThere(key, memo))) throw thrown;
    }
  }

  async #checkRoom(modelBytes: number): Promise<void> {
    if (modelBytes > this.#maxBytes) throw this.#tooLarge(modelBytes);
    const { bavail, bsize } = await statfs(this.#dir);
    const needed = spaceFactor * modelBytes;
    if (bavail * bsize >= needed) return;
    this.#countLimit("model_cache_disk");
    throw new Error(`${this.#dir} has ${bavail * bsize} bytes free, ${needed} are needed to prepare it`);
  }

  #tooLarge(bytes: number): Error {
    this.#countLimit("model_cache_size");
    return new Error(`it takes ${bytes} bytes, more than the ${this.#maxBytes} of the whole cache`);
  }

  async #evict(): Promise<void> {
    const inUse = await this.#marks.keys();
    const keys = (await readdir(this.#dir)).filter((name) => entryName.test(name));
    const entries = await Promise.all(
      keys.map(async (key) => ({ key, isInUse: inUse.has(key), ...(await entryUse(this.#entry(key))) })),
    );
    for (const { key, bytes } of planEviction(entries, this.#maxBytes)) {
      this.#logger.info({ entry: key, bytes }, "a prepared model was removed to make room");
      await this.#discard(this.#entry(key));
    }
  }

  /** Under its name an entry is whole at all times, so it leaves it before it is taken apart. */
  async #discard(entry: string): Promise<void> {
    const away = await mkdtemp(join(this.#dir, `tmp-${process.pid}-`));
    await rename(entry, join(away, "entry")).catch(() => {});
    await rm(away, { recursive: true, force: true });
  }

  /** Removes what processes left behind that ended while they prepared a model. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#dir)) {
      const pid = temporary.exec(name)?.[1];
      if (pid === undefined || isAlive(Number(pid))) continue;
      const path = join(this.#dir, name);
      const { mtimeMs } = await stat(path);
      if (Date.now() - mtimeMs > staleAfterMs) await rm(path, { recursive: true, force: true });
    }
  }

  #entry(key: string): string {
    return join(this.#dir, key);
  }

  #count(result: LookUp): void {
    const help = "Models looked up in the cache of prepared models.";
    this.#metrics.counter({ name: "paddlewheel_model_cache_total", help, labels: { result } }).increment();
  }

  #countLimit(limit: string): void {
    limitCounter(this.#metrics, limit).increment();
  }
}
