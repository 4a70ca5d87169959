import { modelKeys } from "../edit/modelKeys.ts";
import { end, start } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { pointOf } from "../rules/_phase.ts";
import type { StudiedModel } from "../rules/types.ts";
import { figure, layers } from "../theory/words.ts";
import type { ModelSummary } from "../types.ts";

/** Networks of one layer need no lens. */
const FEWEST_LAYERS = 2;

/**
 * What the lens over each model says: its phase, or why the theory of phases is not about it. A class that is made several times is said once for each
 * initialization that differs.
 */
export function summarize(models: readonly StudiedModel[], text: string): readonly ModelSummary[] {
  const keys = modelKeys(models);
  const places = new Map<number, { summary: ModelSummary; made: number }[]>();
  for (const [index, model] of models.entries()) {
    const { network } = model;
    if (network.layers.length < FEWEST_LAYERS) continue;
    const { unit, from, to } = placeOfLens(model);
    const at = start({ unit, from, to });
    const words = told.get(model) ?? tell(model);
    const key = keys[index] ?? network.name;
    const summary: ModelSummary = { ...words, key, instance: null, from: at, to: end({ unit, from, to }) };
    const known = places.get(at) ?? [];
    if (!known.some((one) => alike(one.summary, summary))) known.push({ summary, made: start(network.site) });
    places.set(at, known);
  }
  return [...places.values()].flatMap(instancesOf(text)).sort((a, b) => a.from - b.from);
}

/** The same words, the same point, the same layers: nothing tells the two apart. */
function alike(a: ModelSummary, b: ModelSummary): boolean {
  return (
    a.text === b.text &&
    a.layers.length === b.layers.length &&
    a.layers.every(({ weight, bias }, k) => b.layers[k]?.weight === weight && b.layers[k]?.bias === bias)
  );
}

function instancesOf(text: string) {
  return (all: readonly { readonly summary: ModelSummary; readonly made: number }[]): readonly ModelSummary[] => {
    // One whose numbers cannot be told says less than one that has them.
    const clear = all.filter(({ summary }) => summary.point !== null);
    const shown = clear.length > 0 ? clear : all.slice(0, 1);
    if (shown.length === 1) return shown.map(({ summary }) => summary);
    return shown.map(({ summary, made }, k) => ({
      ...summary,
      instance: `${k + 1} of ${shown.length}, made in line ${lineAt(text, made)}`,
    }));
  };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

type Words = Omit<ModelSummary, "from" | "to" | "key" | "instance">;

const told = new WeakMap<StudiedModel, Words>();

/** All but where it stands, which every key may change. */
function tell(model: StudiedModel): Words {
  const { network, course } = model;
  const typical = course?.typical ?? null;
  const words = {
    name: network.name,
    text: textOf(model),
    point: typical === null || network.norms > 0 || network.skips > 0 ? null : pointOf(typical),
    depth: course?.depth ?? null,
    layers: network.layers.flatMap((use, index) => {
      const [weight, bias] = [knownNumber(use.sigmaW2), knownNumber(use.sigmaB2)];
      return weight === null || bias === null
        ? []
        : [{ name: use.name, index, weight, bias, activation: use.before.activation ?? "linear" }];
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
