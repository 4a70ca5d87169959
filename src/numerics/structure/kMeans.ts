import type { CancelToken } from "../../base/cancel.ts";
import type { Random } from "../random.ts";

/**
 * Many points as few groups of close ones: k-means++ seeds and Lloyd's steps on a sample, then one pass over all points (Arthur & Vassilvitskii 2007;
 * Lloyd 1982). Minimizes the squared distance to the groups' centres, locally; deterministic by seed.
 * Shapes: `points` n × d row-major. Groups that end empty are dropped, so that there may be fewer than `k`; equal points give as many groups as there are
 * different ones at most. `withinShare` is exact for the groups returned: Σ‖x − centre‖² over Σ‖x − mean‖² of all points (0 where all are equal).
 * Cost: n·k·d once, sample·k·d for each of at most STEPS steps.
 */
export interface Groups {
  readonly count: number;
  /** Group of each point. */
  readonly of: Int32Array<ArrayBuffer>;
  readonly sizes: Int32Array<ArrayBuffer>;
  /** count × d. */
  readonly centres: Float64Array<ArrayBuffer>;
  /** The point nearest to each centre. */
  readonly central: Int32Array<ArrayBuffer>;
  readonly withinShare: number;
}

const SAMPLE = 8192;
const STEPS = 12;
/** Points between two looks at the cancel token. */
const STRIDE = 2048;

export function groupsOf(
  points: Float64Array,
  n: number,
  d: number,
  k: number,
  options: { readonly random: Random; readonly cancel: CancelToken; progress(fraction: number): void },
): Groups {
  const { random, cancel, progress } = options;
  const sample = sampleOf(n, SAMPLE, random);
  let centres = seeds(points, sample, d, Math.min(k, sample.length), random, cancel);
  for (let step = 0; step < STEPS; step++) {
    const { centres: moved, changed } = lloyd(points, sample, d, centres, cancel);
    centres = moved;
    progress((0.6 * (step + 1)) / STEPS);
    if (!changed) break;
  }
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const { of, counts } = assign(points, all, d, centres, cancel, (part) => progress(0.6 + 0.3 * part));
  return finished(points, n, d, of, counts);
}

/** Different indices below n in ascending order, all of them where they are no more than `most`. */
export function sampleOf(n: number, most: number, random: Random): Int32Array<ArrayBuffer> {
  if (n <= most) return Int32Array.from({ length: n }, (_, i) => i);
  // Floyd's: each set of `most` is as likely.
  const taken = new Set<number>();
  for (let i = n - most; i < n; i++) {
    const pick = Math.floor(random.uniform() * (i + 1));
    taken.add(taken.has(pick) ? i : pick);
  }
  return Int32Array.from(taken).sort();
}

function squaredDistance(points: Float64Array, i: number, centres: Float64Array, c: number, d: number): number {
  let sum = 0;
  for (let a = i * d, b = c * d, end = a + d; a < end; a++, b++) {
    const x = points[a]! - centres[b]!;
    sum += x * x;
  }
  return sum;
}

function seeds(
  points: Float64Array,
  sample: Int32Array,
  d: number,
  k: number,
  random: Random,
  cancel: CancelToken,
): Float64Array<ArrayBuffer> {
  const centres = new Float64Array(k * d);
  const nearest = new Float64Array(sample.length).fill(Number.POSITIVE_INFINITY);
  let next = sample[Math.floor(random.uniform() * sample.length)] ?? 0;
  for (let c = 0; c < k; c++) {
    cancel.throwIfCancelled();
    centres.set(points.subarray(next * d, (next + 1) * d), c * d);
    let total = 0;
    for (let s = 0; s < sample.length; s++) {
      nearest[s] = Math.min(nearest[s]!, squaredDistance(points, sample[s]!, centres, c, d));
      total += nearest[s]!;
    }
    // All points are centres already: what is left would be copies.
    if (total === 0) return centres.slice(0, (c + 1) * d);
    let left = random.uniform() * total - nearest[0]!;
    let at = 0;
    while (at < sample.length - 1 && left > 0) {
      at++;
      left -= nearest[at]!;
    }
    next = sample[at]!;
  }
  return centres;
}

function assign(
  points: Float64Array,
  which: Int32Array,
  d: number,
  centres: Float64Array,
  cancel: CancelToken,
  progress: (fraction: number) => void = () => {},
) {
  const k = centres.length / d;
  const of = new Int32Array(which.length);
  const counts = new Int32Array(k);
  for (let s = 0; s < which.length; s++) {
    if (s % STRIDE === 0) {
      cancel.throwIfCancelled();
      progress(s / which.length);
    }
    const start = which[s]! * d;
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let c = 0; c < k; c++) {
      let sum = 0;
      // Most centres are told to be too far by their first coordinates, which are those of the strongest modes.
      for (let a = start, b = c * d, end = a + d; a < end && sum < least; a++, b++) {
        const x = points[a]! - centres[b]!;
        sum += x * x;
      }
      if (sum < least) {
        least = sum;
        best = c;
      }
    }
    of[s] = best;
    counts[best] = counts[best]! + 1;
  }
  return { of, counts };
}

function lloyd(points: Float64Array, sample: Int32Array, d: number, centres: Float64Array, cancel: CancelToken) {
  const { of, counts } = assign(points, sample, d, centres, cancel);
  const moved = new Float64Array(centres.length);
  for (let s = 0; s < sample.length; s++)
    for (let a = sample[s]! * d, b = of[s]! * d, end = b + d; b < end; a++, b++) moved[b] = moved[b]! + points[a]!;
  let changed = false;
  for (let c = 0; c < counts.length; c++)
    for (let b = c * d; b < (c + 1) * d; b++) {
      moved[b] = counts[c] === 0 ? centres[b]! : moved[b]! / counts[c]!;
      if (moved[b] !== centres[b]) changed = true;
    }
  return { centres: moved, changed };
}

function finished(points: Float64Array, n: number, d: number, of: Int32Array, counts: Int32Array): Groups {
  const names = Int32Array.from(counts, () => -1);
  let count = 0;
  for (let c = 0; c < counts.length; c++) if (counts[c]! > 0) names[c] = count++;
  const centres = new Float64Array(count * d);
  const sizes = new Int32Array(count);
  const mean = new Float64Array(d);
  const renamed = Int32Array.from(of, (c) => names[c]!);
  for (let i = 0; i < n; i++) {
    const c = renamed[i]!;
    sizes[c] = sizes[c]! + 1;
    for (let j = 0; j < d; j++) {
      centres[c * d + j] = centres[c * d + j]! + points[i * d + j]!;
      mean[j] = mean[j]! + points[i * d + j]! / n;
    }
  }
  for (let c = 0; c < count; c++) for (let j = 0; j < d; j++) centres[c * d + j] = centres[c * d + j]! / sizes[c]!;
  const central = new Int32Array(count).fill(-1);
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let [within, total] = [0, 0];
  for (let i = 0; i < n; i++) {
    const c = renamed[i]!;
    const distance = squaredDistance(points, i, centres, c, d);
    within += distance;
    total += squaredDistance(points, i, mean, 0, d);
    if (distance < least[c]!) {
      least[c] = distance;
      central[c] = i;
    }
  }
  return { count, of: renamed, sizes, centres, central, withinShare: total === 0 ? 0 : within / total };
}
