/**
 * The modes of the data in a chain of linear layers over training (Saxe, McClelland & Ganguli 2014, 2019).
 *   Y   properties × items; Σ³¹ = Y for one-hot items (sum convention), Y = U S Vᵀ
 *   A(t) = Uᵀ W_D…W_1 V; its diagonal is the modes' strengths a_α(t), which tend to s_α
 *   ρ(t) = ‖A − diag A‖²/‖A‖²: where it is large the modes are not decoupled, and the theory's curves do not hold
 * In a degenerate group (equal s) single vectors are arbitrary: the group's mean strength tr(A_group)/g is what all choices share, and the group's block
 * counts as diagonal.
 */
import { type DenseMatrix, largestMagnitude } from "../dense.ts";
import { topTriplets } from "../svd/topTriplets.ts";

export interface DataMode {
  /** Ranks, from 0; several where singular values are equal. */
  readonly group: readonly number[];
  readonly s: number;
  readonly u: readonly Float64Array[];
  readonly v: readonly Float64Array[];
}

/** Relative to the first value: closer ones are one group. Tables are exact. */
const GAP = 1e-6;

export function dataModes(y: DenseMatrix): readonly DataMode[] {
  const { values, left, right } = topTriplets(y, Math.min(y.rows, y.columns));
  const top = values[0] ?? 0;
  const modes: { group: number[]; s: number; u: Float64Array[]; v: Float64Array[] }[] = [];
  for (const [index, s] of values.entries()) {
    if (s <= GAP * top) break;
    const last = modes[modes.length - 1];
    if (last === undefined || last.s - s >= GAP * top) modes.push({ group: [], s, u: [], v: [] });
    const mode = modes[modes.length - 1]!;
    mode.group.push(index);
    mode.u.push(left[index]!);
    mode.v.push(right[index]!);
  }
  return modes;
}

/** W_D…W_1. Layers from the input to the output. */
export function chainProduct(layers: readonly DenseMatrix[]): DenseMatrix {
  return layers.slice(1).reduce((product, layer) => {
    const [n, k, m] = [layer.rows, layer.columns, product.columns];
    const data = new Float64Array(n * m);
    for (let i = 0; i < n; i++)
      for (let l = 0; l < k; l++) {
        const factor = layer.data[i * k + l]!;
        for (let j = 0; j < m; j++) data[i * m + j] = data[i * m + j]! + factor * product.data[l * m + j]!;
      }
    return { rows: n, columns: m, data };
  }, layers[0]!);
}

function bilinear(u: Float64Array, w: DenseMatrix, v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < w.rows; i++) {
    let row = 0;
    for (let j = 0; j < w.columns; j++) row += w.data[i * w.columns + j]! * v[j]!;
    sum += u[i]! * row;
  }
  return sum;
}

export interface ModeMoment {
  /** Mean strength of each mode (of each group). */
  readonly strengths: readonly number[];
  /** ρ over all of A: what lies outside the modes' own blocks, and outside the data's modes altogether. */
  readonly offDiagonal: number;
}

export function measureModes(modes: readonly DataMode[], total: DenseMatrix): ModeMoment {
  let square = 0;
  for (const value of total.data) square += value * value;
  let inside = 0;
  const strengths = modes.map(({ u, v }) => {
    let trace = 0;
    for (let i = 0; i < u.length; i++)
      for (let j = 0; j < v.length; j++) {
        const a = bilinear(u[i]!, total, v[j]!);
        inside += a * a;
        if (i === j) trace += a;
      }
    return trace / u.length;
  });
  return { strengths, offDiagonal: square === 0 ? 0 : Math.max(0, 1 - inside / square) };
}

/**
 * The strength from which a mode starts to grow in two randomly initialized layers: near the saddle only (W₁v + W₂ᵀu)/2 grows, so
 * a₀ = ¼‖W₁v + W₂ᵀu‖². uᵀW₂W₁v itself has mean zero and is as often negative. (Same physics as silent alignment, Atanasov, Bordelon & Pehlevan 2022.)
 */
export function effectiveStart({ u, v }: DataMode, first: DenseMatrix, second: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < u.length; k++) {
    for (let h = 0; h < first.rows; h++) {
      let both = 0;
      for (let j = 0; j < first.columns; j++) both += first.data[h * first.columns + j]! * v[k]![j]!;
      for (let i = 0; i < second.rows; i++) both += second.data[i * second.columns + h]! * u[k]![i]!;
      sum += both * both;
    }
  }
  return sum / (4 * u.length);
}

export interface Illusion {
  /** Row (property) and column (item) of Y. */
  readonly property: number;
  readonly item: number;
  /** What the table says, and the value farthest from it on the wrong side or beyond, with its time. */
  readonly truth: number;
  readonly peak: number;
  readonly peakTime: number;
  /** When the belief first and last passes half of its peak. */
  readonly onset: number;
  readonly offset: number;
  /** Indices of the modes that push most at the peak, towards it and against it. */
  readonly cause: readonly [number, number | null];
}

/**
 * Beliefs that are wrong for a while: entries of ŷ(t) whose table entry is 0 and that rise above `least` (a share of the largest entry) and come back to
 * less than half of that (illusory correlations, 2019). Strongest first. In a shallow network with a common rate there are none.
 */
export function illusions(
  y: DenseMatrix,
  modes: readonly DataMode[],
  times: readonly number[],
  totals: readonly DenseMatrix[],
  least = 0.1,
): readonly Illusion[] {
  const largest = largestMagnitude(y.data);
  const found: Illusion[] = [];
  for (let property = 0; property < y.rows; property++)
    for (let item = 0; item < y.columns; item++) {
      const at = property * y.columns + item;
      if (y.data[at] !== 0) continue;
      const course = totals.map((total) => total.data[at]!);
      let top = 0;
      for (let k = 1; k < course.length; k++) if (Math.abs(course[k]!) > Math.abs(course[top]!)) top = k;
      const peak = course[top]!;
      const end = Math.abs(course[course.length - 1]!);
      if (Math.abs(peak) < least * largest || end > Math.abs(peak) / 2) continue;
      const high = course.flatMap((value, k) =>
        Math.sign(value) === Math.sign(peak) && Math.abs(value) >= Math.abs(peak) / 2 ? [k] : [],
      );
      found.push({
        property,
        item,
        truth: 0,
        peak,
        peakTime: times[top]!,
        onset: times[high[0]!]!,
        offset: times[high[high.length - 1]!]!,
        cause: causeOf(modes, totals[top]!, property, item, Math.sign(peak)),
      });
    }
  return found.sort((a, b) => Math.abs(b.peak) - Math.abs(a.peak));
}

/** Contribution of each group to ŷ: Σ u_m (A_group) v_i. The largest towards the peak made it; the one against it that the table will need is still missing. */
function causeOf(
  modes: readonly DataMode[],
  total: DenseMatrix,
  property: number,
  item: number,
  sign: number,
): readonly [number, number | null] {
  const now = modes.map(({ u, v }) => {
    let sum = 0;
    for (let i = 0; i < u.length; i++)
      for (let j = 0; j < v.length; j++) sum += u[i]![property]! * bilinear(u[i]!, total, v[j]!) * v[j]![item]!;
    return sign * sum;
  });
  const wanted = modes.map(
    ({ u, v, s }) => sign * s * u.reduce((sum, one, k) => sum + one[property]! * v[k]![item]!, 0),
  );
  // Of those that push hard the one learned last: it is the distinction that the belief generalizes along.
  const most = Math.max(...now);
  const maker = now.reduce((last, value, k) => (value >= most / 2 ? k : last), 0);
  const lacking = wanted.map((value, k) => value - now[k]!);
  const least = Math.min(...lacking);
  return [maker, least < 0 ? lacking.indexOf(least) : null];
}
