import type { RealArray } from "../../base/dtype.ts";
import { ModeScopeError } from "../../base/errors.ts";
import type { Panels } from "./types.ts";

/** `assembly/panels.ts` knows these numbers, too. */
export const PANEL_ROWS = 24;
/** How many vectors a product with panels takes at once. */
export const PANEL_WIDTH = 8;
/** Columns are filled up to a multiple of every register tile. */
const COLUMN_STEP = 12;
/** Rows of the source that a turn of the transposing copy touches: few enough for the cache. */
const STRIP = 64;

type Values = Float32Array | Float64Array;

export function paddedRows(rows: number): number {
  return Math.ceil(rows / PANEL_ROWS) * PANEL_ROWS;
}

export function paddedColumns(columns: number): number {
  return Math.ceil(columns / COLUMN_STEP) * COLUMN_STEP;
}

/** Elements of a matrix in panels. */
export function panelLength(rows: number, columns: number): number {
  return paddedRows(rows) * paddedColumns(columns);
}

/** Writes rows × columns of `source` times `factor` into `out` (zero before), transposed if asked. */
export function fillPanels(
  out: Values,
  source: { readonly rows: number; readonly columns: number; readonly data: RealArray },
  factor: number,
  transpose: boolean,
): Panels {
  const { rows, columns, data } = source;
  const [height, width] = transpose ? [columns, rows] : [rows, columns];
  const padded = paddedColumns(width);
  const [down, along] = transpose ? [1, columns] : [columns, 1];
  for (let top = 0; top < height; top += PANEL_ROWS) {
    const count = Math.min(PANEL_ROWS, height - top);
    for (let left = 0; left < width; left += STRIP) {
      const right = Math.min(width, left + STRIP);
      for (let i = 0; i < count; i++) {
        let from = (top + i) * down + left * along;
        let to = top * padded + left * PANEL_ROWS + i;
        for (let j = left; j < right; j++, from += along, to += PANEL_ROWS) out[to] = (data[from] as number) * factor;
      }
    }
  }
  return { data: out, rows: height, columns: width };
}

/** Every set refuses the same wrong operands: a compiled one would write where they do not reach. */
export function requirePanelShapes(y: Values, { data, rows, columns }: Panels, x: Values, images?: Values): void {
  const vectors = paddedColumns(columns) * PANEL_WIDTH;
  if (
    data.length < panelLength(rows, columns) ||
    x.length < vectors ||
    y.length < vectors ||
    (images !== undefined && images.length < paddedRows(rows) * PANEL_WIDTH) ||
    (data instanceof Float64Array && x instanceof Float32Array)
  )
    throw new ModeScopeError("internal", "The operands of a product with panels do not fit one another.");
}
