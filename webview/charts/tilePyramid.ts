import { HEATMAP_TILE } from "../../src/analysis/heatmap/types.ts";

/** Where the picture of a rows × columns matrix is cut: level L holds means of 2^L × 2^L cells, in tiles of HEATMAP_TILE. */
export interface TileAddress {
  readonly level: number;
  readonly tileRow: number;
  readonly tileColumn: number;
}

export interface CellBox {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export function tileKey({ level, tileRow, tileColumn }: TileAddress): string {
  return `${level}/${tileRow}/${tileColumn}`;
}

/** The level at which the whole matrix is one tile. */
export function coarsestLevel(rows: number, columns: number): number {
  const tiles = Math.max(rows, columns) / HEATMAP_TILE;
  return tiles <= 1 ? 0 : Math.ceil(Math.log2(tiles));
}

/** The level to draw where one cell takes `pixels` device pixels: its cells are never larger than a pixel unless they are single. */
export function levelFor(pixels: number, coarsest: number): number {
  if (!(pixels > 0)) return coarsest;
  return Math.max(0, Math.min(coarsest, Math.floor(Math.log2(1 / pixels) + 1e-9)));
}

/** Cells of the stored matrix that a tile covers (its last cells may reach past the matrix; the box does not). */
export function tileBox(address: TileAddress, rows: number, columns: number): CellBox {
  const span = HEATMAP_TILE * 2 ** address.level;
  const top = address.tileRow * span;
  const left = address.tileColumn * span;
  return { top, left, bottom: Math.min(rows, top + span), right: Math.min(columns, left + span) };
}

/** The tiles of a level that touch the box, nearest to its centre first. */
export function tilesIn(box: CellBox, level: number, rows: number, columns: number): readonly TileAddress[] {
  const span = HEATMAP_TILE * 2 ** level;
  const first = (edge: number) => Math.max(0, Math.floor(edge / span));
  const last = (edge: number, size: number) => Math.min(Math.ceil(size / span), Math.ceil(edge / span)) - 1;
  const tiles: TileAddress[] = [];
  for (let tileRow = first(box.top); tileRow <= last(box.bottom, rows); tileRow++) {
    for (let tileColumn = first(box.left); tileColumn <= last(box.right, columns); tileColumn++) {
      tiles.push({ level, tileRow, tileColumn });
    }
  }
  const row = (box.top + box.bottom) / 2 / span - 0.5;
  const column = (box.left + box.right) / 2 / span - 0.5;
  const distance = (tile: TileAddress) => (tile.tileRow - row) ** 2 + (tile.tileColumn - column) ** 2;
  return tiles.sort((a, b) => distance(a) - distance(b));
}

/** The tile of a level that holds a cell, and the cell's place in it. */
export function cellAddress(row: number, column: number, level: number) {
  const size = 2 ** level;
  const levelRow = Math.floor(row / size);
  const levelColumn = Math.floor(column / size);
  const tileRow = Math.floor(levelRow / HEATMAP_TILE);
  const tileColumn = Math.floor(levelColumn / HEATMAP_TILE);
  return {
    address: { level, tileRow, tileColumn },
    row: levelRow - tileRow * HEATMAP_TILE,
    column: levelColumn - tileColumn * HEATMAP_TILE,
  } as const;
}
