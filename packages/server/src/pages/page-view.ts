/** A text, and where it leads to. */
export interface Link {
  readonly text: string;
  readonly href: string;
}

export type Cell = string | Link;

/** A named value to a line. */
export interface PairsBlock {
  readonly kind: "pairs";
  readonly title?: string;
  readonly subtitle?: string;
  /** What brpc writes between name and value, which differs from page to page. */
  readonly separator: ": " | " : ";
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export interface TableBlock {
  readonly kind: "table";
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** What to say below it. */
  readonly note?: string;
}

/** Text as it is. */
export interface TextBlock {
  readonly kind: "text";
  readonly text: string;
}

export type Block = PairsBlock | TableBlock | TextBlock;

/** What a page shows, to be written as text or as HTML. */
export type PageView = readonly Block[];

export function cellText(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}
