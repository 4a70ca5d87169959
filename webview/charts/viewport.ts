import type { CellBox } from "./tilePyramid.ts";

/** How cells lie on the canvas: CSS pixels per cell along each axis, and the cell coordinate at the top left corner. */
export interface Viewport {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly left: number;
  readonly top: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface MatrixSize {
  readonly rows: number;
  readonly columns: number;
}

/** A long thin matrix is stretched across its short side to this many pixels, or nothing of it could be seen. */
const MIN_SPAN = 120;
/** The largest cell: more would show one number on a whole screen. */
const MAX_CELL_PIXELS = 64;

export function fitted(matrix: MatrixSize, size: Size): Viewport {
  const fullX = size.width / matrix.columns;
  const fullY = size.height / matrix.rows;
  const even = Math.min(fullX, fullY);
  const scaleX = Math.min(fullX, Math.max(even, MIN_SPAN / matrix.columns));
  const scaleY = Math.min(fullY, Math.max(even, MIN_SPAN / matrix.rows));
  return centred({ scaleX, scaleY, left: 0, top: 0 }, matrix, size);
}

/** Zooms by `factor` about a canvas point: the cell under it stays there. Never out beyond the fitted view. */
export function zoomed(
  view: Viewport,
  factor: number,
  at: { readonly x: number; readonly y: number },
  matrix: MatrixSize,
  size: Size,
): Viewport {
  const fit = fitted(matrix, size);
  const lowest = fit.scaleX / view.scaleX;
  const highest = Math.max(lowest, MAX_CELL_PIXELS / Math.max(view.scaleX, view.scaleY));
  const by = Math.max(lowest, Math.min(highest, factor));
  const scaleX = view.scaleX * by;
  const scaleY = view.scaleY * by;
  const left = view.left + at.x / view.scaleX - at.x / scaleX;
  const top = view.top + at.y / view.scaleY - at.y / scaleY;
  return centred({ scaleX, scaleY, left, top }, matrix, size);
}

/** Moves the picture by pixels, as a drag does. */
export function panned(view: Viewport, dx: number, dy: number, matrix: MatrixSize, size: Size): Viewport {
  return centred({ ...view, left: view.left - dx / view.scaleX, top: view.top - dy / view.scaleY }, matrix, size);
}

/** Keeps the picture on the canvas: centred where it is smaller, else covering it. */
function centred(view: Viewport, matrix: MatrixSize, size: Size): Viewport {
  const along = (start: number, count: number, span: number) =>
    span >= count ? (count - span) / 2 : Math.max(0, Math.min(count - span, start));
  return {
    ...view,
    left: along(view.left, matrix.columns, size.width / view.scaleX),
    top: along(view.top, matrix.rows, size.height / view.scaleY),
  };
}

/** Cells on screen. */
export function visibleBox(view: Viewport, matrix: MatrixSize, size: Size): CellBox {
  return {
    top: Math.max(0, Math.floor(view.top)),
    left: Math.max(0, Math.floor(view.left)),
    bottom: Math.min(matrix.rows, Math.ceil(view.top + size.height / view.scaleY)),
    right: Math.min(matrix.columns, Math.ceil(view.left + size.width / view.scaleX)),
  };
}

/** The cell under a canvas point; null beside the matrix. */
export function cellAt(view: Viewport, x: number, y: number, matrix: MatrixSize) {
  const row = Math.floor(view.top + y / view.scaleY);
  const column = Math.floor(view.left + x / view.scaleX);
  const inside = row >= 0 && column >= 0 && row < matrix.rows && column < matrix.columns;
  return inside ? { row, column } : null;
}
