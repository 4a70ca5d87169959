import type { LayerUse, NetworkModel } from "../network/types.ts";
import { knownNumber, nameOf, over, times } from "../python/values/quantity.ts";
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
    models.flatMap(({ network }) =>
      network.loaded
        ? []
        : network.layers.flatMap((use) => [...judged(use, network), ...miscounted(use), ...packed(use)]),
    ),
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

/**
 * Kernels of more than two axes, of which JAX, and Keras up to 3.14, take those before the last two for a receptive field. Nobody has to ask for a law: the
 * default falls into it too. Keras' version is not in the source, so there this is said as information. Where the inputs' width is not known and does not cancel, the layer's own fans
 * are supposed to be as many in as out: σ_w² = gain².
 */
function miscounted(use: LayerUse): Draft[] {
  const { module, node } = use;
  if (module.miscounted.length === 0 || use.after.every(({ kind }) => kind === "norm")) return [];
  const widths = new Set(node.inputs.map(({ features }) => (features === null ? "" : nameOf(features))));
  // Query, key and value may differ in width; then none is taken for that of all.
  const inputs = widths.size === 1 ? (node.inputs[0]?.features ?? null) : null;
  const found = module.miscounted.flatMap(({ name, draw, real, counted }) => {
    const { fanIn, fanOut } = real(inputs);
    const law = draw(counted(inputs));
    if (law.mode === null) return [];
    const gain = knownNumber(law.gain?.value ?? null);
    const weight = knownNumber(times(law.variance, fanIn));
    const own = knownNumber(times(draw({ fanIn, fanOut }).variance, fanIn)) ?? (gain === null ? null : gain * gain);
    if (weight === null || own === null || own === 0 || (weight / own < FACTOR && weight / own > 1 / FACTOR)) return [];
    return [{ name, law, weight: figure(weight), own: figure(own), supposed: knownNumber(fanIn) === null }];
  });
  const [first] = found;
  if (first === undefined) return [];
  const groups = new Map<string, string[]>();
  for (const { name, weight, own } of found) {
    const numbers = `σ_w² = ${weight} instead of ${own}`;
    groups.set(numbers, [...(groups.get(numbers) ?? []), name]);
  }
  const texts = [...groups].map(([numbers, names]) => `${numbers} in the ${listed(names)}`);
  return [
    {
      at: first.law.call ?? module.site,
      ...(module.framework === "keras" ? ({ severity: "information" } as const) : {}),
      message:
        module.framework === "keras"
          ? `Keras before 3.15: ${first.law.label} makes ${texts.join(", ")} of ${use.name}. compute_fans takes the axes before the last two for a receptive field; Keras 3.15 counts the axes that are summed over.`
          : `${first.law.label} makes ${texts.join(", ")} of ${use.name}. JAX's initializers take the axes before the last two for a receptive field: give in_axis and out_axis.`,
      related: first.law.call === null ? [] : [{ at: module.site, message: `${use.name} is made here.` }],
      assumptions: [
        WIDE,
        ...(found.some(({ supposed }) => supposed) ? ["as many inputs as outputs where the inputs are not known"] : []),
      ],
    },
  ];
}

/** Glorot's law of the (3E, E) that PyTorch keeps query, key and value in, where somebody asks for it without a factor. */
function packed(use: LayerUse): Draft[] {
  const law = use.parameters.get("in_proj_weight")?.law;
  if (law === undefined || law.call === null || law.mode !== "fan_avg") return [];
  const gain = law.gain === null ? null : knownNumber(law.gain.value);
  if (gain === null || Math.abs(gain - 1) > 1e-6) return [];
  return [
    {
      at: law.call,
      severity: "information",
      message: `${law.label} of the packed (3E, E) counts three times the outputs: σ_w² = 1/2 in query, key and value of ${use.name}, where three weights of their own have 1. gain=√2 makes up for it.`,
      related: [{ at: use.module.site, message: `${use.name} is made here.` }],
      assumptions: [WIDE],
    },
  ];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
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
