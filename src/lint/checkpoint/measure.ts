/**
 * What one weight matrix (out × in, row-major) shows of how it was drawn: moments with their sampling errors, how evenly rows and columns share the
 * energy, and units that are no units. All of it in three passes over the entries.
 *   mean score = mean·√n/sd; relative error of mean(W²) √((κ − 1)/n), κ the entries' own kurtosis about 0.
 *   evenness: row means m_i of w² over c entries vary by m̄²(κ − 1)/c if entries are independent and of one law; X² = Σ(m_i − m̄)²/that is χ² of R − 1
 *   degrees, its own variance 2(R − 1) + R·e/c with e the excess kurtosis of w² (12 of a normal law, the largest of the three families). The score is
 *   (X² − (R − 1)) over the root of that; the same for columns. Dispersion test of Cochran (1954); the correction for short rows by the fourth cumulant.
 */
import type { RealArray } from "../../base/dtype.ts";
import { relativeError } from "../../numerics/meanField/estimate.ts";
import { type Units, unitsOf } from "./units.ts";

export interface WeightMeasure extends Units {
  readonly rows: number;
  readonly columns: number;
  /** Of the finite entries; NaN where there are none. */
  readonly mean: number;
  readonly meanSquare: number;
  readonly relativeError: number;
  readonly meanScore: number;
  /** Central: a mean that is not 0 takes no part. */
  readonly deviation: number;
  readonly kurtosis: number;
  readonly largest: number;
  /** All entries are this number; null where two differ. */
  readonly constant: number | null;
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  /** Row-major index of the first entry that is no number. */
  readonly firstBad: number | null;
  /** How uneven rows and columns are, in standard errors; 0 where there are too few. */
  readonly rowScore: number;
  readonly columnScore: number;
  /** How many finite entries lie in each of equal intervals over ±`reach` about 0; below and above them the first and the last count on. */
  readonly counts: Uint32Array;
  readonly reach: number;
  /** ‖WWᵀ/g² − 1‖ of a few rows (or columns): 0 for an orthogonal matrix. */
  readonly orthogonality: number;
}

/** Roots of the mean square that the intervals reach to, and how many there are: their corners are where distributions are compared. */
const REACH = 4;
const INTERVALS = 160;
const ORTHOGONAL_SAMPLE = 24;
/** Excess kurtosis of w² for normal w. */
const EXCESS = 12;
/** Fewer rows, or shorter ones, say nothing about evenness. */
const FEWEST = 4;

export function measureWeight(entries: RealArray, rows: number, columns: number): WeightMeasure {
  const rowSquares = new Float64Array(rows);
  const columnSquares = new Float64Array(columns);
  let [first, second, third, fourth, largest, zeros, nan, infinite] = [0, 0, 0, 0, 0, 0, 0, 0];
  let firstBad: number | null = null;
  let constant: number | null = entries[0] ?? null;
  for (let row = 0, at = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++, at++) {
      const value = entries[at]!;
      if (!Number.isFinite(value)) {
        if (Number.isNaN(value)) nan++;
        else infinite++;
        firstBad ??= at;
        constant = null;
        continue;
      }
      if (value !== constant) constant = null;
      if (value === 0) zeros++;
      const square = value * value;
      first += value;
      sum += square;
      third += value * square;
      fourth += square * square;
      columnSquares[column]! += square;
      if (square > largest) largest = square;
    }
    rowSquares[row] = sum;
    second += sum;
  }
  const n = rows * columns - nan - infinite;
  const [mean, meanSquare] = [first / n, second / n];
  const raw = second === 0 ? 3 : fourth / n / meanSquare ** 2;
  const variance = Math.max(0, meanSquare - mean * mean);
  const deviation = Math.sqrt(variance);
  const centralFourth = (fourth - 4 * mean * third + 6 * mean * mean * second) / n - 3 * mean ** 4;
  const kurtosis = variance === 0 ? 3 : centralFourth / variance ** 2;
  return {
    rows,
    columns,
    mean,
    meanSquare,
    relativeError: second === 0 ? 0 : relativeError(Math.max(1, raw), n),
    meanScore: deviation === 0 ? (mean === 0 ? 0 : Number.POSITIVE_INFINITY) : (mean * Math.sqrt(n)) / deviation,
    deviation,
    kurtosis,
    largest: Math.sqrt(largest),
    constant,
    zeros,
    nan,
    infinite,
    firstBad,
    counts: countsOf(entries, Math.sqrt(meanSquare) * REACH),
    reach: Math.sqrt(meanSquare) * REACH,
    rowScore: unevenness(rowSquares, columns, raw),
    columnScore: unevenness(columnSquares, rows, raw),
    orthogonality: orthogonality(entries, rows, columns),
    ...unitsOf(entries, rowSquares, columnSquares),
  };
}

/** The ends take in what lies beyond them: no law that a source states is told apart there. */
function countsOf(entries: RealArray, reach: number): Uint32Array {
  const counts = new Uint32Array(INTERVALS);
  if (!(reach > 0)) return counts;
  const scale = INTERVALS / (2 * reach);
  for (let at = 0; at < entries.length; at++) {
    const value = entries[at]!;
    if (!Number.isFinite(value)) continue;
    counts[Math.min(INTERVALS - 1, Math.max(0, Math.floor((value + reach) * scale)))]!++;
  }
  return counts;
}

/** Lines that are all zero are no draw and take no part. */
function unevenness(squares: Float64Array, length: number, kurtosis: number): number {
  const lines = squares.filter((sum) => sum > 0);
  if (lines.length < FEWEST || length < FEWEST || kurtosis < 1.05) return 0;
  const mean = lines.reduce((sum, square) => sum + square, 0) / lines.length / length;
  let sum = 0;
  for (const square of lines) sum += (square / length - mean) ** 2;
  const x = (sum * length) / (mean * mean * (kurtosis - 1));
  return (x - (lines.length - 1)) / Math.sqrt(2 * (lines.length - 1) + (lines.length * EXCESS) / length);
}

function orthogonality(entries: RealArray, rows: number, columns: number): number {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const at =
    rows <= columns
      ? (line: number, k: number) => entries[line * columns + k] ?? 0
      : (line: number, k: number) => entries[k * columns + line] ?? 0;
  const lines = Array.from({ length: Math.min(count, ORTHOGONAL_SAMPLE) }, (_, index) =>
    Math.floor((index * count) / Math.min(count, ORTHOGONAL_SAMPLE)),
  );
  let scale = 0;
  const products = lines.map((a) =>
    lines.map((b) => {
      let dot = 0;
      for (let k = 0; k < length; k++) dot += at(a, k) * at(b, k);
      if (a === b) scale += dot / lines.length;
      return dot;
    }),
  );
  if (scale === 0) return Number.NaN;
  return Math.max(...products.flatMap((line, i) => line.map((dot, j) => Math.abs(dot / scale - (i === j ? 1 : 0)))));
}
