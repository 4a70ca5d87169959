import { classFit, type Pairs } from "./classFit.ts";
import type { Axes } from "./leadingAxes.ts";

/**
 * Do the items lie on a ring? On a ring the similarity is circulant, so the two leading modes beside the constant are the cosine and sine of the
 * place (Fourier): items are ordered by that angle, and the fit says how far similarity is a function of the circular distance in that order.
 * Input: axes of the double-centred inner products, pairs of the products themselves. Special cases: fewer than five items, or fewer than two axes: null.
 * Free: where the order begins and which way it goes round (it begins with item 0, towards its neighbour with the smaller number).
 */
export interface Ring {
  readonly kind: "ring";
  readonly fit: number;
  /** Items round the ring. */
  readonly order: Int32Array<ArrayBuffer>;
}

const FEWEST_ON_RING = 5;

export function ringOf(axes: Axes, pairs: Pairs, n: number): Ring | null {
  if (n < FEWEST_ON_RING || !((axes.values[1] ?? 0) > 1e-9 * (axes.values[0] ?? 0))) return null;
  const angle = Float64Array.from({ length: n }, (_, i) => Math.atan2(axes.vectors[n + i]!, axes.vectors[i]!));
  const order = Int32Array.from(angle.keys()).sort((i, j) => angle[i]! - angle[j]! || i - j);
  const turned = canonical(order);
  const place = new Int32Array(n);
  for (const [at, item] of turned.entries()) place[item] = at;
  const lag = (i: number, j: number) => {
    const steps = Math.abs(place[i]! - place[j]!);
    return Math.min(steps, n - steps);
  };
  return { kind: "ring", fit: classFit(pairs, lag, Math.floor(n / 2) + 1), order: turned };
}

function canonical(order: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const n = order.length;
  const start = order.indexOf(0);
  const forward = order[(start + 1) % n]! < order[(start + n - 1) % n]!;
  return Int32Array.from({ length: n }, (_, at) => order[(start + (forward ? at : n - at)) % n]!);
}
