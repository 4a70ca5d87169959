import type { RealArray } from "../../base/dtype.ts";

const SAMPLE = 1 << 16;

/**
 * Quartiles of a stream from at most 65,536 of its values: all of them if they fit, else one from each of as many equal stretches, at a
 * place drawn by a fixed generator (a regular stride would beat with the rows). Only the bin width hangs on it; error of the
 * interquartile range about 1 %.
 */
export class QuartileSample {
  readonly #values: number[] = [];
  readonly #stretch: number;
  #state = 0x9e3779b9;
  #next: number;
  #stretchStart = 0;

  constructor(elements: number) {
    this.#stretch = Math.max(1, elements / SAMPLE);
    this.#next = this.#draw();
  }

  add(values: RealArray, start: number): void {
    while (this.#next < start + values.length) {
      const x = values[this.#next - start]!;
      if (Number.isFinite(x)) this.#values.push(x);
      this.#stretchStart += this.#stretch;
      this.#next = Math.max(this.#next + 1, this.#draw());
    }
  }

  interquartileRange(): number {
    if (this.#values.length === 0) return 0;
    const sorted = Float64Array.from(this.#values).sort();
    return quantile(sorted, 0.75) - quantile(sorted, 0.25);
  }

  /** Marsaglia's xorshift32. */
  #draw(): number {
    if (this.#stretch === 1) return Math.floor(this.#stretchStart);
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return Math.floor(this.#stretchStart + ((x >>> 0) / 2 ** 32) * this.#stretch);
  }
}

/** Linear interpolation between order statistics (Hyndman & Fan 1996, type 7). */
function quantile(sorted: Float64Array, fraction: number): number {
  const place = (sorted.length - 1) * fraction;
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
