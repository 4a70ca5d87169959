export type SpectrumScale = "linear" | "log" | "log-log" | "density";

/** The fitted bulk: density of the singular values and the share of them below, at rising σ. */
export interface BulkCurve {
  readonly sigma: ArrayLike<number>;
  readonly density: ArrayLike<number>;
  readonly below: ArrayLike<number>;
}

export interface MarkedLine {
  readonly id: "bulk-edge" | "noise-edge" | "threshold" | "gain";
  readonly label: string;
  readonly value: number;
}

/** What the values are compared with; or, in its place, why no such thing may be drawn. */
export interface SpectrumNull {
  readonly bulk: BulkCurve | null;
  readonly lines: readonly MarkedLine[];
  /** How many leading values stand out. */
  readonly signal: number;
  /** One sentence for the caption. */
  readonly sentence: string;
}

export interface SpectrumData {
  /** Descending. */
  readonly singularValues: ArrayLike<number>;
  /** How many there are in all: more than are drawn where only the leading ones are known. */
  readonly total: number;
  readonly exact: boolean;
  readonly residuals: ArrayLike<number> | null;
  /** How the values were got and what they are worth. */
  readonly promise: string;
  readonly null: SpectrumNull | null;
  /** The density of all values, estimated, where they are not all known. */
  readonly density: {
    readonly sigma: ArrayLike<number>;
    readonly density: ArrayLike<number>;
    readonly densityError: ArrayLike<number>;
    readonly method: string;
  } | null;
}

export const SCALES = [
  { id: "linear", label: "Linear" },
  { id: "log", label: "Log" },
  { id: "log-log", label: "Log–log" },
  { id: "density", label: "Density" },
] as const;

export function isSpectrumScale(value: unknown): value is SpectrumScale {
  return SCALES.some((choice) => choice.id === value);
}

/** What the picture shows, and what a logarithmic axis has to leave out. */
export function spectrumCaption(data: SpectrumData, scale: SpectrumScale): string {
  const parts = [data.promise];
  const zeros = Array.from(data.singularValues).filter((value) => !(value > 0)).length;
  if ((scale === "log" || scale === "log-log") && zeros > 0)
    parts.push(`${zeros} of them ${zeros === 1 ? "is" : "are"} zero and have no place on a logarithmic axis.`);
  if (scale === "density") {
    const beyond = beyondAxis(data);
    if (!data.exact)
      parts.push(
        data.density === null
          ? "A density needs all values: compute them exactly."
          : `The curve is the density of all values with its 95 % band: ${data.density.method}.`,
      );
    if (beyond > 0)
      parts.push(
        `${beyond === 1 ? "One value lies" : `${beyond} values lie`} beyond the axis, up to ${(data.singularValues[0] ?? 0).toPrecision(4)}.`,
      );
  }
  return parts.join(" ");
}

export function readSpectrum(data: SpectrumData, index: number): string {
  const first = data.singularValues[0] ?? Number.NaN;
  const value = data.singularValues[index] ?? Number.NaN;
  const relative = first > 0 ? `, ${((100 * value) / first).toPrecision(3)} % of σ1` : "";
  const residual = data.residuals?.[index];
  const bound = residual === undefined || residual === null ? "" : `, residual ${residual.toPrecision(2)}`;
  return `σ${index + 1} = ${value.toPrecision(6)}${relative}${bound}${standing(data, index, value)}`;
}

function standing({ null: against }: SpectrumData, index: number, value: number): string {
  if (against === null) return "";
  if (index < against.signal) return ", stands out of the noise";
  const edge = against.lines.find(({ id }) => id === "noise-edge");
  return edge !== undefined && value <= edge.value ? ", within the noise" : "";
}

export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Share of all values per unit of σ. */
  readonly density: number;
}

const CUT = 4;
const SHOWN = 2;

/** Where the density's axis ends: with everything, unless a far outlier would press all else against the other end. */
export function densityLimit(data: SpectrumData): number {
  const top = data.singularValues[0] ?? 1;
  const lines = (data.null?.lines ?? []).map(({ value }) => value);
  const highest = Math.max(0, ...lines);
  if (highest > 0 && top > CUT * highest) return SHOWN * highest;
  return Math.max(top, highest) * 1.04 || 1;
}

function beyondAxis(data: SpectrumData): number {
  const limit = densityLimit(data);
  return Array.from(data.singularValues).filter((value) => value > limit).length;
}

/** Bars of equal width, about 1.5·√N of them; none where not all values are known. */
export function densityBins(data: SpectrumData): readonly Bin[] {
  const n = data.singularValues.length;
  if (!data.exact || n === 0) return [];
  const limit = densityLimit(data);
  const bins = Math.max(8, Math.min(60, Math.round(1.5 * Math.sqrt(n))));
  const width = limit / bins;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < n; i++) {
    const value = data.singularValues[i]!;
    if (value <= limit) counts[Math.min(bins - 1, Math.floor(value / width))]!++;
  }
  return counts.map((count, k) => ({ low: k * width, high: (k + 1) * width, count, density: count / (n * width) }));
}

export function readSpectrumBin(data: SpectrumData, { low, high, count }: Bin): string {
  const n = data.singularValues.length;
  const noise = n - (data.null?.signal ?? 0);
  const bulk = data.null?.bulk ?? null;
  const expected =
    bulk === null
      ? ""
      : `, the bulk expects ${(noise * (shareBelow(bulk, high) - shareBelow(bulk, low))).toPrecision(3)}`;
  return `${low.toPrecision(3)} … ${high.toPrecision(3)}: ${count} of ${n} values${expected}`;
}

function shareBelow({ sigma, below }: BulkCurve, at: number): number {
  const last = sigma.length - 1;
  if (at <= sigma[0]!) return 0;
  if (at >= sigma[last]!) return 1;
  let i = 1;
  while (sigma[i]! < at) i++;
  const part = (at - sigma[i - 1]!) / (sigma[i]! - sigma[i - 1]!);
  return below[i - 1]! + part * (below[i]! - below[i - 1]!);
}
