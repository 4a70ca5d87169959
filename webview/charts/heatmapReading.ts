import { tickLabel } from "./scales.ts";

/** One cell as read from a tile: at level L it is the mean of up to 2^L × 2^L stored cells. */
export interface CellReading {
  readonly row: number;
  readonly column: number;
  readonly level: number;
  readonly value: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowOrder: ArrayLike<number> | null;
  readonly columnOrder: ArrayLike<number> | null;
}

/** "row 12, column 40: 0.031", or "rows 8–11, columns 40–43: 0.02, mean of 4×4". Indices start at 0, as in the code. */
export function readCell(cell: CellReading): string {
  const rows = axis("row", cell.row, cell.rows, cell.level, cell.rowOrder);
  const columns = axis("column", cell.column, cell.columns, cell.level, cell.columnOrder);
  const value = Number.isNaN(cell.value) ? "NaN" : tickLabelFull(cell.value);
  if (cell.level === 0) return `${rows}, ${columns}: ${value}`;
  const [height, width] = [extent(cell.row, cell.rows, cell.level), extent(cell.column, cell.columns, cell.level)];
  return `${rows}, ${columns}: ${value}, mean of ${height}×${width}`;
}

function extent(index: number, count: number, level: number): number {
  const size = 2 ** level;
  return Math.min(size, count - Math.floor(index / size) * size);
}

function axis(name: string, index: number, count: number, level: number, order: ArrayLike<number> | null): string {
  if (level === 0) {
    return order === null ? `${name} ${index}` : `${name} ${order[index] ?? index} (place ${index})`;
  }
  const first = Math.floor(index / 2 ** level) * 2 ** level;
  const last = first + extent(index, count, level) - 1;
  const span = first === last ? `${first}` : `${first}–${last}`;
  return order === null ? `${name}s ${span}` : `${name} places ${span}`;
}

function tickLabelFull(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "\u2212∞";
  const magnitude = Math.abs(value);
  if (magnitude >= 1e5 || (magnitude < 1e-3 && magnitude > 0)) return tickLabel(value);
  return (value < 0 ? "\u2212" : "") + String(Number(magnitude.toPrecision(5)));
}
