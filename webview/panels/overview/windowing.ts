/** Height of one line in CSS pixels, that of the editor's own lists; the style sheet takes it from here by a variable. */
export const ROW_HEIGHT = 22;
/** Lines kept beyond each edge, so that a flick of the wheel meets content. */
const OVERSCAN = 10;

export interface RowRange {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

export function visibleRange(scrollTop: number, viewportHeight: number, count: number, overscan = OVERSCAN): RowRange {
  const first = Math.max(0, Math.min(count, Math.floor(scrollTop / ROW_HEIGHT) - overscan));
  const end = Math.max(first, Math.min(count, Math.ceil((scrollTop + viewportHeight) / ROW_HEIGHT) + overscan));
  return { first, end };
}

/** Where to scroll so that a row is wholly in view: as little as possible. */
export function scrollToShow(index: number, scrollTop: number, viewportHeight: number): number {
  const top = index * ROW_HEIGHT;
  if (top < scrollTop) return top;
  if (top + ROW_HEIGHT > scrollTop + viewportHeight) return top + ROW_HEIGHT - viewportHeight;
  return scrollTop;
}

/** The same for a column: it must come out from under the sticky one on the left. */
export function scrollToColumn(
  column: { readonly left: number; readonly width: number; readonly sticky: number },
  scrollLeft: number,
  viewportWidth: number,
): number {
  const left = column.left - column.sticky;
  const right = column.left + column.width - viewportWidth;
  return left < scrollLeft ? left : Math.max(right, scrollLeft);
}

export interface CellPosition {
  /** −1 is the header. */
  readonly row: number;
  readonly column: number;
}

/** Where a key leads in a grid of `rows` × `columns`; null for keys that do not move. */
export function moveByKey(
  key: string,
  ctrl: boolean,
  from: CellPosition,
  size: { readonly rows: number; readonly columns: number; readonly pageRows: number },
): CellPosition | null {
  const lastRow = size.rows - 1;
  const lastColumn = size.columns - 1;
  const row = (to: number) => ({ row: Math.max(-1, Math.min(lastRow, to)), column: from.column });
  const column = (to: number) => ({ row: from.row, column: Math.max(0, Math.min(lastColumn, to)) });
  switch (key) {
    case "ArrowDown":
      return row(from.row + 1);
    case "ArrowUp":
      return row(from.row - 1);
    case "PageDown":
      return row(Math.max(0, from.row) + size.pageRows);
    case "PageUp":
      return row(Math.max(0, from.row - size.pageRows));
    case "ArrowLeft":
      return column(from.column - 1);
    case "ArrowRight":
      return column(from.column + 1);
    case "Home":
      return ctrl ? { row: Math.min(0, lastRow), column: 0 } : column(0);
    case "End":
      return ctrl ? { row: lastRow, column: lastColumn } : column(lastColumn);
    default:
      return null;
  }
}
