/**
 * Aligns the cells of rows in columns, with two spaces between them.
 *
 * @param right the indexes of columns that are aligned to the right, for numbers
 * @returns one line per row
 */
export function columns(
  rows: readonly (readonly string[])[],
  { right = [] }: { readonly right?: readonly number[] } = {},
): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const pad = (cell: string, column: number) =>
    right.includes(column) ? cell.padStart(widthOf(column)) : cell.padEnd(widthOf(column));
  return rows.map((row) => row.map(pad).join("  ").trimEnd());
}
