import { end, start } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { pointOf } from "../rules/_phase.ts";
import type { StudiedModel } from "../rules/types.ts";
import { figure, layers } from "../theory/words.ts";
import type { ModelSummary } from "../types.ts";

/** Networks of one layer need no lens. */
const FEWEST_LAYERS = 2;

/** What the lens over each model says: its phase, or why the theory of phases is not about it. One line a place; a model made twice is said once. */
export function summarize(models: readonly StudiedModel[]): readonly ModelSummary[] {
  const summaries = new Map<number, ModelSummary>();
  for (const model of models) {
    const { network } = model;
    if (network.layers.length < FEWEST_LAYERS) continue;
    const { unit, from, to } = placeOfLens(model);
    const at = start({ unit, from, to });
    const known = summaries.get(at);
    if (known !== undefined && known.point !== null) continue;
    const words = told.get(model) ?? tell(model);
    summaries.set(at, { ...words, from: at, to: end({ unit, from, to }) });
  }
  return [...summaries.values()].sort((a, b) => a.from - b.from);
}

const told = new WeakMap<StudiedModel, Omit<ModelSummary, "from" | "to">>();

/** All but where it stands, which every key may change. */
function tell(model: StudiedModel): Omit<ModelSummary, "from" | "to"> {
  const { network, course } = model;
  const typical = course?.typical ?? null;
  const words = {
    name: network.name,
    text: textOf(model),
    point: typical === null || network.norms > 0 || network.skips > 0 ? null : pointOf(typical),
    depth: course?.depth ?? null,
    layers: network.layers.flatMap((use) => {
      const [weight, bias] = [knownNumber(use.sigmaW2), knownNumber(use.sigmaB2)];
      return weight === null || bias === null
        ? []
        : [{ name: use.name, weight, bias, activation: use.before.activation ?? "linear" }];
    }),
  };
  told.set(model, words);
  return words;
}

/** Over the class, wherever it is instantiated. */
function placeOfLens({ network }: StudiedModel) {
  const { root, site } = network;
  if (root?.kind !== "object") return site;
  const { definition } = root.type;
  return { unit: definition.unit, from: definition.nameFrom, to: definition.nameFrom + definition.name.length };
}

function textOf({ network, course }: StudiedModel): string {
  if (network.loaded) return "loaded from a checkpoint: its initialization does not count";
  if (network.skips > 0 || network.norms > 0) {
    const parts = [network.skips > 0 ? "residual" : "", network.norms > 0 ? "normalised" : ""]
      .filter((part) => part !== "")
      .join(" and ");
    return `${parts}: no phases · ${layers(network.layers.length)}`;
  }
  const typical = course?.typical ?? null;
  if (course === null)
    return network.unknowns.length > 0
      ? `cannot tell: ${network.unknowns.slice(0, 2).join(", ")} in the way`
      : network.chain === null
        ? "cannot tell: not one chain of layers"
        : "cannot tell: a number is missing";
  if (typical === null) return `no activation between layers · ${layers(course.steps.length)}`;
  const xi = typical.phase.xiC ?? typical.phase.xiGradient;
  return `${typical.phase.name} · χ₁ = ${figure(typical.phase.chiOne)} · ξ = ${figure(xi)} · ${layers(course.steps.length)}`;
}
