import { createHash } from "node:crypto";
import { dirname, relative } from "node:path";
import type { DigestMemo } from "./digest-memo.js";

export interface KeyParts {
  /** The model's files, the one that is opened first. */
  readonly files: readonly string[];
  /** Everything else the prepared form depends on. */
  readonly traits: readonly string[];
}

/** What a prepared model is kept under: one key for one content on one kind of host, wherever the model lies. */
export async function modelKey({ files, traits }: KeyParts, memo: DigestMemo): Promise<string> {
  const [opened = "", ...others] = files;
  const weights: string[][] = [];
  for (const file of others.toSorted()) {
    weights.push([relative(dirname(opened), file), await memo.digest(file)]);
  }
  const parts = [await memo.digest(opened), weights, traits];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
