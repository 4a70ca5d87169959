import type { Measured } from "../../analysis/types.ts";
import type { LanczosProbe } from "../../numerics/network/lanczosRun.ts";
import type { MeasuredSpectrum } from "./types.ts";

const BINS = 40;

export interface Found {
  /** As many for each input, one input after the other. */
  readonly probes: readonly LanczosProbe[];
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
      : probes.flatMap(({ nodes, weights }) =>
          Array.from(nodes, (node, k) => ({
            log: node > 0 ? Math.log(node) / 2 : Number.NEGATIVE_INFINITY,
            share: (weights[k]! * columns) / count / probes.length,
          })),
        );
  return {
    // Directions are drawn among all columns; the mean is over the values that there can be.
    ...(probes.length === 0 ? exactMoments(logs ?? [], found) : momentsOf(probes, inputs, columns / count)),
    ...extremesOf(found),
    ...histogram(values, decades),
    decades,
    method: logs !== null ? "exact" : "lanczos",
    inputs,
    count,
  };
}

/** Of the first input. */
function extremesOf({ probes, logs, inputs, columns, steps, exactMethod, rounding }: Found) {
  const each = probes.length / inputs;
  const first = probes.slice(0, each);
  const values = (logs?.[0] ?? []).map(Math.exp);
  const top =
    Math.sqrt(first.reduce((most, { largest }) => Math.max(most, largest.value), 0)) || Math.max(0, ...values);
  const residual = first.find(({ largest }) => Math.sqrt(largest.value) === top)?.largest.residual;
  const exact = (value: number): Measured => ({
    value,
    how:
      rounding === 0
        ? { kind: "exact", method: exactMethod }
        : { kind: "bound", residual: rounding * top, method: exactMethod },
  });
  const largest: Measured =
    residual === undefined
      ? exact(top)
      : {
          value: top,
          how: {
            kind: "bound",
            residual: residual / (2 * top || 1) + rounding * top,
            method: `Lanczos on JᵀJ, ${each} random starts, ${Math.min(steps, columns)} steps; a value lies within the residual, none found above it`,
          },
        };
  return {
    largest,
    smallest: logs === null ? null : exact(values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
    restarts: first.map((probe) => Math.sqrt(probe.largest.value)),
  };
}

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

/** ⟨s²⟩ and Var(s²)/⟨s²⟩² from Lanczos on random directions: Σ weight·node and Σ weight·node². */
export function momentsOf(probes: readonly LanczosProbe[], inputs: number, scale: number) {
  const power = ({ nodes, weights }: LanczosProbe, k: number) =>
    nodes.reduce((sum, node, i) => sum + weights[i]! * node ** k, 0);
  return gramMoments(
    probes.map((probe) => ({ first: power(probe, 1), second: power(probe, 2) })),
    inputs,
    scale,
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
