import type { LayerUse, NetworkModel } from "../network/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Draft, Rule } from "./types.ts";

/** Layers that are zero on purpose: gates, adapters, adaLN, projections that start a residual branch at nothing. */
const MEANT_ZERO = /lora|adapter|ada|gate|modul|zero|control|scale|shift|gamma|beta|mask|prior|offset|pos|delta/i;

/** Weights that are all alike stay alike; two zero layers in a row have no gradient at all. */
export const MF009: Rule = {
  id: "MF009",
  title: "Constant weights",
  severity: "error",
  of: "both",
  check: ({ models }) =>
    models.flatMap(({ network }) =>
      network.loaded ? [] : network.layers.flatMap((use) => constant(use) ?? zeroPair(use, network) ?? []),
    ),
};

function isConstant({ law }: LayerUse): number | null {
  return law.family === "constant" ? knownNumber(law.mean) : null;
}

/** Every unit of the layer computes the same and is changed alike. Depthwise kernels and single units have nobody to be alike. */
function constant(use: LayerUse): Draft | null {
  const value = isConstant(use);
  if (value === null || value === 0 || use.law.call === null) return null;
  const { module } = use;
  if (knownNumber(module.outputs) === 1 || knownNumber(module.groups) !== 1 || module.type === "embedding") return null;
  if (!use.after.some(({ kind }) => kind === "activation" || kind === "layer" || kind === "norm")) return null;
  return {
    at: placeOfLaw(use),
    message: `All weights of ${use.name} are ${figure(value)}: its units compute the same and get the same gradient, so they stay one unit for ever. Draw them at random.`,
    related: [{ at: module.site, message: `${use.name} is made here.` }],
  };
}

/** W₁ = W₂ = 0 is an exact saddle: each gradient has the other as a factor. */
function zeroPair(use: LayerUse, network: NetworkModel): Draft | null {
  if (isConstant(use) !== 0 || use.law.call === null || MEANT_ZERO.test(use.name)) return null;
  const hidden = use.after.some(({ kind }) => kind === "activation" || kind === "layer");
  if (!hidden || use.after.some(({ kind }) => kind === "add" || kind === "product")) return null;
  const next = network.layers.find((other) => other !== use && isConstant(other) === 0 && isBehind(use, other));
  if (next === undefined || MEANT_ZERO.test(next.name)) return null;
  return {
    at: placeOfLaw(use),
    message: `${use.name} and ${next.name} after it are both zero: each one's gradient has the other as a factor, so neither ever moves (an exact saddle). At most one of two consecutive layers may start at zero.`,
    related: [{ at: placeOfLaw(next), message: `${next.name} is zero as well.` }],
  };
}

function isBehind(first: LayerUse, second: LayerUse): boolean {
  return first.after.some(
    ({ node }) =>
      node !== null && (node === second.node || (node === second.before.node && second.before.kind === "activation")),
  );
}
