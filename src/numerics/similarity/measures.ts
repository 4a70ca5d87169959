/**
 * Every measure behind one face: a comparison of any two of several representations over the same items, or over some of them, with the items of one side
 * shuffled or not. What a representation is turned into first is kept, so that a table of all pairs turns each only once.
 */
import type { DenseMatrix } from "../dense.ts";
import { dotProducts, formTable, packedForm, packedTriangle } from "./formTable.ts";
import { ratio } from "./hsic.ts";
import {
  comparedTriangle,
  kernelForm,
  linearGram,
  RDM_COMPARISONS,
  rankedTriangle,
  rbfGram,
  rdmForm,
  requireRankedShape,
} from "./itemForms.ts";
import { contiguousBatches, dot, minibatchForm } from "./linearCka.ts";
import { type Matrix64, rowsOf, type Watched } from "./matrix.ts";
import { predictorFrom, shuffledFolds } from "./predictivity.ts";
import { rankedRdm, tauAmong } from "./rankedRdm.ts";
import { type Distance, rdm, submatrix } from "./rdm.ts";
import { orNull, RefusedError, requireItems } from "./refusal.ts";
import { meanCca, pwcca, type Subspace, shape, subspaceOf, svcca } from "./subspaces.ts";

export const MEASURES = [
  "rsa",
  "cka",
  "debiased-cka",
  "minibatch-cka",
  "rbf-cka",
  "cca",
  "svcca",
  "pwcca",
  "procrustes",
  "angular",
  "partial-alpha",
  "predictivity",
] as const;
export type Measure = (typeof MEASURES)[number];

export const COMPARISONS = [...RDM_COMPARISONS, "tau-a"] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface MeasureOptions extends Watched {
  /** Of `rsa`. */
  readonly distance: Distance | "crossnobis";
  readonly comparison: Comparison;
  /** Of `rbf-cka`: width in median distances. */
  readonly width: number;
  /** Of `svcca`. */
  readonly share: number;
  /** Of `partial-alpha`. */
  readonly alpha: number;
  /** Of `minibatch-cka`. */
  readonly batch: number;
  /** Of `predictivity`. */
  readonly folds: number;
  readonly seed: number;
}

/** What is the same for every pair under a measure. */
export interface MeasureTraits {
  readonly symmetric: boolean;
  /** Whether alike means large or small. */
  readonly better: "high" | "low";
  /** Of a representation with itself. */
  readonly identity: number;
  readonly leastItems: number;
}

export function traitsOf(measure: Measure): MeasureTraits {
  const distance = measure === "procrustes" || measure === "angular" || measure === "partial-alpha";
  return {
    symmetric: measure !== "pwcca" && measure !== "predictivity",
    better: distance ? "low" : "high",
    identity: distance ? 0 : 1,
    leastItems: measure === "predictivity" ? 10 : measure === "debiased-cka" || measure === "minibatch-cka" ? 5 : 4,
  };
}

export interface PairTable {
  /** Throws a RefusedError where the measure is not defined. */
  value(a: number, b: number): number;
  /** With the items of b in `order`. */
  shuffled(a: number, b: number, order: Int32Array): number;
  /** `shuffled` of every two layers, row a after row a, for measures that give all at once for little more than one; NaN where one is refused. */
  readonly shuffledAll: ((order: Int32Array) => Float64Array<ArrayBuffer>) | null;
  /** The mean of `shuffled` over all orders, where it has a closed form. */
  shuffledMean(a: number, b: number): number | null;
}

/** One representation: its values, or under crossnobis its distances, which no values stand for. */
export interface Representation {
  readonly values: DenseMatrix;
  /** All items × all items; used for `rsa` instead of distances of `values`. */
  readonly dissimilarities?: Matrix64;
}

export function pairTable(
  measure: Measure,
  layers: readonly Representation[],
  items: Int32Array | null,
  options: MeasureOptions,
): PairTable {
  const rows = layers[0]?.values.rows ?? 0;
  const strange = layers.find(({ values }) => values.rows !== rows);
  if (strange !== undefined)
    throw new RefusedError(
      "items-differ",
      `One representation has ${rows} items, another ${strange.values.rows}.`,
      "Compare what was measured on the same items.",
    );
  const n = items?.length ?? rows;
  const least = traitsOf(measure).leastItems;
  requireItems(n, least, `The measure ${measure}`);
  const form = formOf(measure, items, options);
  if (form !== null) {
    return formTable(n, layers.length, lazily(layers, form), options);
  }
  // τ_a
  if (measure === "rsa") {
    const rdms = lazily(layers, (layer) => {
      const found = ranksOf(layer, items, options);
      requireRankedShape(found.ranked, found.chosen);
      return found;
    });
    const compare = (a: number, b: number, order: Int32Array | null) =>
      tauAmong(rdms(a).ranked, rdms(b).ranked, rdms(a).chosen, order);
    return {
      value: (a, b) => compare(a, b, null),
      shuffled: compare,
      shuffledAll: null,
      shuffledMean: () => null,
    };
  }
  const values = lazily(layers, ({ values: x }) => rowsOf(x, items));
  if (measure === "minibatch-cka") return minibatchTable(values, layers.length, n, options);
  if (measure === "predictivity") {
    const foldOf = shuffledFolds(n, options.folds, options.seed);
    // Cells come row by row: what predicts is kept until another does.
    let ready: { readonly layer: number; readonly predict: ReturnType<typeof predictorFrom> } | null = null;
    const from = (layer: number) => {
      if (ready?.layer !== layer) ready = { layer, predict: predictorFrom(values(layer), { ...options, foldOf }) };
      return ready.predict;
    };
    return {
      value: (a, b) => from(a)(values(b)).r2,
      shuffled: (a, b, order) => from(a)(rowsOf(values(b), order)).r2,
      shuffledAll: null,
      shuffledMean: () => null,
    };
  }
  const subspaces = lazily(layers, ({ values }) => subspaceOf(values, { ...options, items }));
  const compare = subspaceMeasure(measure, options);
  return {
    value: (a, b) => compare(subspaces(a), subspaces(b), undefined),
    shuffled: (a, b, order) => compare(subspaces(a), subspaces(b), order),
    shuffledAll: null,
    shuffledMean: () => null,
  };
}

function minibatchTable(
  values: (layer: number) => Matrix64,
  layers: number,
  n: number,
  options: MeasureOptions,
): PairTable {
  const batches = contiguousBatches(n, options.batch);
  if (batches.length === 0)
    throw new RefusedError("too-few-items", `${n} items fill no batch of ${options.batch}.`, "Take a smaller batch.");
  const all = Array.from({ length: layers }, (_, at) => at);
  const form = (layer: number, order: Int32Array | null) =>
    minibatchForm(
      values(layer),
      order === null ? batches : batches.map((one) => one.map((item) => order[item]!)),
      options,
    );
  const forms = lazily(all, (at) => {
    requireSpread(values(at));
    return form(at, null);
  });
  // The sums of a layer with itself change with its order: other items are in a batch together.
  const against = (x: Float64Array<ArrayBuffer>, y: Float64Array<ArrayBuffer>) =>
    ratio(dot(x, y), dot(x, x), dot(y, y));
  return {
    value: (a, b) => against(forms(a), forms(b)),
    shuffled(a, b, order) {
      forms(b);
      return against(forms(a), form(b, order));
    },
    shuffledAll(order) {
      const still = all.map((at) => orNull(() => forms(at)));
      const moved = still.map((one, at) => (one === null ? null : form(at, order)));
      const [rows, columns] = [still, moved].map((lists) =>
        lists.map((list) => (list === null ? Number.NaN : dot(list, list))),
      ) as [number[], number[]];
      return dotProducts(still, moved, options).map((cross, at) =>
        ratio(cross, rows[Math.floor(at / layers)]!, columns[at % layers]!),
      );
    },
    shuffledMean: () => null,
  };
}

/** Some dimension that not all items share. */
function requireSpread({ columns: p, data }: Matrix64): void {
  for (let at = p; at < data.length; at++) if (data[at] !== data[at % p]) return;
  throw new RefusedError(
    "degenerate",
    "The representation is the same for every item: nothing can be compared with it.",
  );
}

function subspaceMeasure(
  measure: Measure,
  options: MeasureOptions,
): (x: Subspace, y: Subspace, order: Int32Array | undefined) => number {
  const watched: Watched = options;
  const ordered = (order: Int32Array | undefined) => (order === undefined ? watched : { ...watched, order });
  switch (measure) {
    case "cca":
      return (x, y, order) => meanCca(x, y, ordered(order));
    case "svcca":
      return (x, y, order) => svcca(x, y, options.share, ordered(order)).mean;
    case "pwcca":
      return (x, y, order) => pwcca(x, y, ordered(order));
    case "procrustes":
      return (x, y, order) => shape(x, y, 1, ordered(order)).procrustes;
    case "angular":
      return (x, y, order) => shape(x, y, 1, ordered(order)).angle;
    default:
      return (x, y, order) => shape(x, y, options.alpha, ordered(order)).angle;
  }
}

/** The matrix whose inner products are the measure, for those that have one, packed (`formTable.ts`). */
function formOf(
  measure: Measure,
  items: Int32Array | null,
  options: MeasureOptions,
): ((layer: Representation) => Float64Array<ArrayBuffer>) | null {
  const { comparison, width } = options;
  switch (measure) {
    case "rsa":
      if (comparison === "tau-a") return null;
      return (layer) => {
        const whole = layer.dissimilarities;
        if (comparison === "whitened-cosine")
          return packedForm(rdmForm(dissimilarities(layer, items, options), comparison));
        const n = items?.length ?? layer.values.rows;
        // Of all items ranks are as soon found anew; draws of them are what the order of all pairs is kept for.
        if (whole !== undefined && items !== null && (comparison === "spearman" || comparison === "rho-a"))
          return packedTriangle(rankedTriangle(rankedRdm(whole), items, comparison), n);
        return packedTriangle(comparedTriangle(dissimilarities(layer, items, options), comparison), n);
      };
    case "cka":
    case "debiased-cka":
      return ({ values }) =>
        packedForm(kernelForm(linearGram(values, { ...options, items }), measure === "debiased-cka"));
    case "rbf-cka":
      return ({ values }) => packedForm(kernelForm(rbfGram(values, width, { ...options, items }), false));
    default:
      return null;
  }
}

/** Of the items, in their order. */
export function dissimilarities(layer: Representation, items: Int32Array | null, options: MeasureOptions): Matrix64 {
  if (layer.dissimilarities !== undefined)
    return items === null ? layer.dissimilarities : submatrix(layer.dissimilarities, items);
  return rdm(layer.values, plainDistance(options.distance), { ...options, items });
}

/** What stands for a distance that needs repeats where there are none: a network has no noise of measurement. */
export function plainDistance(distance: MeasureOptions["distance"]): Distance {
  return distance === "crossnobis" || distance === "mahalanobis" ? "squared-euclidean" : distance;
}

/** The dissimilarities in order: of all items where they are there, which serves every draw of them, else of those asked for. */
function ranksOf(layer: Representation, items: Int32Array | null, options: MeasureOptions) {
  const whole = layer.dissimilarities;
  return whole === undefined
    ? { ranked: rankedRdm(dissimilarities(layer, items, options)), chosen: null }
    : { ranked: rankedRdm(whole), chosen: items };
}

/** The layers with their dissimilarities, so that draws of items need not measure them again; one that is refused stays as it is. */
export function withDissimilarities<Layer extends Representation>(
  layers: readonly Layer[],
  options: MeasureOptions,
): readonly Layer[] {
  return layers.map((layer) => {
    options.cancel?.throwIfCancelled();
    try {
      return { ...layer, dissimilarities: dissimilarities(layer, null, options) };
    } catch (error) {
      if (error instanceof RefusedError) return layer;
      throw error;
    }
  });
}

/** What `make` gives for each, made when it is first asked for; a refusal is kept as well. */
function lazily<In, Out>(of: readonly In[], make: (one: In, at: number) => Out): (at: number) => Out {
  const kept = new Map<number, { readonly value: Out } | { readonly refused: RefusedError }>();
  return (at) => {
    let found = kept.get(at);
    if (found === undefined) {
      try {
        found = { value: make(of[at]!, at) };
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        found = { refused: error };
      }
      kept.set(at, found);
    }
    if ("refused" in found) throw found.refused;
    return found.value;
  };
}
