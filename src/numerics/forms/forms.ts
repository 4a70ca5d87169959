/**
 * Structures other than a tree that distances between n items may have: a ring, a line, a grid, flat clusters.
 * Each is an order of the items and a rule that all pairs of one lag are equally far:
 *   ring     lag min(|i−j|, n−|i−j|): a circulant matrix, whose modes are Fourier modes
 *   line     lag |i−j|: a Toeplitz matrix
 *   grid     lags (|Δrow|, |Δcolumn|) of a rows × columns arrangement, all factorizations of n
 *   clusters "same or not" for a cut of the average-linkage tree at k clusters
 * fit: R² = 1 − Σ(d − mean of the lag)²/Σ(d − mean)² over all pairs, adjusted for the p lags: 1 − (1 − R²)(M − 1)/(M − p − 1), M = n(n−1)/2 pairs.
 * The order is found from the first coordinates of classical scaling (ring: by angle, then 2-opt on neighbours; grid: by cutting rotated coordinates into
 * columns). That is a search, so R² is too large for any points: read it beside its permutation null only. Structures by their modes: Saxe, McClelland &
 * Ganguli 2019 (SI), forms: Kemp & Tenenbaum 2008. Pairs are not independent: the adjustment is a rule of thumb.
 * Special cases: n < 5, or equal distances everywhere: NaN. Cost: n² for each candidate order, n³ once.
 */
export type FormKind = "ring" | "line" | "grid" | "clusters";

export interface FormFit {
  readonly kind: FormKind;
  /** Adjusted; NaN where it is not defined (a prime number of items has no grid). */
  readonly fit: number;
  /** Items in the form's order; a grid's row by row; clusters one after another. */
  readonly order: readonly number[];
  /** Columns of a grid, number of clusters; 0 else. */
  readonly parts: number;
}

const LEAST_ITEMS = 5;
const TURNS = 36;
const MOST_CLUSTERS = 12;

export interface FormInput {
  /** n × n, symmetric. */
  readonly distances: Float64Array;
  readonly n: number;
  /** Classical scaling, strongest first; at least three where there are so many. Each of length n, scaled by the root of its eigenvalue. */
  readonly coordinates: readonly Float64Array[];
  /** Cluster of each item for a cut of the tree at k = 2, 3, … */
  readonly cuts: readonly Int32Array[];
}

export function fitForms(input: FormInput): readonly FormFit[] {
  const { n, coordinates } = input;
  const nothing = (kind: FormKind): FormFit => ({ kind, fit: Number.NaN, order: [], parts: 0 });
  if (n < LEAST_ITEMS || coordinates.length < 2) return (["ring", "line", "grid", "clusters"] as const).map(nothing);
  return [ringFit(input), lineFit(input), gridFit(input) ?? nothing("grid"), clusterFit(input) ?? nothing("clusters")];
}

/** Adjusted R² of "distance depends on the class alone". `classOf(i, j)` below `classes`. */
function explained({ distances, n }: FormInput, classes: number, classOf: (i: number, j: number) => number): number {
  const [sum, square, count] = [new Float64Array(classes), new Float64Array(classes), new Float64Array(classes)];
  for (let i = 1; i < n; i++)
    for (let j = 0; j < i; j++) {
      const at = classOf(i, j);
      const d = distances[i * n + j]!;
      sum[at] = sum[at]! + d;
      square[at] = square[at]! + d * d;
      count[at] = count[at]! + 1;
    }
  const pairs = (n * (n - 1)) / 2;
  let [all, squares, within, used] = [0, 0, 0, 0];
  for (let at = 0; at < classes; at++) {
    if (count[at] === 0) continue;
    used++;
    all += sum[at]!;
    squares += square[at]!;
    within += Math.max(0, square[at]! - sum[at]! ** 2 / count[at]!);
  }
  const total = squares - all ** 2 / pairs;
  const freedom = pairs - used;
  if (total <= 1e-12 * squares || freedom < 1) return Number.NaN;
  return 1 - ((within / total) * (pairs - 1)) / freedom;
}

function placesOf(order: readonly number[]): Int32Array {
  const place = new Int32Array(order.length);
  for (const [at, item] of order.entries()) place[item] = at;
  return place;
}

function ringFit(input: FormInput): FormFit {
  const { n, coordinates } = input;
  const best = pairsOf(coordinates).map(([x, y]) => {
    const angle = Float64Array.from({ length: n }, (_, i) => Math.atan2(y[i]!, x[i]!));
    const order = shortened(sortedBy(angle), input);
    const place = placesOf(order);
    const fit = explained(input, Math.floor(n / 2) + 1, (i, j) => {
      const lag = Math.abs(place[i]! - place[j]!);
      return Math.min(lag, n - lag);
    });
    return { kind: "ring" as const, fit, order, parts: 0 };
  });
  return strongest(best)!;
}

/** 2-opt: turns stretches of the tour round while that makes the tour shorter; few passes. */
function shortened(order: number[], { distances, n }: FormInput): number[] {
  const d = (a: number, b: number) => distances[order[a % n]! * n + order[b % n]!]!;
  for (let pass = 0; pass < 8; pass++) {
    let changed = false;
    for (let i = 0; i < n - 1; i++)
      for (let j = i + 2; j < n; j++) {
        if (i === 0 && j === n - 1) continue;
        const gain = d(i, i + 1) + d(j, j + 1) - d(i, j) - d(i + 1, j + 1);
        if (gain <= 1e-12 * (d(i, i + 1) + d(j, j + 1))) continue;
        for (let a = i + 1, b = j; a < b; a++, b--) [order[a], order[b]] = [order[b]!, order[a]!];
        changed = true;
      }
    if (!changed) break;
  }
  return order;
}

function lineFit(input: FormInput): FormFit {
  const order = sortedBy(input.coordinates[0]!);
  const place = placesOf(order);
  const fit = explained(input, input.n, (i, j) => Math.abs(place[i]! - place[j]!));
  return { kind: "line", fit, order, parts: 0 };
}

function gridFit(input: FormInput): FormFit | null {
  const { n } = input;
  const found: FormFit[] = [];
  for (let columns = 2; columns <= n / 2; columns++) {
    if (n % columns !== 0) continue;
    const rows = n / columns;
    for (const [x, y] of pairsOf(input.coordinates))
      for (let turn = 0; turn < TURNS; turn++) {
        const angle = (Math.PI * turn) / TURNS;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        const along = x.map((value, i) => c * value + s * y[i]!);
        const across = x.map((value, i) => c * y[i]! - s * value);
        const order = gridOrder(along, across, rows, columns);
        const place = placesOf(order);
        const fit = explained(input, rows * columns, (i, j) => {
          const [a, b] = [place[i]!, place[j]!];
          const [dr, dc] = [Math.floor(a / columns) - Math.floor(b / columns), (a % columns) - (b % columns)];
          return Math.abs(dr) * columns + Math.abs(dc);
        });
        found.push({ kind: "grid", fit, order, parts: columns });
      }
  }
  return strongest(found);
}

/** Columns of `rows` items each by the first coordinate, in each the rows by the second; row by row. */
function gridOrder(along: Float64Array, across: Float64Array, rows: number, columns: number): number[] {
  const byColumn = sortedBy(along);
  const order = new Array<number>(rows * columns);
  for (let column = 0; column < columns; column++) {
    const members = byColumn.slice(column * rows, (column + 1) * rows).sort((a, b) => across[a]! - across[b]!);
    for (const [row, item] of members.entries()) order[row * columns + column] = item;
  }
  return order;
}

function clusterFit(input: FormInput): FormFit | null {
  const found = input.cuts.slice(0, MOST_CLUSTERS).map((cluster): FormFit => {
    const fit = explained(input, 2, (i, j) => (cluster[i] === cluster[j] ? 0 : 1));
    const order = Array.from(cluster.keys()).sort((a, b) => cluster[a]! - cluster[b]! || a - b);
    return { kind: "clusters", fit, order, parts: new Set(cluster).size };
  });
  return strongest(found);
}

function strongest(fits: readonly FormFit[]): FormFit | null {
  return fits.reduce<FormFit | null>(
    (best, one) => (best === null || Number.isNaN(best.fit) || one.fit > best.fit + 1e-12 ? one : best),
    null,
  );
}

/** A short side's own direction may be weaker than the second harmonic of a long one: three coordinates are tried in pairs. */
function pairsOf(coordinates: readonly Float64Array[]): readonly (readonly [Float64Array, Float64Array])[] {
  const first = coordinates.slice(0, 3);
  return first.flatMap((x, a) => first.slice(a + 1).map((y) => [x, y] as const));
}

function sortedBy(values: Float64Array): number[] {
  return Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
}
