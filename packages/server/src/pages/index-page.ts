import type { PageView } from "./page-view.js";

export interface IndexEntry {
  readonly path: string;
  readonly description: string;
}

/** `/`: which server this is, and its pages. */
export function indexPage(version: string, entries: readonly IndexEntry[]): PageView {
  const rows = entries.map(({ path, description }) => [{ text: path, href: path }, description]);
  return [
    { kind: "text", text: `${version}: a server of models and workflows` },
    { kind: "table", columns: ["Page", "Shows"], rows },
  ];
}
