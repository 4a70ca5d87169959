import { airyAi } from "../special/airy.ts";
import { gaussLegendre } from "../special/gaussLegendre.ts";

/**
 * Tracy–Widom law of order 1 and the largest singular value of a finite matrix of independent entries.
 *
 * F₁(s) = det(I − K_s) on L²(0, ∞) with K_s(x, y) = ½·Ai((x + y)/2 + s) (Ferrari & Spohn 2005), evaluated as the determinant of
 * δ_ij − √w_i·K(x_i, x_j)·√w_j on Gauss–Legendre nodes (Bornemann 2010, "On the numerical evaluation of Fredholm determinants").
 * 48 nodes up to where Ai's argument is 11. Error: absolute below 1e-12 (tests, against 100 nodes with SciPy's Airy function); below −9 the value
 * is under 1e-13 and 0 is returned, above 13 it is 1 to rounding. Cost: 1 ms; quantiles are remembered.
 */
export function tracyWidomCdf(s: number): number {
  if (Number.isNaN(s)) return Number.NaN;
  if (s < -9) return 0;
  if (s > 13) return 1;
  const n = RULE.nodes.length;
  const length = Math.max(8, 2 * (11 - s));
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      const weight = length * Math.sqrt(RULE.weights[i]! * RULE.weights[j]!);
      const k = 0.5 * airyAi((length * (RULE.nodes[i]! + RULE.nodes[j]!)) / 2 + s) * weight;
      a[i * n + j] = (i === j ? 1 : 0) - k;
      a[j * n + i] = a[i * n + j]!;
    }
  }
  return Math.min(1, Math.max(0, determinant(a, n)));
}

const RULE = gaussLegendre(48, 0, 1);
const quantiles = new Map<number, number>();

/** F₁⁻¹(p) for 1e-6 ≤ p ≤ 1 − 1e-6, by bisection: error below 1e-9. */
export function tracyWidomQuantile(p: number): number {
  const known = quantiles.get(p);
  if (known !== undefined) return known;
  let low = -9;
  let high = 13;
  for (let step = 0; step < 44; step++) {
    const middle = (low + high) / 2;
    if (tracyWidomCdf(middle) < p) low = middle;
    else high = middle;
  }
  const value = (low + high) / 2;
  quantiles.set(p, value);
  return value;
}

/** Mean and standard deviation of the law (Bornemann 2010, table 6). */
export const TRACY_WIDOM_MEAN = -1.206533574582;
export const TRACY_WIDOM_STD = Math.sqrt(1.607781034581);

/**
 * Centring and scaling of s²_max/Var(W) of an n × m matrix (Johnstone 2001, theorem 1.1): s²_max ≈ Var(W)·(centre + scale·TW₁).
 * The form is symmetric to leading order only: the larger dimension carries the −1.
 */
export function johnstone(rows: number, columns: number): { readonly centre: number; readonly scale: number } {
  const long = Math.sqrt(Math.max(rows, columns) - 1);
  const short = Math.sqrt(Math.min(rows, columns));
  const sum = long + short;
  return { centre: sum ** 2, scale: long === 0 ? sum : sum * (1 / long + 1 / short) ** (1 / 3) };
}

/** The value that the largest singular value of pure noise stays under with probability p. */
export function noiseEdge(rows: number, columns: number, entryStd: number, p: number): number {
  const { centre, scale } = johnstone(rows, columns);
  return entryStd * Math.sqrt(Math.max(0, centre + scale * tracyWidomQuantile(p)));
}

/** Gaussian elimination with partial pivoting; the matrix is overwritten. */
function determinant(a: Float64Array, n: number): number {
  let product = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    const head = a[pivot * n + k]!;
    if (head === 0) return 0;
    if (pivot !== k) {
      product = -product;
      for (let j = k; j < n; j++) {
        const kept = a[k * n + j]!;
        a[k * n + j] = a[pivot * n + j]!;
        a[pivot * n + j] = kept;
      }
    }
    product *= head;
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / head;
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) a[i * n + j] = a[i * n + j]! - factor * a[k * n + j]!;
    }
  }
  return product;
}
