/** Length and turning of a polyline whose points come one after the other, of any width; only the last few are kept. */
export interface PolylineShape {
  /** Through all points, and through every second one: their ratio tends to 1 where the points resolve the curve. */
  readonly polyline: number;
  readonly coarse: number;
  /** Sum of the angles between neighbouring segments of the polyline. */
  readonly turning: number;
}

export class PolylineMeter {
  readonly #fine = new Walk();
  readonly #coarse = new Walk();
  /** Where a closed curve returns to: for its last segments, and the angle at its beginning. */
  readonly #begin: Float64Array[] = [];
  #seen = 0;

  constructor(
    private readonly count: number,
    private readonly closed: boolean,
  ) {}

  add(point: ArrayLike<number>): void {
    const copy = Float64Array.from(point);
    const k = this.#seen++;
    if (this.closed && k < 2) this.#begin.push(copy);
    this.#fine.to(copy);
    // The end of an open curve is a corner of the coarse walk too.
    if (k % 2 === 0 || (!this.closed && k === this.count - 1)) this.#coarse.to(copy);
  }

  result(): PolylineShape {
    const [first, second] = this.#begin;
    if (first !== undefined) {
      this.#fine.to(first);
      this.#coarse.to(first);
      // The last corner of a closed curve is there for its angle alone.
      if (second !== undefined) this.#fine.turnTo(second);
    }
    return { polyline: this.#fine.length, coarse: this.#coarse.length, turning: this.#fine.turning };
  }
}

class Walk {
  length = 0;
  turning = 0;
  #at: Float64Array | null = null;
  #way: Float64Array | null = null;
  #norm = 0;

  to(point: Float64Array): void {
    const step = this.turnTo(point);
    this.#at = point;
    if (step === null) return;
    this.length += step.norm;
    this.#way = step.way;
    this.#norm = step.norm;
  }

  /** Adds the angle of a step to there, without taking it. */
  turnTo(point: Float64Array) {
    if (this.#at === null) return null;
    const way = new Float64Array(point.length);
    let [square, inner] = [0, 0];
    for (let i = 0; i < way.length; i++) {
      const d = point[i]! - this.#at[i]!;
      way[i] = d;
      square += d * d;
      if (this.#way !== null) inner += d * this.#way[i]!;
    }
    const norm = Math.sqrt(square);
    if (this.#way !== null && norm > 0 && this.#norm > 0)
      this.turning += Math.acos(Math.min(1, Math.max(-1, inner / (norm * this.#norm))));
    return { way, norm };
  }
}
