import type { RealArray } from "../../base/dtype.ts";

/**
 * Count, mean and centred sum of squares of the finite values of a stream, in float64, with minimum, maximum and a census of zeros and
 * non-finite values.
 *
 * Algorithm: per block of 4096 values two passes (sum, then squares about the block's mean with the correction Σ(x−m̄)² − (Σ(x−m̄))²/n),
 * blocks merged by the pairwise update of Chan, Golub & LeVeque (1979, "Updating formulae and a pairwise algorithm for computing sample
 * variances"). Special cases: no finite value gives NaN for mean and std, and min, max NaN; −0 counts as zero.
 * Error: against NumPy's float64 below 1e-9 relative for |mean|/std up to 1e6, and below 1e-12 where the exact answer is known (tests).
 * Sums of float64 values near 1e308 overflow to ±Infinity, as NumPy's do. Cost: two reads of each value, in cache.
 */
export class Moments {
  elements = 0;
  finite = 0;
  zeros = 0;
  nan = 0;
  infinite = 0;
  firstNonFinite: number | null = null;
  #mean = 0;
  #centredSquares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  get mean(): number {
    return this.finite === 0 ? Number.NaN : this.#mean;
  }

  /** Population variance (divide by n). */
  get variance(): number {
    return this.finite === 0 ? Number.NaN : Math.max(0, this.#centredSquares) / this.finite;
  }

  get std(): number {
    return Math.sqrt(this.variance);
  }

  get meanSquare(): number {
    return this.variance + this.mean * this.mean;
  }

  get min(): number {
    return this.finite === 0 ? Number.NaN : this.#min;
  }

  get max(): number {
    return this.finite === 0 ? Number.NaN : this.#max;
  }

  add(values: RealArray): void {
    for (let start = 0; start < values.length; start += BLOCK) {
      const end = Math.min(values.length, start + BLOCK);
      const sum = sumOf(values, start, end);
      if (Number.isFinite(sum)) {
        this.#addBlock(values, start, end, sum);
      } else {
        const kept = this.#census(values, start, end);
        this.#addBlock(finiteOnly, 0, kept, sumOf(finiteOnly, 0, kept));
      }
      this.elements += end - start;
    }
  }

  /** Counts NaN and infinities of a block that has some (or whose sum overflows) and copies its finite values aside. */
  #census(values: RealArray, start: number, end: number): number {
    let kept = 0;
    for (let index = start; index < end; index++) {
      const x = values[index]!;
      if (Number.isFinite(x)) {
        finiteOnly[kept++] = x;
        continue;
      }
      if (Number.isNaN(x)) this.nan++;
      else this.infinite++;
      this.firstNonFinite ??= this.elements + index - start;
    }
    return kept;
  }

  #addBlock(values: RealArray, start: number, end: number, sum: number): void {
    const count = end - start;
    if (count === 0) return;
    const mean = sum / count;
    let squares = 0;
    let rest = 0;
    let zeros = 0;
    let min = this.#min;
    let max = this.#max;
    for (let index = start; index < end; index++) {
      const x = values[index]!;
      const d = x - mean;
      squares += d * d;
      rest += d;
      if (x === 0) zeros++;
      if (x < min) min = x;
      if (x > max) max = x;
    }
    const blockMean = mean + rest / count;
    const total = this.finite + count;
    const delta = blockMean - this.#mean;
    this.#centredSquares += squares - (rest * rest) / count + delta * delta * ((this.finite / total) * count);
    this.#mean += delta * (count / total);
    this.finite = total;
    this.zeros += zeros;
    this.#min = min;
    this.#max = max;
  }
}

const BLOCK = 4096;
const finiteOnly = new Float64Array(BLOCK);

/** Four sums side by side: shorter dependency chains and a smaller rounding error than one. */
function sumOf(values: RealArray, start: number, end: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let index = start;
  for (; index + 3 < end; index += 4) {
    a += values[index]!;
    b += values[index + 1]!;
    c += values[index + 2]!;
    d += values[index + 3]!;
  }
  for (; index < end; index++) a += values[index]!;
  return a + b + (c + d);
}
