import { createHash } from "node:crypto";
import type { TensorMap, VarSignature } from "@paddlewheel/core";

export const quarantineLimits = {
  /** Ends of processes from which inputs are refused: one may be chance. */
  deaths: 2,
  /** Milliseconds after the last of them: long enough that a client that repeats them is noticed. */
  holdMs: 600_000,
  /** Inputs that are remembered; the longest known are forgotten first. */
  maxEntries: 1000,
} as const;

interface Blame {
  readonly deaths: number;
  readonly until: number;
}

/** Remembers inputs whose runs ended worker processes, so that who sends them again ends no more. */
export class Quarantine {
  readonly #blames = new Map<string, Blame>();

  /** A run of inputs of this digest ended so many processes. */
  blame(digest: string, deaths: number, now: number): void {
    const before = this.#blames.get(digest);
    const known = before && before.until > now ? before.deaths : 0;
    this.#blames.delete(digest);
    this.#blames.set(digest, { deaths: known + deaths, until: now + quarantineLimits.holdMs });
    const [oldest] = this.#blames.keys();
    if (this.#blames.size > quarantineLimits.maxEntries && oldest !== undefined) this.#blames.delete(oldest);
  }

  /** For how many milliseconds inputs are still refused, 0 when they are not; without blames they are not even digested. */
  leftMs(digest: () => string, now: number): number {
    if (this.#blames.size === 0) return 0;
    const key = digest();
    const blame = this.#blames.get(key);
    if (!blame) return 0;
    if (blame.until <= now) this.#blames.delete(key);
    return blame.deaths < quarantineLimits.deaths ? 0 : Math.max(blame.until - now, 0);
  }
}

/** A SHA-256 of the tensors of `variables`: nobody can make other inputs that share the fate of his own. */
export function digestTensors(variables: readonly VarSignature[], tensors: TensorMap): string {
  const hash = createHash("sha256");
  for (const { name } of variables) {
    const { shape = [], data = [] } = tensors.get(name) ?? {};
    const texts = ArrayBuffer.isView(data) ? data.byteLength : data;
    hash.update(`${JSON.stringify([shape, texts])}\n`);
    if (ArrayBuffer.isView(data)) hash.update(data);
  }
  return hash.digest("base64");
}
