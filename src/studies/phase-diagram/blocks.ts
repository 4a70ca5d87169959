import type { Activation } from "../../numerics/meanField/activation.ts";
import { meanSquare, slopeMoment } from "../../numerics/meanField/moments.ts";
import type { BlockGrowth, LayerPoint } from "./types.ts";

/**
 * Blocks x ← x + f(x), f(x) = W₂φ(W₁φ(x)) and so on, from the layers whose names share everything up to their last number ("layer1.0.conv1" and
 * "layer1.0.conv2" make one block). A block multiplies squared gradients by 1 + χ_f, χ_f = ∏ σ_w²·E φ′² at the q that runs through it, and adds the branch's
 * q to the stream's (Yang & Schoenholz 2017). With a norm before every activation q is 1 inside, and the first norm divides by the stream's q: 1 + χ_f/q.
 * Weights within a branch of attention are counted as plain layers are; what the stream passes between blocks is not counted.
 */
export function residualBlocks(
  layers: readonly LayerPoint[],
  activation: Activation,
  normalized: boolean,
): readonly BlockGrowth[] {
  const groups: { name: string; layers: LayerPoint[] }[] = [];
  for (const layer of layers) {
    const name = blockOf(layer.tensor);
    if (name === null || /(^|[._/])(downsample|shortcut)/i.test(layer.tensor)) continue;
    const last = groups[groups.length - 1];
    if (last !== undefined && last.name === name) last.layers.push(layer);
    else groups.push({ name, layers: [layer] });
  }
  let [q, logGradient] = [1, 0];
  return groups.map(({ name, layers: inside }) => {
    let [branch, chi] = [normalized ? 1 : q, 1];
    for (const [at, { sigmaW2, sigmaB2 }] of inside.entries()) {
      const next = sigmaW2 * meanSquare(activation, branch) + (normalized ? 0 : (sigmaB2 ?? 0));
      chi *= sigmaW2 * slopeMoment(activation, branch);
      if (normalized && at < inside.length - 1) chi /= next;
      branch = normalized && at < inside.length - 1 ? 1 : next;
    }
    const factor = 1 + (normalized ? chi / q : chi);
    logGradient += Math.log(factor);
    q += branch;
    return { name, layers: inside.length, factor, logGradient };
  });
}

/** "layer1.0" of "layer1.0.conv2.weight"; null where no number tells blocks apart. */
function blockOf(name: string): string | null {
  const parts = name.split(/(?<=[._/])/);
  for (let end = parts.length - 1; end > 0; end--)
    if (/^\d+[._/]?$/.test(parts[end - 1]!))
      return parts
        .slice(0, end)
        .join("")
        .replace(/[._/]$/, "");
  return null;
}
