/**
 * Axes: a value to a pixel and back, and where ticks belong.
 * Linear ticks are 1, 2 or 5 times a power of ten; logarithmic ones are powers of ten, with 2 and 5 between where few decades show.
 */
export interface Scale {
  readonly kind: "linear" | "log";
  readonly low: number;
  readonly high: number;
  toPixel(value: number): number;
  toValue(pixel: number): number;
  ticks(count: number): readonly number[];
}

export function linearScale(low: number, high: number, from: number, to: number): Scale {
  const [a, b] = spread(low, high);
  const slope = (to - from) / (b - a);
  return {
    kind: "linear",
    low: a,
    high: b,
    toPixel: (value) => from + (value - a) * slope,
    toValue: (pixel) => a + (pixel - from) / slope,
    ticks: (count) => linearTicks(a, b, count),
  };
}

/** Both ends must be positive; what is not is drawn nowhere (toPixel gives NaN). */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const a = low > 0 ? low : Number.MIN_VALUE;
  const b = high > a ? high : a * 10;
  const start = Math.log10(a);
  const slope = (to - from) / (Math.log10(b) - start);
  return {
    kind: "log",
    low: a,
    high: b,
    toPixel: (value) => (value > 0 ? from + (Math.log10(value) - start) * slope : Number.NaN),
    toValue: (pixel) => 10 ** (start + (pixel - from) / slope),
    ticks: (count) => logTicks(a, b, count),
  };
}

/** A domain of one point is widened, so that its point has a place. */
function spread(low: number, high: number): readonly [number, number] {
  if (high > low) return [low, high];
  const half = low === 0 ? 1 : Math.abs(low) / 2;
  return [low - half, low + half];
}

export function linearTicks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low) || count < 1) return [];
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const ratio = raw / power;
  const step = power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
  const ticks: number[] = [];
  const last = Math.floor(high / step + 1e-9);
  // Multiples of the step, not sums: sums would drift off the round numbers.
  for (let i = Math.ceil(low / step - 1e-9); i <= last; i++) ticks.push(Number((i * step).toPrecision(12)) + 0);
  return ticks;
}

export function logTicks(low: number, high: number, count: number): readonly number[] {
  if (!(low > 0) || !(high > low)) return [];
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const decades = last - first + 1;
  if (decades >= 3) {
    const stride = Math.max(1, Math.ceil(decades / Math.max(1, count)));
    const ticks: number[] = [];
    for (let exponent = first; exponent <= last; exponent += stride) ticks.push(power(exponent));
    return ticks;
  }
  const ticks: number[] = [];
  for (let exponent = first - 1; exponent <= last; exponent++) {
    for (const factor of [1, 2, 5]) {
      const value = Number((factor * power(exponent)).toPrecision(12));
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.push(value);
    }
  }
  // Below a factor of two there may be no such number: then even steps serve.
  return ticks.length >= 2 ? ticks : linearTicks(low, high, count);
}

function power(exponent: number): number {
  return Number(`1e${exponent}`);
}

const MINUS = "\u2212";

/** Short text of a tick: at most four significant digits, scientific outside 1e-3 … 1e5. */
export function tickLabel(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (magnitude >= 1e-3 && magnitude < 1e5) return sign + String(Number(magnitude.toPrecision(4)));
  const [mantissa = "", exponent = ""] = magnitude.toExponential(3).split("e");
  return `${sign}${Number(mantissa)}e${exponent.replace("+", "").replace("-", MINUS)}`;
}
