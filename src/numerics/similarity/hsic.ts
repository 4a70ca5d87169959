/**
 * The Hilbert–Schmidt independence criterion and centred kernel alignment (CKA), from a few sums over items.
 * For Gram matrices K, L of n items: biased HSIC = tr(HKHL)/(n − 1)²; unbiased HSIC₁ = [tr K̃L̃ + 1ᵀK̃1·1ᵀL̃1/((n − 1)(n − 2)) − 2·1ᵀK̃L̃1/(n − 2)]/(n(n − 3)),
 * K̃ = K without its diagonal; CKA(K, L) = HSIC(K, L)/√(HSIC(K, K)·HSIC(L, L)).
 * Sources: Kornblith et al. 2019 (CKA); Song et al. 2012, JMLR 13, 1393 (HSIC₁); Nguyen, Raghu & Kornblith 2021 (debiased and minibatch CKA).
 * The sums are those of centred representations, K = XXᵀ with X centred: rows of K then add up to 0, and HSIC₁ does not mind (it is blind to centring).
 * Special cases: HSIC₁ is not defined for n < 4, and CKA not where a denominator is not above 0: NaN, never a clipped number.
 */

/** Sums over a pair of centred representations with Gram matrices K and L. */
export interface PairSums {
  readonly items: number;
  /** Σ_ij K_ij·L_ij, the diagonal included: ‖XᵀY‖_F². */
  readonly total: number;
  /** Items that `byItem` tells of; null: all. */
  readonly told: Int32Array<ArrayBuffer> | null;
  /** Σ_j K_ij·L_ij for every i of `told`. */
  readonly byItem: Float64Array<ArrayBuffer>;
  /** Σ_j K_ij·L_jj for every i. */
  readonly firstBySecond: Float64Array<ArrayBuffer>;
  /** Σ_j L_ij·K_jj for every i. */
  readonly secondByFirst: Float64Array<ArrayBuffer>;
  /** K_ii and L_ii. */
  readonly first: Float64Array<ArrayBuffer>;
  readonly second: Float64Array<ArrayBuffer>;
}

/** HSIC₁ without its factor 1/(n(n − 3)), from the sums over the matrices without their diagonals. */
function unbiased(n: number, trace: number, sumK: number, sumL: number, cross: number): number {
  return n < 4 ? Number.NaN : trace + (sumK * sumL) / ((n - 1) * (n - 2)) - (2 * cross) / (n - 2);
}

export function hsic1({ items: n, total, first, second }: PairSums): number {
  const [cross, sumK, sumL] = [dot(first, second), sum(first), sum(second)];
  // Rows of K̃ add up to −K_ii.
  return unbiased(n, total - cross, -sumK, -sumL, cross) / (n * (n - 3));
}

/** HSIC₁ of all items but one, for every one that is told of, in O(n). */
function hsic1Without(sums: PairSums): Float64Array<ArrayBuffer> {
  const { items: n, told, total, byItem, first, second, firstBySecond, secondByFirst } = sums;
  const [cross, sumK, sumL] = [dot(first, second), sum(first), sum(second)];
  const out = new Float64Array(byItem.length);
  for (let at = 0; at < out.length; at++) {
    const j = told === null ? at : told[at]!;
    const [k, l] = [first[j]!, second[j]!];
    const own = byItem[at]! - k * l;
    // What item j gave to the sums of the other rows goes with it; those sums are −K_ii and −L_ii.
    const rest = cross - k * l + (secondByFirst[j]! - k * l) + (firstBySecond[j]! - k * l) + own;
    const value = unbiased(n - 1, total - cross - 2 * own, -sumK + 2 * k, -sumL + 2 * l, rest);
    out[at] = value / ((n - 1) * (n - 4));
  }
  return out;
}

/** tr(HKHL) of all items but one, centred anew, for every one that is told of. */
function biasedWithout({ items: n, told, total, byItem, first, second }: PairSums): Float64Array<ArrayBuffer> {
  const c = n / (n - 1);
  return byItem.map((own, at) => {
    const j = told === null ? at : told[at]!;
    return total - 2 * c * own + c * c * first[j]! * second[j]!;
  });
}

export type CkaKind = "biased" | "debiased";

export function ckaOf(kind: CkaKind, xy: PairSums, xx: PairSums, yy: PairSums): number {
  return kind === "biased" ? ratio(xy.total, xx.total, yy.total) : ratio(hsic1(xy), hsic1(xx), hsic1(yy));
}

/** Sums over m of the items that two representations were centred over: their rows need not add up to 0. */
export interface SomeSums {
  readonly items: number;
  /** Σ_ij K_ij·L_ij over these items, the diagonal included. */
  readonly total: number;
  /** Of every one of them: Σ_j K_ij, Σ_j L_ij, K_ii and L_ii. */
  readonly rowsFirst: Float64Array<ArrayBuffer>;
  readonly rowsSecond: Float64Array<ArrayBuffer>;
  readonly first: Float64Array<ArrayBuffer>;
  readonly second: Float64Array<ArrayBuffer>;
}

/** CKA of these items alone, exact: what it would be if there were no others. */
export function ckaOfSome(kind: CkaKind, xy: SomeSums, xx: SomeSums, yy: SomeSums): number {
  const own = kind === "biased" ? biasedOfSome : hsic1OfSome;
  return ratio(own(xy), own(xx), own(yy));
}

/** tr(HKHL). */
function biasedOfSome({ items: m, total, rowsFirst, rowsSecond }: SomeSums): number {
  return total - (2 * dot(rowsFirst, rowsSecond)) / m + (sum(rowsFirst) * sum(rowsSecond)) / (m * m);
}

function hsic1OfSome({ items: m, total, rowsFirst, rowsSecond, first, second }: SomeSums): number {
  const [k, l] = [rowsFirst.map((row, i) => row - first[i]!), rowsSecond.map((row, i) => row - second[i]!)];
  return unbiased(m, total - dot(first, second), sum(k), sum(l), dot(k, l));
}

/** CKA of all items but one, for every one that all three tell of (the same ones). */
export function ckaWithoutEach(kind: CkaKind, xy: PairSums, xx: PairSums, yy: PairSums): Float64Array<ArrayBuffer> {
  const without = kind === "biased" ? biasedWithout : hsic1Without;
  const [a, b, c] = [without(xy), without(xx), without(yy)];
  return a.map((value, j) => ratio(value, b[j]!, c[j]!));
}

/** NaN where a denominator is not above 0. */
export function ratio(cross: number, first: number, second: number): number {
  return first > 0 && second > 0 ? cross / Math.sqrt(first * second) : Number.NaN;
}

/** What biased linear CKA of these two would be on average if the items of one were shuffled: tr K·tr L/((n − 1)‖K‖‖L‖), exact. */
export function shuffledBiasedCka(xy: PairSums, xx: PairSums, yy: PairSums): number {
  return ratio((sum(xy.first) * sum(xy.second)) / (xy.items - 1), xx.total, yy.total);
}

/** The same for two independent Gaussian representations of p₁ and p₂ equal dimensions: √(p₁p₂/((n + p₁)(n + p₂))). */
export function gaussianBiasedCka(n: number, p1: number, p2: number): number {
  return Math.sqrt((p1 * p2) / ((n + p1) * (n + p2)));
}

function sum(x: Float64Array<ArrayBuffer>): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]!;
  return total;
}

function dot(x: Float64Array<ArrayBuffer>, y: Float64Array<ArrayBuffer>): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!;
  return total;
}
