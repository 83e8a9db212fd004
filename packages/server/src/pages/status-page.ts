import type { FoundMethod } from "../rpc/service-directory.js";
import { methodNumbers } from "./method-numbers.js";
import type { PageView, PairsBlock } from "./page-view.js";
import type { ServerView } from "./server-view.js";
import { uptimeSeconds } from "./uptime.js";

/** `/status`: the server, and what each of its methods does. */
export function statusPage(server: ServerView): PageView {
  const now = server.clock.now();
  return [serverBlock(server), ...server.directory.methods().map((method) => methodBlock(method, now))];
}

function serverBlock(server: ServerView): PairsBlock {
  const rows = [
    ["version", server.version],
    ...placeRow(server),
    ["uptime", `${uptimeSeconds(server)} s`],
    ["non_service_error", String(server.unhostedErrors)],
    ["connection_count", String(server.connectionCount)],
    ["max_concurrency", String(server.maxConcurrency)],
    ["concurrency", String(server.concurrency)],
  ] as const;
  return { kind: "pairs", separator: ": ", rows };
}

/** What follows is of this process alone. */
function placeRow({ place, process }: ServerView): PairsBlock["rows"] {
  return place ? [["process", `${place.number} of ${place.count}, pid ${process.pid}`]] : [];
}

function methodBlock({ service, method, stats, limiter }: FoundMethod, now: number): PairsBlock {
  const numbers = methodNumbers(stats.snapshot(now), limiter?.limit);
  return {
    kind: "pairs",
    title: service.name,
    subtitle: `${method.name} (${method.request.typeName}) returns (${method.response.typeName})`,
    separator: ": ",
    rows: numbers.map(([name, value]) => [name, String(value)]),
  };
}
