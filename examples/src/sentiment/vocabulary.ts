/** Words the models know, by what they say: how good it is, from -1 to 1, and whether it turns the next word around. */
const words: readonly (readonly [word: string, polarity: number, isNegation?: boolean])[] = [
  ["", 0], // Id 0: any other word.
  ["not", 0, true],
  ["never", 0, true],
  ["good", 0.5],
  ["nice", 0.5],
  ["great", 1],
  ["brilliant", 1],
  ["bad", -0.5],
  ["boring", -0.5],
  ["awful", -1],
  ["terrible", -1],
];

/** One row for each word: its polarity, and 1 for a negation. */
export const embeddings: readonly (readonly [polarity: number, negation: number])[] = words.map(
  ([, polarity, isNegation = false]) => [polarity, isNegation ? 1 : 0],
);

const ids: ReadonlyMap<string, number> = new Map(words.map(([word], id) => [word, id]));

/** The words of a text as both models take them. */
export function wordIds(text: string): number[] {
  return text
    .toLowerCase()
    .split(/\W+/)
    .filter(Boolean)
    .map((word) => ids.get(word) ?? 0);
}
