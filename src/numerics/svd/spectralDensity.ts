import { normalTail } from "../special/normal.ts";
import type { Quadrature } from "./lanczosQuadrature.ts";
import type { Estimate } from "./spectralEstimates.ts";

export interface DensityOptions {
  /** Standard deviation of the Gaussian that each value is widened by. Default: 1/40 of the largest node. */
  readonly width?: number;
}

export interface SpectralDensity {
  readonly sigma: Float64Array<ArrayBuffer>;
  /** Values per unit of σ as a share of all, widened by `width`; integrates to 1 over the whole line. */
  readonly density: Float64Array<ArrayBuffer>;
  readonly densityError: Float64Array<ArrayBuffer>;
  /** Share of values ≤ σ, widened likewise. */
  readonly cumulative: Float64Array<ArrayBuffer>;
  readonly cumulativeError: Float64Array<ArrayBuffer>;
  readonly width: number;
  readonly probes: number;
  readonly steps: number;
}

/**
 * Density and cumulative share of the singular values at each `sigma`, with the jackknife standard error over the probes at every point (for a mean it is the
 * standard error of the mean). Structure narrower than `width` is not resolved; a width below π·σ₁/steps shows the nodes rather than the spectrum.
 */
export function spectralDensity(
  { probes, steps }: Quadrature,
  sigma: ArrayLike<number>,
  { width: asked }: DensityOptions = {},
): SpectralDensity {
  const points = sigma.length;
  let top = 0;
  for (const { nodes } of probes) for (const node of nodes) top = Math.max(top, node);
  const width = asked ?? top / 40;
  const density = new Float64Array(points);
  const densityError = new Float64Array(points);
  const cumulative = new Float64Array(points);
  const cumulativeError = new Float64Array(points);
  for (let i = 0; i < points; i++) {
    const at = sigma[i] as number;
    const each = probes.map(({ nodes, weights }) => {
      let [here, below] = [0, 0];
      for (const [k, node] of nodes.entries()) {
        const weight = weights[k] as number;
        if (width === 0) {
          if (node <= at) below += weight;
          continue;
        }
        const z = (at - node) / width;
        here += (weight * Math.exp(-0.5 * z * z)) / (width * Math.sqrt(2 * Math.PI));
        below += weight * normalTail(-z);
      }
      return { here, below };
    });
    const [one, two] = [meanAndError(each.map(({ here }) => here)), meanAndError(each.map(({ below }) => below))];
    density[i] = one.value;
    densityError[i] = one.standardError;
    cumulative[i] = two.value;
    cumulativeError[i] = two.standardError;
  }
  return {
    sigma: Float64Array.from(sigma),
    density,
    densityError,
    cumulative,
    cumulativeError,
    width,
    probes: probes.length,
    steps,
  };
}

function meanAndError(values: readonly number[]): Estimate {
  const count = values.length;
  if (count === 0) return { value: 0, standardError: 0 };
  const value = values.reduce((sum, x) => sum + x, 0) / count;
  const square = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, standardError: count > 1 ? Math.sqrt(square / (count * (count - 1))) : Number.POSITIVE_INFINITY };
}
