/** Rows with their cells one below the other, `indent` blanks before the first. */
export function columns(rows: readonly (readonly string[])[], indent: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
  return rows.map((row) => `${" ".repeat(indent)}${line(row)}`.trimEnd());
}
