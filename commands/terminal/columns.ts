/**
 * Aligns the cells of rows in columns, two spaces apart.
 *
 * @param right the columns that are aligned to the right, as numbers are
 * @returns one line a row
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
