import type { CancelToken } from "../../base/cancel.ts";
import type { SpectrumProbe } from "../../numerics/network/bidiagonalRun.ts";
import type { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { Jacobian, spectrumProbes } from "../../numerics/network/jacobian.ts";
import { Random } from "../../numerics/random.ts";
import { productSingularValues } from "../../numerics/svd/productSingularValues.ts";
import { spectrumOf } from "./spectrum.ts";
import type { MeasuredSpectrum } from "./types.ts";

/** Random directions an input; three or more are the restarts of the extreme value. */
const PROBES = 8;
const STEPS = 48;
/** All singular values of a product cost about 28·n³ flops a link; up to this much is done for each input. */
const EXACT_FLOPS = 6e9;
/** Values further below the largest than this count as 0: of a product that is never formed, and of products with vectors in float64. */
const DECADES = { exact: 26, probed: 14 };

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
  const probes: SpectrumProbe[] = [];
  const logs: number[][] = [];
  let exact = true;
  for (const [at, forward] of forwards.entries()) {
    cancel.throwIfCancelled();
    const jacobian = new Jacobian(network, forward, from, to);
    probes.push(...spectrumProbes(jacobian, PROBES, STEPS, random));
    progress((at + 0.5) / forwards.length);
    exact &&= exactCost(network, from, to) <= EXACT_FLOPS;
    if (exact) logs.push([...productSingularValues(jacobian.links(), { cancel }).logValues]);
    progress((at + 1) / forwards.length);
  }
  return spectrumOf({
    probes,
    logs: exact ? logs : null,
    inputs: forwards.length,
    columns: network.width(from),
    rows: network.width(to),
    steps: STEPS,
    decades: exact ? DECADES.exact : DECADES.probed,
    exactMethod: "singular values of the product, never formed",
    rounding: exact ? 0 : 2 ** -48,
  });
}

function exactCost(network: DenseNetwork, from: number, to: number): number {
  let flops = 0;
  for (let layer = from + 1; layer <= to; layer++) {
    const { rows, columns } = network.layers[layer]!.weight;
    flops += 28 * rows * columns * Math.min(rows, columns);
  }
  return flops;
}
