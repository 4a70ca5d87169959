import type { Measured } from "../../analysis/types.ts";
import type { Approached, SpectrumProbe } from "../../numerics/network/bidiagonalRun.ts";
import type { MeasuredSpectrum } from "./types.ts";

const BINS = 40;

export interface Found {
  /** As many for each input, one input after the other. */
  readonly probes: readonly SpectrumProbe[];
  /** ln of all min(rows, columns) singular values of each input; null where only the probes tell. */
  readonly logs: readonly (readonly number[])[] | null;
  readonly inputs: number;
  readonly columns: number;
  readonly rows: number;
  readonly steps: number;
  /** Values further below the largest than this count as 0. */
  readonly decades: number;
  readonly exactMethod: string;
  /** Error of a singular value over the largest, where it is more than the method's own: products in float32. */
  readonly rounding: number;
}

/** Moments, extremes and density of singular values, over inputs: one set of weights, several points. */
export function spectrumOf(found: Found): MeasuredSpectrum {
  const { probes, logs, inputs, columns, rows, decades } = found;
  const count = Math.min(columns, rows);
  const values =
    logs !== null
      ? logs.flatMap((one) => one.map((log) => ({ log, share: 1 / (logs.length * count) })))
      : probes.flatMap((probe) =>
          Array.from(probe.values, (value, k) => ({ log: Math.log(value), share: probe.weights[k]! / probes.length })),
        );
  return {
    ...(probes.length === 0 ? exactMoments(logs ?? [], found) : momentsOf(probes, inputs)),
    ...extremesOf(found),
    ...histogram(values, decades),
    decades,
    method: logs !== null ? "exact" : "directions",
    inputs,
    count,
  };
}

/** Of the first input. */
function extremesOf(found: Found) {
  const { probes, logs, inputs, columns, rows, steps, exactMethod, rounding } = found;
  const each = probes.length / inputs;
  const first = probes.slice(0, each);
  const values = (logs?.[0] ?? []).map(Math.exp);
  const top = Math.max(...first.map(({ largest }) => largest.value), ...(first.length === 0 ? values : []), 0);
  const exact = (value: number): Measured => ({
    value,
    how:
      rounding === 0
        ? { kind: "exact", method: exactMethod }
        : { kind: "bound", residual: rounding * top, method: exactMethod },
  });
  const count = Math.min(columns, rows);
  const approached = ({ value, residual }: Approached, side: string): Measured => ({
    value,
    how: {
      kind: "bound",
      residual: residual + rounding * top,
      method: `Golub–Kahan bidiagonalization, ${each} random starts, ${Math.min(steps, count)} of ${count} steps; a value lies within the residual, none found ${side} it`,
    },
  });
  const [highest, lowest] = [
    first.reduce((best, { largest }) => (largest.value > best.value ? largest : best), first[0]?.largest ?? NOTHING),
    first.reduce(
      (best, { smallest }) => (smallest.value < best.value ? smallest : best),
      first[0]?.smallest ?? NOTHING,
    ),
  ];
  return {
    largest: first.length === 0 ? exact(top) : approached(highest, "above"),
    smallest:
      logs !== null
        ? exact(values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY))
        : approached(lowest, "below"),
    restarts: first.map(({ largest }) => largest.value),
  };
}

const NOTHING: Approached = { value: 0, residual: 0 };

/** From all singular values of each input, averaged over inputs. */
function exactMoments(logs: readonly (readonly number[])[], { exactMethod, inputs }: Found) {
  const powers = logs.map((one) =>
    [2, 4].map((power) => one.reduce((sum, log) => sum + Math.exp(power * log), 0) / one.length),
  ) as [number, number][];
  const average = (of: (first: number, second: number) => number): Measured => ({
    value: powers.reduce((sum, [first, second]) => sum + of(first, second), 0) / powers.length,
    how: { kind: "exact", method: `${exactMethod}; mean of ${inputs} inputs` },
  });
  return {
    mean: average((first) => first),
    relativeVariance: average((first, second) => (first === 0 ? 0 : second / first ** 2 - 1)),
  };
}

/** ⟨s²⟩ and Var(s²)/⟨s²⟩² from random directions of the smaller side: Σ weight·s² and Σ weight·s⁴. */
export function momentsOf(probes: readonly SpectrumProbe[], inputs: number) {
  const power = ({ values, weights }: SpectrumProbe, k: number) =>
    values.reduce((sum, value, i) => sum + weights[i]! * value ** k, 0);
  return gramMoments(
    probes.map((probe) => ({ first: power(probe, 2), second: power(probe, 4) })),
    inputs,
    1,
  );
}

/**
 * The same from what JᵀJ did to random directions v, `first` v·JᵀJv and `second` ‖JᵀJv‖²: those of each input together, one input after the other. ⟨s²⟩ and
 * Var(s²)/⟨s²⟩² of each input, averaged; standard errors by leaving out one direction at a time, of all inputs together. `scale` is columns over the values
 * that there can be.
 */
export function gramMoments(
  traces: readonly { readonly first: number; readonly second: number }[],
  inputs: number,
  scale: number,
): { readonly mean: Measured; readonly relativeVariance: Measured } {
  const each = traces.length / inputs;
  const estimate = (left: number): [number, number] => {
    let [mean, spread] = [0, 0];
    for (let input = 0; input < inputs; input++) {
      let [first, second, used] = [0, 0, 0];
      for (let k = 0; k < each; k++) {
        if (k === left) continue;
        const trace = traces[input * each + k]!;
        first += scale * trace.first;
        second += scale * trace.second;
        used++;
      }
      mean += first / used / inputs;
      spread += (first === 0 ? 0 : second / used / (first / used) ** 2 - 1) / inputs;
    }
    return [mean, spread];
  };
  const whole = estimate(-1);
  const parts = Array.from({ length: each }, (_, k) => estimate(k));
  const error = (which: 0 | 1) => {
    const middle = parts.reduce((sum, part) => sum + part[which], 0) / each;
    return Math.sqrt(((each - 1) / each) * parts.reduce((sum, part) => sum + (part[which] - middle) ** 2, 0));
  };
  const method = `${each} random directions for each of ${inputs} inputs, error by jackknife over directions`;
  const measured = (which: 0 | 1): Measured => ({
    value: whole[which],
    how: { kind: "estimate", standardError: error(which), method },
  });
  return { mean: measured(0), relativeVariance: measured(1) };
}

function histogram(values: readonly { readonly log: number; readonly share: number }[], decades: number) {
  const most = values.reduce((top, { log }) => Math.max(top, log), Number.NEGATIVE_INFINITY);
  const top = Number.isFinite(most) ? most : 0;
  const there = values.filter(({ log }) => log > top - decades * Math.LN10);
  const bottom = there.reduce((low, { log }) => Math.min(low, log), top);
  const width = Math.max(top - bottom, 1e-3) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, k) => bottom + k * width);
  const shares = new Array<number>(BINS).fill(0);
  for (const { log, share } of there) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((log - bottom) / width)));
    shares[bin] = shares[bin]! + share;
  }
  return { edges, shares, zero: Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0)) };
}
