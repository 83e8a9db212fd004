import {
  Code,
  type ModelConf,
  type ModelVarConf,
  nearestNameHint,
  ServeError,
} from "@paddlewheel/core/message";
import type { GeneralRequest, GeneralTensor } from "@paddlewheel/wire/json";
import { type FeedValue, feedTensor, isTensor } from "./feed-tensor.js";
import type { NestedList } from "./nested-list.js";

/**
 * Values by alias name of the feed variable. `NAME.lod` beside a ragged one gives its offsets: a flat list in which
 * each 0 starts a level.
 */
export type Feed = Readonly<Record<string, FeedValue>>;

export interface RequestOptions {
  /** A model with one feed variable may be given its bare value; a list with one Feed counts as that Feed. */
  readonly feed: Feed | readonly [Feed] | FeedValue;
  /** Alias names of the outputs wanted, in the order wanted; all by default. */
  readonly fetch?: string | readonly string[];
  /** Whether values have the batch axis in front; without it each is one sample. Default false. */
  readonly batch?: boolean;
  /** Goes to the server's log lines. Default 0. */
  readonly logId?: bigint | number;
}

const lodSuffix = ".lod";

/** @throws ServeError invalidArgument naming what the model has not, or cannot take. */
export function buildRequest(model: ModelConf, options: RequestOptions): GeneralRequest {
  const feed = feedOf(model, options.feed);
  const { batch = false } = options;
  const tensors = Object.entries(feed)
    .filter(([key]) => !isLodKey(model, feed, key))
    .map(([alias, value]): GeneralTensor => {
      const variable = findVar(model.feedVars, alias, "feed");
      const lod = lodOf(model, feed, alias);
      const { name, aliasName } = variable;
      return { ...feedTensor(variable, value, { batch, lod }), name, aliasName };
    });
  if (tensors.length === 0) throw invalid("feed: is empty, the model needs at least one value");
  const fetchVarNames = fetchNames(model, options.fetch);
  return { tensors, fetchVarNames, profileServer: false, logId: BigInt(options.logId ?? 0) };
}

function feedOf({ feedVars }: ModelConf, feed: RequestOptions["feed"]): Feed {
  if (Array.isArray(feed) && feed.length === 1 && isFeed(feed[0])) return feed[0];
  if (isFeed(feed)) return feed;
  const [only, ...others] = feedVars;
  if (!only || others.length > 0) {
    throw invalid(`feed: must be an object by name, the model has ${feedVars.length} feed variables`);
  }
  return { [only.aliasName]: feed as FeedValue };
}

function isFeed(value: unknown): value is Feed {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !ArrayBuffer.isView(value) && !isTensor(value);
}

/** Whether a key gives the offsets of another; a variable may itself be called `x.lod`. */
function isLodKey({ feedVars }: ModelConf, feed: Feed, key: string): boolean {
  if (!key.endsWith(lodSuffix) || feedVars.some(({ aliasName }) => aliasName === key)) return false;
  return Object.hasOwn(feed, key.slice(0, -lodSuffix.length));
}

function lodOf(model: ModelConf, feed: Feed, alias: string): number[][] | undefined {
  const key = alias + lodSuffix;
  const value = feed[key];
  if (value === undefined || !isLodKey(model, feed, key)) return undefined;
  const offsets: readonly unknown[] = ArrayBuffer.isView(value) || isTensor(value) ? [] : listOf(value);
  const levels: number[][] = [];
  for (const [i, offset] of offsets.entries()) {
    if (typeof offset !== "number") levels.length = 0;
    // A 0 after a 0 is the end of an empty sequence.
    else if (offset === 0 && offsets[i - 1] !== 0) levels.push([0]);
    else levels.at(-1)?.push(offset);
  }
  if (levels.flat().length === offsets.length && levels.length > 0) return levels;
  throw invalid(`feed "${key}": must be a list of offsets in which each level starts with 0`);
}

function listOf(value: NestedList): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function fetchNames({ fetchVars }: ModelConf, fetch: RequestOptions["fetch"]): readonly string[] {
  const names = fetch === undefined ? [] : [fetch].flat();
  return names.map((name) => findVar(fetchVars, name, "fetch").aliasName);
}

function findVar(vars: readonly ModelVarConf[], alias: string, kind: "feed" | "fetch"): ModelVarConf {
  const found = vars.find(({ aliasName }) => aliasName === alias);
  if (found) return found;
  const known = vars.map(({ aliasName }) => aliasName);
  throw invalid(
    `${kind} "${alias}": the model has no such ${kind} variable, it has ${known.join(", ")}${nearestNameHint(alias, known)}`,
  );
}

function invalid(message: string): ServeError {
  return new ServeError(Code.invalidArgument, message);
}
