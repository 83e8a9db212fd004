import type { NestedList } from "@paddlewheel/client";
import type { DType, ModelConf, ModelVarConf } from "@paddlewheel/core";
import type { GivenFeed } from "./parse-feed.js";

export interface FeedNames {
  readonly feeds: readonly GivenFeed[];
  readonly fetches: readonly string[];
  readonly batch: boolean;
}

/** The conf of a model that takes these very values: for calls without a conf, which the server checks. */
export function modelOfFeeds({ feeds, fetches, batch }: FeedNames): ModelConf {
  const variable = (aliasName: string, dtype: DType, rank: number): ModelVarConf => {
    const shape: number[] = new Array(rank).fill(-1);
    return { name: aliasName, aliasName, dtype, shape, isLodTensor: false };
  };
  const rankOf = (value: NestedList): number => Math.max(depthOf(value) - (batch ? 1 : 0), 0);
  return {
    feedVars: feeds
      .filter(({ alias }) => !isLodOf(feeds, alias))
      .map(({ alias, dtype, value }) => variable(alias, dtype ?? usualType(value), rankOf(value))),
    fetchVars: fetches.map((name) => variable(name, "float32", 0)),
  };
}

/** `x.lod` beside `x` holds offsets. */
function isLodOf(feeds: readonly GivenFeed[], alias: string): boolean {
  return alias.endsWith(".lod") && feeds.some((feed) => `${feed.alias}.lod` === alias);
}

function depthOf(value: NestedList | undefined): number {
  return Array.isArray(value) ? 1 + depthOf(value[0]) : 0;
}

function usualType(value: NestedList | undefined): DType {
  if (Array.isArray(value)) return usualType(value[0]);
  if (typeof value === "string") return "string";
  return typeof value === "boolean" ? "bool" : "float32";
}
