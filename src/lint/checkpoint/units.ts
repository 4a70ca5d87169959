/** Units that are no units: without weights, with a twin, with one number for all weights, or never positive. */
import type { RealArray } from "../../base/dtype.ts";
import { Random } from "../../numerics/random.ts";

export interface Units {
  /** Rows that are all zero. */
  readonly deadRows: readonly number[];
  /** Rows that have died away: not zero, but beside the others nothing. */
  readonly fadedRows: readonly number[];
  /** Columns that are all zero, or have died away: inputs that nobody listens to. */
  readonly deadColumns: number;
  /** Rows with a twin of the same direction, and of the opposite one. */
  readonly twinRows: readonly number[];
  readonly oppositeRows: readonly number[];
  /** Rows whose entries are one number, not zero. */
  readonly constantRows: readonly number[];
  /** Rows without a positive entry: with a bias ≤ 0 and inputs ≥ 0 their ReLU never is on. */
  readonly negativeRows: readonly number[];
  /** Rows or columns (whichever are more) under a hundredth of the median one: of their directions rounding says nothing. */
  readonly small: number;
  /** Length of each row. */
  readonly rowNorms: Float64Array;
}

/** A row this much shorter than the median one: what weight decay leaves of a unit that nothing feeds. */
const FADED = 1e-6;
/** A row or column this much shorter than the median one makes small singular values that are real ones. */
const SMALL = 1e-2;
/** Two rows with |cos| above 1 − this are one unit up to a factor. */
const ALIKE = 1e-6;
/**
 * Projections of two unit rows with |cos| > 1 − 1e-6 differ by √2e-6 at most along any one direction, times the probe's length along it: a dozen
 * standard deviations of a normal number.
 */
const NEAR = 12 * Math.sqrt(2 * ALIKE);
/** A row is compared with this many that follow and lie so near by both keys: more of one key are twins of each other anyway. */
const LOOK_AHEAD = 8;
/** By one key alone so many follow that may lie near by both. */
const LOOK_THROUGH = 64;

export function unitsOf(entries: RealArray, rowSquares: Float64Array, columnSquares: Float64Array): Units {
  const [rows, columns] = [rowSquares.length, columnSquares.length];
  const deadRows: number[] = [];
  const constantRows: number[] = [];
  const negativeRows: number[] = [];
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    if (rowSquares[row] === 0) {
      // A row of NaN has no squares either, and is another matter.
      if (entries[start] === 0 && everyEntry(entries, start, columns, (value) => value === 0)) deadRows.push(row);
      continue;
    }
    if (columns > 2 && everyEntry(entries, start, columns, (value) => value === entries[start])) constantRows.push(row);
    else if (everyEntry(entries, start, columns, (value) => value <= 0)) negativeRows.push(row);
  }
  const rowNorms = rowSquares.map(Math.sqrt);
  const median = medianOf(rowNorms);
  const fadedRows: number[] = [];
  for (const [row, norm] of rowNorms.entries()) if (norm > 0 && norm < FADED * median) fadedRows.push(row);
  let deadColumns = 0;
  const columnMedian = medianOf(columnSquares);
  for (const square of columnSquares) if (square <= FADED * FADED * columnMedian) deadColumns++;
  return {
    deadRows,
    deadColumns,
    constantRows,
    negativeRows,
    fadedRows,
    small: Math.max(
      rowSquares.filter((square) => square <= (SMALL * median) ** 2).length,
      columnSquares.filter((square) => square <= SMALL ** 2 * columnMedian).length,
    ),
    rowNorms,
    ...twins(entries, rowSquares, columns, (FADED * median) ** 2),
  };
}

/** Of the rows that have a length at all. */
export function medianOf(norms: Float64Array): number {
  const sorted = norms.filter((norm) => norm > 0).sort();
  return sorted[sorted.length >> 1] ?? 0;
}

function everyEntry(entries: RealArray, start: number, length: number, holds: (value: number) => boolean): boolean {
  for (let at = start; at < start + length; at++) if (!holds(entries[at]!)) return false;
  return true;
}

/** Candidates come from the projections on two random vectors, so the cost is n and a sort, not rows². */
function twins(
  entries: RealArray,
  rowSquares: Float64Array,
  columns: number,
  /** Rows that are no longer than the root of this are nobody's twin: what is left of them is rounding. */
  nothing: number,
): Pick<Units, "twinRows" | "oppositeRows"> {
  // In one or two dimensions directions meet by chance.
  if (columns < 3) return { twinRows: [], oppositeRows: [] };
  const random = new Random(7);
  const [first, second] = [0, 1].map(() => Float64Array.from({ length: columns }, () => random.normal()));
  const keys: { readonly row: number; readonly key: number; readonly other: number }[] = [];
  for (let row = 0; row < rowSquares.length; row++) {
    if (rowSquares[row]! <= nothing) continue;
    const norm = Math.sqrt(rowSquares[row]!);
    const along = product(entries, row * columns, first!, 0, columns) / norm;
    const other = product(entries, row * columns, second!, 0, columns) / norm;
    // Of opposite twins both change their sign.
    if (Number.isFinite(along)) keys.push({ row, key: Math.abs(along), other: along < 0 ? -other : other });
  }
  keys.sort((a, b) => a.key - b.key);
  const same = new Set<number>();
  const opposite = new Set<number>();
  for (const [at, a] of keys.entries()) {
    let compared = 0;
    for (let next = at + 1; next < Math.min(keys.length, at + 1 + LOOK_THROUGH) && compared < LOOK_AHEAD; next++) {
      const b = keys[next]!;
      if (b.key - a.key > NEAR) break;
      if (Math.abs(b.other - a.other) > NEAR) continue;
      compared++;
      const dot = product(entries, a.row * columns, entries, b.row * columns, columns);
      const cosine = dot / Math.sqrt(rowSquares[a.row]! * rowSquares[b.row]!);
      // Not the other way round: rows with NaN have no cosine.
      if (!(Math.abs(cosine) > 1 - ALIKE)) continue;
      const kind = cosine > 0 ? same : opposite;
      kind.add(a.row).add(b.row);
    }
  }
  const sorted = (rows: Set<number>) => [...rows].sort((a, b) => a - b);
  return { twinRows: sorted(same), oppositeRows: sorted(opposite) };
}

function product(a: RealArray, from: number, b: RealArray, start: number, length: number): number {
  let sum = 0;
  for (let at = 0; at < length; at++) sum += a[from + at]! * b[start + at]!;
  return sum;
}
