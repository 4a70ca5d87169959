/**
 * Beliefs that are wrong for a while (illusory correlations; Saxe, McClelland & Ganguli 2019).
 * An entry o of the table is learned by a course ŷ(t). Whatever leaves the interval between 0 and o leaves it on the wrong side or overshoots:
 *   excursion(t) = max(ŷ − max(0, o), 0) + min(ŷ − min(0, o), 0)
 * A belief counts if its excursion passes `least` of the table's largest entry and has come back to less than half at the last checkpoint.
 * Null: in a shallow network all modes rise at one rate, so every entry is monotone and nothing leaves the interval. Beside each belief stands its distance from
 * the nearest monotone course, which is 0 for whatever only grows or only fades.
 */
import { type DenseMatrix, largestMagnitude } from "../dense.ts";
import { monotoneFit } from "./isotonic.ts";
import { bilinear, type DataMode } from "./linearChain.ts";

export interface Illusion {
  /** Row (property) and column (item) of Y. */
  readonly property: number;
  readonly item: number;
  /** What the table says, and the belief where it is farthest outside, with its time. */
  readonly truth: number;
  readonly peak: number;
  readonly peakTime: number;
  /** How far outside it is there: with its sign. */
  readonly excursion: number;
  /** When the excursion first and last passes half of its peak. */
  readonly onset: number;
  readonly offset: number;
  /** Root mean square from the nearest monotone course. */
  readonly fromMonotone: number;
  /** ŷ(t) at every checkpoint. */
  readonly course: readonly number[];
  /** Indices of the modes that push most at the peak, towards it and against it. */
  readonly cause: readonly [number, number | null];
}

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
      const truth = y.data[at]!;
      const course = totals.map((total) => total.data[at]!);
      const outside = course.map((belief) => excursionOf(belief, truth));
      let top = 0;
      for (let k = 1; k < outside.length; k++) if (Math.abs(outside[k]!) > Math.abs(outside[top]!)) top = k;
      const most = outside[top]!;
      if (Math.abs(most) < least * largest || Math.abs(outside[outside.length - 1]!) > Math.abs(most) / 2) continue;
      const high = outside.flatMap((value, k) =>
        Math.sign(value) === Math.sign(most) && Math.abs(value) >= Math.abs(most) / 2 ? [k] : [],
      );
      found.push({
        property,
        item,
        truth,
        peak: course[top]!,
        peakTime: times[top]!,
        excursion: most,
        onset: times[high[0]!]!,
        offset: times[high[high.length - 1]!]!,
        fromMonotone: monotoneFit(course).residual,
        course,
        cause: causeOf(modes, totals[top]!, property, item, Math.sign(most)),
      });
    }
  return found.sort((a, b) => Math.abs(b.excursion) - Math.abs(a.excursion));
}

export function excursionOf(belief: number, truth: number): number {
  return Math.max(belief - Math.max(0, truth), 0) + Math.min(belief - Math.min(0, truth), 0);
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
