import { type Html, html } from "./html.js";
import { styleElement } from "./page-style.js";
import type { Block, Cell, PageView, PairsBlock, TableBlock } from "./page-view.js";

export interface HtmlFrame {
  /** Of the server. */
  readonly title: string;
  /** The page among the tabs. */
  readonly path: string;
  readonly tabs: readonly string[];
}

/** A page for a browser: tabs above, blocks below. */
export function renderHtml(view: PageView, { title, path, tabs }: HtmlFrame): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${path} · ${title}</title>
${styleElement}
</head>
<body>
<header><h1>${title}</h1><nav>${tabs.map((tab) => tabHtml(tab, path))}</nav></header>
<main>
${view.map(blockHtml)}</main>
</body>
</html>
`;
  return markup;
}

function tabHtml(tab: string, current: string): Html {
  const name = tab === "/" ? "index" : tab.slice(1);
  return tab === current
    ? html`<a href="${tab}" aria-current="page">${name}</a>`
    : html`<a href="${tab}">${name}</a>`;
}

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case "pairs":
      return pairsHtml(block);
    case "table":
      return tableHtml(block);
    case "text":
      return html`<section><pre>${block.text}</pre></section>
`;
  }
}

function pairsHtml({ title, subtitle, rows }: PairsBlock): Html {
  const heads = [title ? html`<h2>${title}</h2>` : html``, subtitle ? html`<p>${subtitle}</p>` : html``];
  const body = rows.map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  );
  return html`<section>${heads}<table><tbody>
${body}</tbody></table></section>
`;
}

function tableHtml({ columns, rows, note }: TableBlock): Html {
  const head = columns.map((column) => html`<th scope="col">${column}</th>`);
  const body = rows.map(
    (row) => html`<tr>${row.map(cellHtml)}</tr>
`,
  );
  return html`<section><table><thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table>${note ? html`<p>${note}</p>` : html``}</section>
`;
}

function cellHtml(cell: Cell): Html {
  return typeof cell === "string"
    ? html`<td>${cell}</td>`
    : html`<td><a href="${cell.href}">${cell.text}</a></td>`;
}
