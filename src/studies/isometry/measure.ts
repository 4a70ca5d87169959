import type { Measured } from "../../analysis/types.ts";
import type { CancelToken } from "../../base/cancel.ts";
import type { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { Jacobian, type LanczosProbe, lanczosProbes } from "../../numerics/network/jacobian.ts";
import { Random } from "../../numerics/random.ts";
import { productSingularValues } from "../../numerics/svd/productSingularValues.ts";
import type { MeasuredSpectrum } from "./types.ts";

/** Random directions an input; three or more are the restarts of the extreme value. */
const PROBES = 8;
const STEPS = 48;
/** All singular values of a product cost about 28·n³ flops a link; up to this much is done for each input. */
const EXACT_FLOPS = 6e9;
const BINS = 40;

/** The singular values of the Jacobian between two layers, over inputs: one draw of weights, several points. */
export function measureSpan(
  network: DenseNetwork,
  forwards: readonly (readonly Float64Array[])[],
  from: number,
  to: number,
  seed: number,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): MeasuredSpectrum {
  const random = new Random(seed);
  const probes: LanczosProbe[] = [];
  const logs: number[][] = [];
  let exact = true;
  for (const [at, forward] of forwards.entries()) {
    cancel.throwIfCancelled();
    const jacobian = new Jacobian(network, forward, from, to);
    probes.push(...lanczosProbes(jacobian, PROBES, STEPS, random));
    progress((at + 0.5) / forwards.length);
    exact &&= exactCost(network, from, to) <= EXACT_FLOPS;
    if (exact) logs.push([...productSingularValues(jacobian.links(), { cancel }).logValues]);
    progress((at + 1) / forwards.length);
  }
  const n = network.width(from);
  const count = Math.min(n, network.width(to));
  // Directions are drawn among all n columns; the mean is over the values that there can be.
  const moments = momentsOf(probes, forwards.length, n / count);
  const first = probes.slice(0, PROBES);
  const best = first.reduce((a, b) => (b.largest.value > a.largest.value ? b : a));
  const small = exact ? logs[0]!.reduce((a, b) => Math.min(a, b)) : null;
  const values = exact
    ? logs.flatMap((one) => one.map((log) => ({ log, share: 1 / (logs.length * count) })))
    : probes.flatMap(({ nodes, weights }) =>
        Array.from(nodes, (node, k) => ({
          log: node > 0 ? Math.log(node) / 2 : Number.NEGATIVE_INFINITY,
          share: (weights[k]! * n) / count / probes.length,
        })),
      );
  return {
    ...moments,
    largest: {
      value: Math.sqrt(best.largest.value),
      how: {
        kind: "bound",
        residual: best.largest.residual / (2 * Math.sqrt(best.largest.value) || 1),
        method: `Lanczos on JᵀJ, ${PROBES} random starts, ${Math.min(STEPS, n)} steps; a value lies within the residual, none found above it`,
      },
    },
    smallest:
      small === null
        ? null
        : { value: Math.exp(small), how: { kind: "exact", method: "singular values of the product, never formed" } },
    restarts: first.map(({ largest }) => Math.sqrt(largest.value)),
    ...histogram(values),
    method: exact ? "exact" : "lanczos",
    inputs: forwards.length,
    count,
  };
}

function exactCost(network: DenseNetwork, from: number, to: number): number {
  let flops = 0;
  for (let layer = from + 1; layer <= to; layer++) {
    const { rows, columns } = network.layers[layer]!.weight;
    flops += 28 * rows * columns * Math.min(rows, columns);
  }
  return flops;
}

/** ⟨s²⟩ and Var(s²)/⟨s²⟩² of each input, averaged; standard errors by leaving out one direction at a time, of all inputs together. */
export function momentsOf(
  probes: readonly LanczosProbe[],
  inputs: number,
  scale: number,
): { readonly mean: Measured; readonly relativeVariance: Measured } {
  const each = probes.length / inputs;
  const powers = probes.map(({ nodes, weights }) =>
    [1, 2].map((k) => nodes.reduce((sum, node, i) => sum + weights[i]! * node ** k, 0) * scale),
  );
  const estimate = (left: number): [number, number] => {
    let [mean, spread] = [0, 0];
    for (let input = 0; input < inputs; input++) {
      let [first, second, used] = [0, 0, 0];
      for (let k = 0; k < each; k++) {
        if (k === left) continue;
        const [one, two] = powers[input * each + k]! as [number, number];
        first += one;
        second += two;
        used++;
      }
      mean += first / used / inputs;
      spread += (second / used / (first / used) ** 2 - 1) / inputs;
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

/** Values further below the largest than this in ln s count as 0: rounding of the products. */
const LOWEST = 60;

function histogram(values: readonly { readonly log: number; readonly share: number }[]) {
  const top = Math.max(...values.map(({ log }) => log));
  const there = values.filter(({ log }) => log > top - LOWEST);
  const bottom = Math.min(...there.map(({ log }) => log));
  const width = Math.max(top - bottom, 1e-3) / BINS;
  const edges = Array.from({ length: BINS + 1 }, (_, k) => bottom + k * width);
  const shares = new Array<number>(BINS).fill(0);
  for (const { log, share } of there) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((log - bottom) / width)));
    shares[bin] = shares[bin]! + share;
  }
  return { edges, shares, zero: Math.max(0, 1 - shares.reduce((sum, share) => sum + share, 0)) };
}
