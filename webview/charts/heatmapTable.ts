import type { TableData } from "./dataTable.ts";
import type { CellBox } from "./tilePyramid.ts";

const MAX_ROWS = 24;
const MAX_COLUMNS = 12;

/** The cells on screen as numbers: from the top left corner, as many as a table can hold. */
export function heatmapTable(
  box: CellBox,
  level: number,
  valueAt: (row: number, column: number) => number | null,
): TableData {
  const size = 2 ** level;
  const span = (from: number, to: number, most: number) => {
    const first = Math.floor(from / size) * size;
    const count = Math.min(most, Math.ceil((to - first) / size));
    return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * size);
  };
  const rows = span(box.top, box.bottom, MAX_ROWS);
  const columns = span(box.left, box.right, MAX_COLUMNS);
  return {
    caption: `Cells from row ${rows[0] ?? 0}, column ${columns[0] ?? 0}${level === 0 ? "" : `, each the mean of ${size}×${size}`}. Pan or zoom to see others.`,
    columns: ["Row", ...columns.map(String)],
    rows: rows.map((row) => [
      String(row),
      ...columns.map((column) => {
        const value = valueAt(row, column);
        return value === null ? "…" : Number.isNaN(value) ? "NaN" : String(Number(value.toPrecision(5)));
      }),
    ]),
  };
}
