import { invalidConf, quoteValue } from "@paddlewheel/core";

/** The `key:value` pairs of a tag; what is no pair is left out. */
export function tagPairs(tag: string): readonly string[] {
  return tag
    .split(",")
    .map((pair) => pair.trim())
    .filter((pair) => /^[^:]+:./.test(pair));
}

/** Whether a tag has all of these `key:value` pairs. */
export function hasTags(tag: string, required: readonly string[]): boolean {
  if (required.length === 0) return true;
  const pairs = tagPairs(tag);
  return required.every((pair) => pairs.includes(pair));
}

/**
 * The pairs that a `cluster_filter_strategy` asks of its servers: none for `Default` and an empty text, which is what
 * confs of Paddle Serving have (it reads the field and does nothing with it), else `key:value,…`.
 * @throws ServeError invalidConf for anything else.
 */
export function parseFilterStrategy(text: string): readonly string[] {
  if (text === "" || text === "Default") return [];
  const pairs = tagPairs(text);
  if (pairs.length === text.split(",").length) return pairs;
  throw invalidConf([
    { path: [], message: `${quoteValue(text)} is no filter: expected "Default" or "key:value,…"` },
  ]);
}

/** Larger weights would only differ in digits nobody can see in traffic; brpc holds them in 32 bits. */
const maxWeight = 2 ** 31 - 1;

/** The weight a tag states, as a bare number or as the pair `weight:N`; undefined where it states none from 1 to 2^31 - 1. */
export function weightOf(tag: string): number | undefined {
  const text = /^\d+$/.test(tag)
    ? tag
    : tagPairs(tag)
        .find((pair) => pair.startsWith("weight:"))
        ?.slice(7);
  const weight = text !== undefined && /^\d+$/.test(text) ? Number(text) : 0;
  return weight >= 1 && weight <= maxWeight ? weight : undefined;
}
