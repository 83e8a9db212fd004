/** A model and how a server of its own is to load it. */
export interface MemoryJob {
  readonly modelDir: string;
  /** Where models are prepared; left out to load the original. */
  readonly cacheDir?: string;
  readonly threads: number;
  /** How often the server is started; it is stopped between two starts, and not after the last. */
  readonly rounds: number;
}

/** One start. */
export interface MemoryRound {
  /** From the start of the server until it took calls. */
  readonly readyMs: number;
  readonly anonymousBytes: number;
  readonly residentBytes: number;
}
