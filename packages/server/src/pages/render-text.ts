import { type Block, cellText, type PageView, type TableBlock } from "./page-view.js";

/** A page for a terminal: blocks with an empty line between them. */
export function renderText(view: PageView): string {
  return view.map(blockText).join("\n");
}

function blockText(block: Block): string {
  switch (block.kind) {
    case "pairs": {
      const heads = [block.title, block.subtitle].filter((head) => head !== undefined);
      const rows = block.rows.map(([name, value]) => name + block.separator + value);
      return lines([...heads, ...rows]);
    }
    case "table":
      return tableText(block);
    case "text":
      return lines([block.text]);
  }
}

function tableText({ columns, rows, note }: TableBlock): string {
  const head = columns.join(" | ");
  const body = rows.map((row) => row.map(cellText).join(" | "));
  return lines([head, "-".repeat(head.length), ...body, ...(note === undefined ? [] : [note])]);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
