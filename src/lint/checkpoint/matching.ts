import type { SourceLaws, StatedLaw } from "../types.ts";
import type { HeldTensor } from "./types.ts";

/** A network in a source is that of the file where it states the laws of at least this share of the file's weights. */
const COVERAGE = 0.5;

export interface Pair {
  readonly law: StatedLaw;
  readonly held: HeldTensor;
}

/** A network of a source whose names and sizes are those of the file. */
export interface FittingModel {
  readonly uri: string;
  readonly chosen: boolean;
  readonly pairs: readonly Pair[];
  /** What it states and no tensor of the file could be told to be: names. */
  readonly unmatched: readonly string[];
}

/** Networks of the sources that fit the file, those that cover most of it first. */
export function fittingModels(tensors: readonly HeldTensor[], sources: readonly SourceLaws[]): readonly FittingModel[] {
  const whole = tensors.filter(({ role, fused }) => role === "weight" && !fused).length;
  return sources
    .flatMap(({ uri, chosen, laws }) => {
      const models = new Map<string, StatedLaw[]>();
      for (const law of laws) models.set(law.model, [...(models.get(law.model) ?? []), law]);
      return [...models.values()].flatMap((own): FittingModel[] => {
        const pairs = pairsOf(tensors, own);
        const weights = pairs.filter(({ held }) => held.role === "weight" && !held.fused).length;
        const sized = pairs.every(({ law, held }) => sameSizes(law, held));
        const enough = pairs.some(({ held }) => held.measures.length > 0) && (chosen || weights >= COVERAGE * whole);
        const matched = new Set(pairs.map(({ law }) => law));
        const unmatched = own.filter((law) => !matched.has(law)).map(({ tensor }) => tensor);
        return sized && enough ? [{ uri, chosen, pairs, unmatched }] : [];
      });
    })
    .sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.pairs.length - a.pairs.length);
}

/** Other words for the same parameter: Keras 3 keeps variables by number alone, and what reads them calls the first of an unknown layer its kernel. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  embeddings: ["kernel", "embedding"],
  embedding: ["kernel", "embeddings"],
};

function pairsOf(tensors: readonly HeldTensor[], laws: readonly StatedLaw[]): Pair[] {
  const named = laws.flatMap((law): Pair[] => {
    const stem = law.tensor.slice(0, law.tensor.length - law.parameter.length);
    const names = [law.tensor, ...(ALSO[law.parameter] ?? []).map((other) => `${stem}${other}`)];
    const held = names.map((name) => find(tensors, name)).find((one) => one !== null);
    return held === null || held === undefined ? [] : [{ law, held }];
  });
  // A path that is but the class' name is no name: several layers end so.
  const own = named.filter(({ law }) => law.numbered === null || !law.tensor.startsWith(`${law.numbered.base}/`));
  const taken = new Set(own.map(({ held }) => held));
  const left = laws.filter((law) => law.numbered !== null && own.every((pair) => pair.law !== law));
  return [
    ...own,
    ...byNumber(
      tensors.filter((one) => !taken.has(one)),
      left,
    ),
  ];
}

/** By its whole name; or, since checkpoints wrap names ("model.fc1.weight", "params/fc1/kernel"), the only one that ends so. */
function find(tensors: readonly HeldTensor[], name: string): HeldTensor | null {
  const exact = tensors.find(({ tensor }) => tensor === name);
  if (exact !== undefined) return exact;
  const ending = tensors.filter(({ tensor }) => tensor.endsWith(`.${name}`) || tensor.endsWith(`/${name}`));
  return ending.length === 1 ? ending[0]! : null;
}

interface FileLayer {
  readonly number: number;
  readonly parameters: Map<string, HeldTensor>;
}

/**
 * Layers that the framework numbered: the first that was made in the source is that with the smallest number in the file, if there are as many here as there
 * and no number stands twice (then they belong to parents of their own, and their order says nothing).
 */
function byNumber(tensors: readonly HeldTensor[], laws: readonly StatedLaw[]): Pair[] {
  const inFile = new Map<string, Map<string, FileLayer>>();
  for (const held of tensors) {
    const segments = held.tensor.split("/").filter((segment) => segment !== "cell");
    const parameter = segments.at(-1) ?? "";
    const [, base, number] = /^(.+?)(?:_(\d+))?$/.exec(segments.at(-2) ?? "") ?? [];
    if (base === undefined) continue;
    const layers = inFile.get(base) ?? new Map<string, FileLayer>();
    inFile.set(base, layers);
    const path = segments.slice(0, -1).join("/");
    const layer = layers.get(path) ?? { number: Number(number ?? 0), parameters: new Map() };
    layers.set(path, layer);
    layer.parameters.set(parameter, held);
  }
  const stated = new Map<string, Map<number, StatedLaw[]>>();
  for (const law of laws) {
    if (law.numbered === null) continue;
    const layers = stated.get(law.numbered.base) ?? new Map<number, StatedLaw[]>();
    stated.set(law.numbered.base, layers);
    layers.set(law.numbered.order, [...(layers.get(law.numbered.order) ?? []), law]);
  }
  return [...stated].flatMap(([base, own]) => {
    const layers = [...(inFile.get(base)?.values() ?? [])].sort((a, b) => a.number - b.number);
    if (layers.length !== own.size || new Set(layers.map(({ number }) => number)).size !== layers.length) return [];
    const ordered = [...own].sort(([a], [b]) => a - b);
    return ordered.flatMap(([, parameters], index) =>
      parameters.flatMap((law): Pair[] => {
        const held = [law.parameter, ...(ALSO[law.parameter] ?? [])]
          .map((name) => layers[index]?.parameters.get(name))
          .find((one) => one !== undefined);
        return held === undefined ? [] : [{ law, held }];
      }),
    );
  });
}

/** As far as the source says them; of a transposed convolution they are other numbers by nature. */
function sameSizes({ fanIn, fanOut }: StatedLaw, { role, shape, entries }: HeldTensor): boolean {
  const meets = (stated: number | null, size: number) => stated === null || Math.abs(stated - size) < 0.5;
  if (role !== "weight") return role === "table" || meets(fanOut, entries);
  if (
    shape === null ||
    (shape.kind === "convolution" && shape.axes[0] !== shape.rows && shape.axes.at(-1) !== shape.rows)
  )
    return true;
  return meets(fanIn, shape.columns) && meets(fanOut, shape.rows * shape.taps);
}
