import { buildRequest, loadClientModel } from "@paddlewheel/client";
import type { GeneralRequest } from "@paddlewheel/wire";
import type { FlagValues } from "../flags/flag-values.js";
import { UsageError } from "../usage-error.js";
import { modelOfFeeds } from "./model-of-feeds.js";
import { type GivenFeed, parseFeed } from "./parse-feed.js";

/**
 * The request that feed flags ask for.
 * @throws UsageError for values that are none; ServeError invalidArgument for those the model cannot take.
 */
export function readRequest(values: FlagValues): GeneralRequest {
  const feeds = (values.texts("feed") ?? []).map(parseFeed);
  if (feeds.length === 0) throw new UsageError("--feed: name at least one value, NAME=JSON");
  const fetches = values.texts("fetch") ?? [];
  const batch = values.bool("batch");
  const paths = values.texts("model");
  if (paths) checkUntyped(feeds);
  const model = paths ? loadClientModel(paths) : modelOfFeeds({ feeds, fetches, batch });
  const feed = Object.fromEntries(feeds.map(({ alias, value }) => [alias, value]));
  return buildRequest(model, { feed, fetch: fetches, batch, logId: values.int("log_id") ?? 0 });
}

function checkUntyped(feeds: readonly GivenFeed[]): void {
  const typed = feeds.find(({ dtype }) => dtype !== undefined);
  if (typed) throw new UsageError(`--feed ${typed.alias}: has a type, which --model gives already`);
}
