/**
 * One square tile of the matrix at one level. Level L aggregates 2^L × 2^L cells into one (mean over finite cells; NaN if none).
 * Parameters: level, tileRow, tileColumn (in tiles of TILE cells), order ("file" | "mode"): rows and columns as stored, or sorted
 * by the leading left and right singular vector.
 */
export const HEATMAP_TILE = 512;

export interface HeatmapTile {
  readonly rows: number;
  readonly columns: number;
  readonly level: number;
  readonly tileRow: number;
  readonly tileColumn: number;
  readonly tileRows: number;
  readonly tileColumns: number;
  /** Row-major tileRows × tileColumns. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Largest |finite value| of the whole matrix: the colour scale is symmetric, −limit … +limit. */
  readonly limit: number;
  /** 99.9th percentile of |value| (sampled above a million cells): the default scale, so that one spike does not blank the picture. */
  readonly robustLimit: number;
  /** For order "mode": position → index in the file, for all rows and columns; null for "file". */
  readonly rowOrder: Uint32Array<ArrayBuffer> | null;
  readonly columnOrder: Uint32Array<ArrayBuffer> | null;
}
