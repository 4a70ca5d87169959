import type { LoadedMatrix } from "../_shared/input.ts";

interface TileGrid {
  /** Cells of the matrix that one cell of the tile stands for, along each side. */
  readonly block: number;
  readonly firstRow: number;
  readonly firstColumn: number;
  readonly tileRows: number;
  readonly tileColumns: number;
}

/** The tile's place in the aggregated matrix; null if it lies outside. */
export function tileGrid(
  rows: number,
  columns: number,
  level: number,
  tileRow: number,
  tileColumn: number,
  tileSize: number,
): TileGrid | null {
  const block = 2 ** level;
  const firstRow = tileRow * tileSize;
  const firstColumn = tileColumn * tileSize;
  const tileRows = Math.min(tileSize, Math.ceil(rows / block) - firstRow);
  const tileColumns = Math.min(tileSize, Math.ceil(columns / block) - firstColumn);
  return tileRows > 0 && tileColumns > 0 ? { block, firstRow, firstColumn, tileRows, tileColumns } : null;
}

/** Means over the finite cells of each block, NaN where a block has none. Rows and columns are taken in the given order, if any. */
export function aggregateTile(
  matrix: LoadedMatrix,
  grid: TileGrid,
  rowOrder: Uint32Array | null,
  columnOrder: Uint32Array | null,
  throwIfCancelled: () => void,
): Float32Array<ArrayBuffer> {
  const { data, rows, columns } = matrix;
  const { block, firstRow, firstColumn, tileRows, tileColumns } = grid;
  const values = new Float32Array(tileRows * tileColumns);
  const sums = new Float64Array(tileColumns);
  const counts = new Float64Array(tileColumns);
  const columnFrom = firstColumn * block;
  const columnTo = Math.min(columns, (firstColumn + tileColumns) * block);
  for (let tileRow = 0; tileRow < tileRows; tileRow++) {
    throwIfCancelled();
    sums.fill(0);
    counts.fill(0);
    const rowFrom = (firstRow + tileRow) * block;
    const rowTo = Math.min(rows, rowFrom + block);
    for (let row = rowFrom; row < rowTo; row++) {
      const start = (rowOrder === null ? row : rowOrder[row]!) * columns;
      for (let column = columnFrom, cell = 0, left = block; column < columnTo; column++) {
        const x = data[start + (columnOrder === null ? column : columnOrder[column]!)]!;
        if (x - x === 0) {
          sums[cell] = sums[cell]! + x;
          counts[cell] = counts[cell]! + 1;
        }
        if (--left === 0) {
          left = block;
          cell++;
        }
      }
    }
    for (let cell = 0; cell < tileColumns; cell++) values[tileRow * tileColumns + cell] = sums[cell]! / counts[cell]!;
  }
  return values;
}
