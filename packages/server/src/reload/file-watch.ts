import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { Clock, Timer } from "@paddlewheel/core";

export interface FileWatchOptions {
  /** Files that belong together: a change of any is one of all. */
  readonly files: readonly string[];
  readonly clock: Clock;
  /** Runs some time after files were changed, replaced, removed or made; must not throw. */
  readonly onChange: () => void;
}

/**
 * Between two looks at the files, in ms. They are looked at instead of watched: file systems of networks and containers
 * tell watchers nothing, and a mounted secret is changed by another link to its folder.
 */
const intervalMs = 2000;

/** Tells when files change. What it compares with is taken when it is made, so make it before reading the files. */
export class FileWatch {
  readonly #options: FileWatchOptions;
  #stamp: string;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#stamp = options.files.map((file) => stampOf(statSync(file, quietly))).join();
  }

  start(): void {
    const { clock } = this.#options;
    if (!this.#isClosed) this.#timer = clock.setTimer(() => void this.#look(), intervalMs);
  }

  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  async #look(): Promise<void> {
    const stats = await Promise.all(
      this.#options.files.map((file) => stat(file, quietly).catch(() => undefined)),
    );
    const stamp = stats.map(stampOf).join();
    const isChanged = stamp !== this.#stamp;
    this.#stamp = stamp;
    if (isChanged && !this.#isClosed) this.#options.onChange();
    this.start();
  }
}

const quietly = { throwIfNoEntry: false, bigint: true } as const;

interface FileStats {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

function stampOf(stats: FileStats | undefined): string {
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}` : "none";
}
