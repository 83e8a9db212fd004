import { createNameFilter } from "./name-glob.js";
import type { PageView } from "./page-view.js";
import { methodVars, processVars } from "./server-vars.js";
import type { ServerView } from "./server-view.js";

/** `/vars` and `/vars/GLOB;GLOB`: every number there is, by name: brpc's own, then those of `/metrics` but for buckets. */
export function varsPage(server: ServerView, globs: string): PageView {
  const isWanted = createNameFilter(globs);
  const samples = server.metrics
    .samples()
    .map(({ name, labels, value }) => [name + labelText(labels), value]);
  const rows = [...processVars(server), ...methodVars(server), ...samples]
    .map(([name, value]) => [String(name), String(value)] as const)
    .filter(([name]) => isWanted(name))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return [{ kind: "pairs", separator: " : ", rows }];
}

function labelText(labels: Readonly<Record<string, string | number>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
