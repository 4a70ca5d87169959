/**
 * Measures of two representations by the singular values of Uᵀ_x·U_y, U the left singular vectors of the centred X = U·S·Vᵀ (items × dimensions).
 * CCA: the values ρ_k are the canonical correlations. SVCCA (Raghu et al. 2017): the same after keeping, of each side, the leading k directions that hold a
 * share of the variance; k depends on n and is returned. PWCCA (Morcos et al. 2018): mean of ρ_k weighted by Σ_j |⟨h_k, x_j⟩|, h_k the canonical directions in
 * X: not symmetric, and not determined where several ρ are equal (with p + q > n − 1 some are exactly 1: any turn among their directions is as right). Shape distances (Williams et al. 2021): with N = ‖S_x·Uᵀ_xU_y·S_y‖_* = ‖XᵀY‖_*, Procrustes √(‖X‖² + ‖Y‖² − 2N), angular
 * arccos(N/(‖X‖‖Y‖)); the partial-α family replaces S by αS + (1 − α)I on both sides: α = 1 forgives rotations, α = 0 every invertible linear map.
 * Special cases: CCA with as many dimensions as items less one gives 1 whatever the data, and is refused; directions below the rounding of a matrix are
 * not counted. Error: that of `leftFactors`, about 1e-12 relative, and 1e-10 of the largest ρ where they are more than 64. Cost: thin SVD of each, then n·r_x·r_y and r³ for a pair;
 * shapes with α = 1 and fewer dimensions than items need no SVD of either side: ‖XᵀY‖_* is that of a p × q matrix.
 */
import { type DenseMatrix, finiteMagnitude } from "../dense.ts";
import { exactSingularValues } from "../svd/singularValues.ts";
import { topTriplets } from "../svd/topTriplets.ts";
import {
  centred,
  frobenius,
  type LeftFactors,
  leftFactors,
  type Matrix64,
  product,
  rowsOf,
  type Watched,
} from "./matrix.ts";
import { RefusedError, requireItems } from "./refusal.ts";

/** Singular values are good to 1e-10 of the largest; from here on to rounding. */
const NEARLY_ALIKE = 1e-4;
/** Singular values by the Gram matrix are good to 1e-10 of the largest as long as none is a smaller part of it. */
const GRAM_SURE = 3e-6;

export interface Subspace extends LeftFactors {
  /** The centred representation itself. */
  readonly points: Matrix64;
  /** ‖X‖. */
  readonly norm: number;
}

export function subspaceOf(x: DenseMatrix, options: Watched & { readonly items?: Int32Array | null } = {}): Subspace {
  const points = centred(x, options.items ?? null);
  requireItems(points.rows, 3, "A comparison of representations");
  if (finiteMagnitude(points) === 0)
    throw new RefusedError(
      "degenerate",
      "The representation is the same for every item: nothing can be compared with it.",
    );
  let factors: LeftFactors | null = null;
  const found = () => {
    factors ??= leftFactors(points, options);
    return factors;
  };
  // Made when they are asked for: not every shape needs them.
  return {
    points,
    norm: frobenius(points),
    items: points.rows,
    get values() {
      return found().values;
    },
    get left() {
      return found().left;
    },
  };
}

/** The leading directions that together hold `share` of the variance. */
export function leadingDirections({ values }: LeftFactors, share: number): number {
  const all = values.reduce((total, value) => total + value * value, 0);
  let sum = 0;
  const at = values.findIndex((value) => {
    sum += value * value;
    return sum >= share * all;
  });
  return at < 0 ? values.length : at + 1;
}

/** Uᵀ_x·U_y of the leading `kx` and `ky` directions; `order` shuffles the items of y. */
function overlap(x: LeftFactors, y: LeftFactors, kx: number, ky: number, options: PairOptions): Matrix64 {
  const left = { rows: kx, columns: x.items, data: x.left.data.subarray(0, kx * x.items) };
  let right: Matrix64 = { rows: ky, columns: y.items, data: y.left.data.subarray(0, ky * y.items) };
  const { order } = options;
  if (order !== undefined) {
    const { rows, columns: n, data } = right;
    const moved = new Float64Array(data.length);
    for (let k = 0; k < rows; k++) for (let i = 0; i < n; i++) moved[k * n + i] = data[k * n + order[i]!]!;
    right = { rows, columns: n, data: moved };
  }
  return product(left, right, { ...options, transposeB: true });
}

export interface PairOptions extends Watched {
  readonly order?: Int32Array;
}

function requireRoom(x: LeftFactors, kx: number, ky: number): void {
  const most = Math.max(kx, ky);
  if (most >= x.items - 1)
    throw new RefusedError(
      "too-many-dimensions",
      `CCA of ${most} dimensions over ${x.items} items: with p ≥ n − 1 every canonical correlation is 1, whatever the data.`,
      "Take more items, SVCCA with fewer directions, or a measure that allows p ≥ n (CKA, shape distances).",
    );
}

/** Descending. Of p + q > n − 1 dimensions p + q − (n − 1) are 1 by counting alone. */
export function canonicalCorrelations(x: Subspace, y: Subspace, options: PairOptions = {}): Float64Array<ArrayBuffer> {
  requireRoom(x, x.values.length, y.values.length);
  return singular(overlap(x, y, x.values.length, y.values.length, options), options).map((rho) => Math.min(1, rho));
}

export interface Svcca {
  readonly mean: number;
  readonly kept: readonly [number, number];
}

export function svcca(x: Subspace, y: Subspace, share: number, options: PairOptions = {}): Svcca {
  const kept = [leadingDirections(x, share), leadingDirections(y, share)] as const;
  requireRoom(x, ...kept);
  return { mean: mean(singular(overlap(x, y, ...kept, options), options).map((rho) => Math.min(1, rho))), kept };
}

/** Weighted by how much of x each canonical direction takes; exchange x and y and it is another number. */
export function pwcca(x: Subspace, y: Subspace, options: PairOptions = {}): number {
  requireRoom(x, x.values.length, y.values.length);
  const m = overlap(x, y, x.values.length, y.values.length, options);
  const triplets = topTriplets(m, Math.min(m.rows, m.columns), { ...watched(options), route: "exact" });
  const rank = triplets.values.length;
  const turned = new Float64Array(rank * m.rows);
  for (const [k, u] of triplets.left.entries()) turned.set(u, k * m.rows);
  const directions = product({ rows: rank, columns: m.rows, data: turned }, x.left, options);
  const shares = product(directions, x.points, options);
  let [weights, total] = [0, 0];
  for (let k = 0; k < rank; k++) {
    let weight = 0;
    for (let j = 0; j < shares.columns; j++) weight += Math.abs(shares.data[k * shares.columns + j]!);
    weights += weight;
    total += weight * Math.min(1, triplets.values[k]!);
  }
  return total / weights;
}

export interface Shape {
  /** √(‖X‖² + ‖Y‖² − 2‖XᵀY‖_*): not blind to size. */
  readonly procrustes: number;
  /** arccos of the normalized nuclear norm, in radians, 0 … π/2. */
  readonly angle: number;
}

/** With `alpha` < 1 both sides are partially whitened first (then n > p + 1 is needed, as for CCA). */
export function shape(x: Subspace, y: Subspace, alpha = 1, options: PairOptions = {}): Shape {
  if (x === y && options.order === undefined && alpha > 0) return { procrustes: 0, angle: 0 };
  const direct = alpha === 1 ? nuclearOfProduct(x, y, options) : null;
  if (direct !== null) {
    if (1 - direct / (x.norm * y.norm) >= NEARLY_ALIKE) return shapeOf(direct, x.norm, y.norm);
  }
  const [kx, ky] = [x.values.length, y.values.length];
  if (alpha === 0) requireRoom(x, kx, ky);
  if (x === y && options.order === undefined) return { procrustes: 0, angle: 0 };
  const [a, b] = [x, y].map(({ values }) => values.map((value) => alpha * value + 1 - alpha)) as [
    Float64Array<ArrayBuffer>,
    Float64Array<ArrayBuffer>,
  ];
  const m = overlap(x, y, kx, ky, options);
  for (let i = 0, at = 0; i < kx; i++) for (let j = 0; j < ky; j++, at++) m.data[at]! *= a[i]! * b[j]!;
  const [nx, ny] = [norm(a), norm(b)];
  let nuclear = sum(singular(m, options));
  // Where the shapes all but agree, the distance is a root of what rounding leaves of a difference.
  if (1 - nuclear / (nx * ny) < NEARLY_ALIKE) nuclear = sum(singular(m, options, "floorless"));
  return shapeOf(nuclear, nx, ny);
}

function shapeOf(nuclear: number, nx: number, ny: number): Shape {
  return {
    procrustes: Math.sqrt(Math.max(0, nx * nx + ny * ny - 2 * nuclear)),
    angle: Math.acos(Math.min(1, nuclear / (nx * ny))),
  };
}

/**
 * ‖XᵀY‖_* from the product itself; null where there are as many dimensions as items, or a direction is missing on one side (a unit that is always off):
 * left factors without what is zero are surer there, and smaller.
 */
function nuclearOfProduct({ points: x }: Subspace, { points: y }: Subspace, options: PairOptions): number | null {
  if (Math.max(x.columns, y.columns) >= x.rows) return null;
  const { order } = options;
  const moved = order === undefined ? y : rowsOf(y, order);
  const m = product(x, moved, { ...watched(options), transposeA: true });
  const { values } = exactSingularValues(m, { ...watched(options), route: "gram" });
  return values[values.length - 1]! > GRAM_SURE * values[0]! ? sum(values) : null;
}

const norm = (x: Float64Array<ArrayBuffer>): number => frobenius({ rows: 1, columns: x.length, data: x });

function sum(x: Float64Array<ArrayBuffer>): number {
  return x.reduce((total, value) => total + value, 0);
}

function mean(x: Float64Array<ArrayBuffer>): number {
  return sum(x) / x.length;
}

export const meanCca = (x: Subspace, y: Subspace, options: PairOptions = {}): number =>
  mean(canonicalCorrelations(x, y, options));

function singular(m: Matrix64, options: Watched, route: "auto" | "floorless" = "auto"): Float64Array<ArrayBuffer> {
  return exactSingularValues(m, { ...watched(options), route }).values;
}

function watched({ cancel, kernels }: Watched): Watched {
  return { ...(cancel === undefined ? {} : { cancel }), ...(kernels === undefined ? {} : { kernels }) };
}
