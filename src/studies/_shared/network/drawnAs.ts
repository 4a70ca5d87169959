import { biasVariance, weightVariance } from "../../../numerics/meanField/estimate.ts";
import type { DenseLayer } from "../../../numerics/network/denseNetwork.ts";

/** σ̂_w² and σ̂_b² of each layer: the points of the recursion that its weights stand for. */
export function pointsOf(layers: readonly DenseLayer[]): { readonly weight: number; readonly bias: number }[] {
  return layers.map(({ weight, bias }) => ({
    weight: weightVariance(weight.data, weight.columns).value,
    bias: bias === null ? 0 : (biasVariance(bias)?.value ?? 0),
  }));
}
