/**
 * What one weight matrix (out × in, row-major) shows of how it was drawn: moments with their sampling errors, and rows that are zero or alike.
 * mean score = mean·√n/sd; relative error of mean(W²) √((κ − 1)/n), κ the entries' own kurtosis. Rows are compared by direction: two with
 * |cos| > 1 − 1e-6 are one unit up to a factor. Candidates come from projections on two fixed random vectors, so the cost is n, not rows².
 */
import { weightVariance } from "../../numerics/meanField/estimate.ts";
import { Random } from "../../numerics/random.ts";

export interface WeightMeasure {
  readonly rows: number;
  readonly columns: number;
  readonly meanSquare: number;
  readonly relativeError: number;
  readonly meanScore: number;
  readonly kurtosis: number;
  readonly largest: number;
  readonly nonFinite: number;
  readonly deadRows: number;
  readonly alikeRows: number;
  /** Rows without a positive entry: with a bias ≤ 0 and inputs ≥ 0 their ReLU never is on. */
  readonly negativeRows: number;
  /** ‖WWᵀ/g² − 1‖ of a few rows (or columns): 0 for an orthogonal matrix. */
  readonly orthogonality: number;
}

const ALIKE = 1e-6;
const ORTHOGONAL_SAMPLE = 24;

export function measureWeight(entries: Float32Array | Float64Array, rows: number, columns: number): WeightMeasure {
  const finite = entries.filter((value) => Number.isFinite(value));
  const estimate = finite.length === 0 ? null : weightVariance(finite, 1);
  const norms = new Float64Array(rows);
  let [largest, deadRows, negativeRows] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    let positive = false;
    for (let at = row * columns; at < (row + 1) * columns; at++) {
      const value = entries[at] ?? 0;
      sum += value * value;
      positive ||= value > 0;
      if (Math.abs(value) > largest) largest = Math.abs(value);
    }
    norms[row] = Math.sqrt(sum);
    if (sum === 0) deadRows++;
    else if (!positive) negativeRows++;
  }
  return {
    rows,
    columns,
    meanSquare: estimate?.value ?? Number.NaN,
    relativeError: estimate === null || estimate.value === 0 ? 0 : estimate.standardError / estimate.value,
    meanScore: estimate?.meanScore ?? 0,
    kurtosis: estimate?.kurtosis ?? Number.NaN,
    largest,
    nonFinite: entries.length - finite.length,
    deadRows,
    alikeRows: columns < 2 ? 0 : alike(entries, norms, rows, columns),
    negativeRows,
    orthogonality: orthogonality(entries, rows, columns),
  };
}

/** Rows that have a twin. */
function alike(entries: ArrayLike<number>, norms: Float64Array, rows: number, columns: number): number {
  const random = new Random(7);
  const probe = Float64Array.from({ length: columns }, () => random.normal());
  const keys = Array.from({ length: rows }, (_, row) => {
    let dot = 0;
    for (let at = 0; at < columns; at++) dot += (entries[row * columns + at] ?? 0) * (probe[at] ?? 0);
    return { row, key: norms[row] === 0 ? Number.NaN : Math.abs(dot / (norms[row] ?? 1)) };
  })
    .filter(({ key }) => Number.isFinite(key))
    .sort((a, b) => a.key - b.key);
  const twins = new Set<number>();
  for (let at = 1; at < keys.length; at++) {
    const [a, b] = [keys[at - 1], keys[at]];
    if (a === undefined || b === undefined || b.key - a.key > 1e-2) continue;
    let dot = 0;
    for (let column = 0; column < columns; column++)
      dot += (entries[a.row * columns + column] ?? 0) * (entries[b.row * columns + column] ?? 0);
    if (Math.abs(dot) > (1 - ALIKE) * (norms[a.row] ?? 0) * (norms[b.row] ?? 0)) {
      twins.add(a.row);
      twins.add(b.row);
    }
  }
  return twins.size;
}

function orthogonality(entries: ArrayLike<number>, rows: number, columns: number): number {
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
