import { quoteNames } from "./quote-value.js";

/** Names at most this many edits away are offered as what the author may have meant; fewer for short names. */
const maxDistance = 3;

/**
 * The hint of an unknown name: `; did you mean "resize"?`, or empty when nothing is close.
 * Linear in the number of names, quadratic in their length; meant for conf, not for requests.
 */
export function nearestNameHint(name: string, known: Iterable<string>): string {
  let best: string | undefined;
  // At least one letter must stay: "x" is not a misspelt "a".
  let bestDistance = Math.min(maxDistance, Math.ceil(name.length / 3), name.length - 1) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best === undefined ? "" : `; did you mean "${best}"?`;
}

/** The hint of an unknown name, `; did you mean "resize"?`, or when nothing is close, `, there is "crop", "top"`. */
export function nameHint(name: string, known: Iterable<string>): string {
  const names = [...known];
  return nearestNameHint(name, names) || `, there is ${quoteNames(names)}`;
}

/** Levenshtein distance, or `bound` as soon as it cannot be less. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    if (current.every((distance) => distance >= bound)) return bound;
    previous = current;
  }
  return previous[b.length] ?? bound;
}
