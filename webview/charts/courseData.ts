/** One course over time (or depth, or any number): measured marks, a line, or both. */
export interface CourseLine {
  readonly label: string;
  /** Which of the palette's series; null: the muted colour of what is only compared with. */
  readonly series: number | null;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly form: "marks" | "line" | "dashed" | "dotted";
  /** Written at its end, where there is room. */
  readonly name?: string;
  /** Drawn stronger than the others. */
  readonly chosen?: boolean;
}

export interface CourseData {
  /** What the picture shows, above it; left out where a heading says so already. */
  readonly title?: string;
  readonly xTitle: string;
  /** Only whole numbers are places on the x axis, such as layers. */
  readonly xWhole?: boolean;
  readonly yTitle: string;
  readonly xLog?: boolean;
  readonly yLog?: boolean;
  readonly lines: readonly CourseLine[];
  /** Dotted lines across the picture, with a word at their top. */
  readonly verticals: readonly { readonly x: number; readonly label: string }[];
  /** Levels with a word at their right. */
  readonly levels: readonly { readonly y: number; readonly label: string }[];
  /** What the cursor stops at. */
  readonly stops: ArrayLike<number>;
  /** What is said at a stop. */
  read(stop: number): string;
  /** One sentence of what is seen. */
  readonly summary: string;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What an axis must hold. Logarithmic axes leave out what is not positive. Infinities and NaN have no place. */
export function rangeOf(values: Iterable<number>, log: boolean): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return log ? { low: 0.1, high: 1 } : { low: 0, high: 1 };
  return { low, high };
}

export function* numbersOf(data: CourseData, axis: "x" | "y"): Generator<number> {
  for (const line of data.lines) for (let k = 0; k < line[axis].length; k++) yield line[axis][k]!;
  if (axis === "y") for (const { y } of data.levels) yield y;
}

/** The stop nearest to a value. Null where there is none. */
export function nearestStop(stops: ArrayLike<number>, value: number): number | null {
  let best: number | null = null;
  for (let k = 0; k < stops.length; k++)
    if (best === null || Math.abs(stops[k]! - value) < Math.abs(stops[best]! - value)) best = k;
  return best;
}

/** y of a line at x, between its points by the straight line; NaN outside. */
export function valueAt({ x, y }: Pick<CourseLine, "x" | "y">, at: number): number {
  for (let k = 0; k < x.length; k++) {
    if (x[k] === at) return y[k]!;
    if (k > 0 && x[k - 1]! < at && at < x[k]!)
      return y[k - 1]! + ((y[k]! - y[k - 1]!) * (at - x[k - 1]!)) / (x[k]! - x[k - 1]!);
  }
  return Number.NaN;
}
