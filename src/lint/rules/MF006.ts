import type { LayerUse, NetworkModel } from "../network/types.ts";
import { knownNumber, nameOf, over } from "../python/values/quantity.ts";
import type { Framework, GraphNode } from "../python/values/types.ts";
import { figure, WIDE } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Draft, Rule } from "./types.ts";

/** By which σ_w² must miss what the gain asks for. */
const FACTOR = 2;

/** How each framework keeps the weight of a transposed convolution, and what its initializers make of that. */
const STORED: Readonly<Record<Framework, string>> = {
  torch:
    "A transposed convolution's weight is stored (in, out, …), so the initializer takes the outputs for its fan_in, and",
  keras:
    "A transposed convolution's kernel is stored (…, out, in), so compute_fans takes the outputs for its fan_in, and",
  flax: "The initializer counts the whole kernel of a transposed convolution, but",
};

/** The fan that the initializer takes is not what the layer sums over. */
export const MF006: Rule = {
  id: "MF006",
  title: "Fan that is not what the layer sums over",
  severity: "warning",
  of: "both",
  check: ({ models }) =>
    models.flatMap(({ network }) => (network.loaded ? [] : network.layers.flatMap((use) => judged(use, network)))),
};

function judged(use: LayerUse, network: NetworkModel): Draft[] {
  const { law, module } = use;
  // A norm after the layer makes its scale a matter of the learning rate only.
  if (
    law.call === null ||
    law.mode === null ||
    use.after.some(({ kind }) => kind !== "activation" && kind !== "layer" && kind !== "output")
  )
    return [];
  if (network.norms > 0 && use.after.some(({ kind }) => kind === "output")) return [];
  if (use.after.every((one) => one.kind === "layer" && normalised(one.node, network))) return [];
  const gain = law.gain?.value === null || law.gain === null ? null : knownNumber(law.gain.value);
  const weight = knownNumber(use.sigmaW2);
  if (gain === null || gain === 0 || weight === null) return [];
  const off = weight / (gain * gain);
  if (off < FACTOR && off > 1 / FACTOR) return [];
  const fan = use.fanIn === null ? "" : ` It sums over ${nameOf(use.fanIn).replace(/[#@]\d+/g, "")} inputs.`;
  const groups = knownNumber(module.groups);
  const why =
    module.type === "conv-transpose"
      ? `${STORED[module.framework]} the stride thins out what reaches an output.`
      : law.mode === "fan_out"
        ? groups !== 1
          ? "mode='fan_out' counts all output channels and does not divide by the groups."
          : "mode='fan_out' keeps gradients, not signals; forward they change with every layer."
        : "The averaged fan is far from the inputs.";
  if (module.type !== "conv-transpose" && law.mode === "fan_avg") return [];
  return [
    {
      at: placeOfLaw(use),
      message: `${law.label} makes σ_w² = ${figure(weight)} in ${use.name}, where its gain asks for ${figure(gain * gain)}. ${why}${fan}`,
      related: [{ at: module.site, message: `${use.name} is made here${ratioText(use)}.` }],
      assumptions: [WIDE],
    },
  ];
}

/** A linear layer behind which a norm follows: the scale of both drops out there. */
function normalised(node: GraphNode | null, network: NetworkModel): boolean {
  const next = network.layers.find((one) => one.node === node);
  return next?.after.every(({ kind }) => kind === "norm") ?? false;
}

function ratioText({ fanIn, fanOut }: LayerUse): string {
  const ratio = knownNumber(over(fanOut, fanIn));
  return ratio === null ? "" : `: fan_out/fan_in = ${figure(ratio)}`;
}
