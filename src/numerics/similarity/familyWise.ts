/**
 * p of many cells tested at once, corrected for their number: the chance that any cell where nothing is alike is called alike stays below the level.
 * Step-down largest statistic: every cell in units of its own permutations, z = (value − mean)/sd over the orders and the observed one; cells from the
 * largest z down; p of a cell = share of the orders in which the largest z among it and all cells below is at least its own; never less than that of a cell
 * before it. The orders must be the same for all cells: their dependence is then in the draws, and costs nothing.
 * Sources: Westfall & Young 1993, ch. 2; Ge, Dudoit & Speed 2003, Test 12, 1, box 2 (step-down, with the observed order counted as Phipson & Smyth 2010 ask).
 * Exact where representations that are unrelated are so jointly; from pairs alone the joint law is that of the complete null (no subset pivotality).
 * Holm 1979 needs no shared orders and holds under every dependence; its smallest p is cells/(1 + draws).
 * Special cases: a cell whose statistic no order changes has p = 1; draws that gave no number are as good as none. Cost: cells·draws.
 */

/** What one cell's permutations gave. */
export interface TestedCell {
  readonly observed: number;
  /** Of every order, the same orders for every cell. */
  readonly draws: Float64Array<ArrayBuffer>;
}

/** Rounding must not make an order that is as good look worse. */
const TIE = 1e-9;

/** Of every cell. `enumerated`: the draws are all orders, the observed one among them. */
export function stepDownMaximum(
  cells: readonly TestedCell[],
  better: "high" | "low",
  enumerated: boolean,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(cells.length);
  if (cells.length === 0) return out;
  const count = cells[0]!.draws.length;
  const units = cells.map((cell) => unitsOf(cell, better, enumerated));
  const order = Array.from(units.keys()).sort((a, b) => units[b]!.z - units[a]!.z);
  const largest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  for (const at of [...order].reverse()) {
    const { z, shift, scale } = units[at]!;
    const { draws } = cells[at]!;
    let good = 0;
    for (let k = 0; k < count; k++) {
      const value = (draws[k]! - shift) * scale;
      if (value > largest[k]!) largest[k] = value;
      if (largest[k]! >= z - TIE) good++;
    }
    out[at] = enumerated ? good / count : (1 + good) / (1 + count);
  }
  let least = 0;
  for (const at of order) {
    least = Math.max(least, out[at]!);
    out[at] = least;
  }
  return out;
}

/** (x − shift)·scale is a value in units of the cell's own chance, large where alike. */
function unitsOf({ observed, draws }: TestedCell, better: "high" | "low", enumerated: boolean) {
  const all = Array.from(draws).filter(Number.isFinite);
  if (!enumerated) all.push(observed);
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length);
  // What rounding alone moves is not moved.
  const scale = deviation > 1e-12 * Math.max(1e-300, Math.abs(mean)) ? (better === "high" ? 1 : -1) / deviation : 0;
  return { z: (observed - mean) * scale, shift: mean, scale };
}

/** Holm's step-down correction of p of any dependence. */
export function holm(p: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const order = Array.from({ length: p.length }, (_, at) => at).sort((a, b) => p[a]! - p[b]!);
  const out = new Float64Array(p.length);
  let least = 0;
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, (order.length - rank) * p[at]!));
    out[at] = least;
  }
  return out;
}
