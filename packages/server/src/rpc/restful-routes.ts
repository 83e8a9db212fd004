import { splitPath } from "@paddlewheel/core";

/** What a path as `RestfulMapping` has them leads to. */
export interface RestfulRoute<T> {
  readonly path: string;
  readonly target: T;
}

interface WildcardRoute<T> {
  /** Segments after the `*`. */
  readonly suffix: readonly string[];
  readonly target: T;
}

/** Routes sorted for looking up. */
export interface RestfulTable<T> {
  /** Without `*`. */
  readonly exact: ReadonlyMap<string, T>;
  /** With `*`, by the path before it; those of one with the longest suffix first. */
  readonly wildcards: ReadonlyMap<string, readonly WildcardRoute<T>[]>;
  /** Segments of the longest path before a `*`. */
  readonly maxPrefix: number;
}

/** Plans the table of routes, whose paths all differ. */
export function planRestful<T>(routes: readonly RestfulRoute<T>[]): RestfulTable<T> {
  const exact = new Map<string, T>();
  const wildcards = new Map<string, WildcardRoute<T>[]>();
  let maxPrefix = 0;
  for (const { path, target } of routes) {
    const segments = splitPath(path);
    const star = segments.indexOf("*");
    if (star < 0) {
      exact.set(keyOf(segments), target);
      continue;
    }
    const key = keyOf(segments.slice(0, star));
    const route = { suffix: segments.slice(star + 1), target };
    wildcards.set(key, [...(wildcards.get(key) ?? []), route].toSorted(bySuffix));
    maxPrefix = Math.max(maxPrefix, star);
  }
  return { exact, wildcards, maxPrefix };
}

/**
 * The route a path takes, as in brpc: that of the path itself, else of the wildcard with the longest path before it, and
 * of those the one with the longest after it. Slashes at the ends and doubled ones count for nothing.
 */
export function findRestful<T>(
  { exact, wildcards, maxPrefix }: RestfulTable<T>,
  path: string,
): T | undefined {
  if (exact.size === 0 && wildcards.size === 0) return undefined;
  const segments = splitPath(path);
  const own = exact.get(keyOf(segments));
  if (own !== undefined) return own;
  for (let length = Math.min(maxPrefix, segments.length); length > 0; length--) {
    const routes = wildcards.get(keyOf(segments.slice(0, length)));
    const route = routes?.find(({ suffix }) => endsWith(segments, suffix, length));
    if (route) return route.target;
  }
  return undefined;
}

function keyOf(segments: readonly string[]): string {
  return segments.join("/");
}

function bySuffix(
  a: { readonly suffix: readonly string[] },
  b: { readonly suffix: readonly string[] },
): number {
  return b.suffix.length - a.suffix.length;
}

/** Whether the segments from `start` on end with the suffix. */
function endsWith(segments: readonly string[], suffix: readonly string[], start: number): boolean {
  const offset = segments.length - suffix.length;
  return offset >= start && suffix.every((segment, i) => segments[offset + i] === segment);
}
