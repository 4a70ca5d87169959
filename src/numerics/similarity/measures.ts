/**
 * Every measure behind one face: a comparison of any two of several representations over the same items, or over some of them, with the items of one side
 * shuffled or not. What a representation is turned into first is kept, so that a table of all pairs turns each only once.
 */
import type { DenseMatrix } from "../dense.ts";
import {
  inner,
  kernelForm,
  linearGram,
  meanOverOrders,
  permutedInner,
  RDM_COMPARISONS,
  rbfGram,
  rdmForm,
  requireShape,
} from "./itemForms.ts";
import { contiguousBatches, minibatchCka } from "./linearCka.ts";
import { type Matrix64, rowsOf, type Watched } from "./matrix.ts";
import { linearPredictivity, shuffledFolds } from "./predictivity.ts";
import { tauA } from "./ranks.ts";
import { type Distance, rdm, submatrix, upperTriangle } from "./rdm.ts";
import { RefusedError, requireItems } from "./refusal.ts";
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
    const forms = lazily(layers, form);
    return {
      value: (a, b) => inner(forms(a), forms(b)),
      shuffled: (a, b, order) => permutedInner(forms(a), forms(b), order),
      shuffledMean: (a, b) => meanOverOrders(forms(a), forms(b)),
    };
  }
  if (measure === "rsa") {
    const rdms = lazily(layers, (layer) => dissimilarities(layer, items, options));
    const triangles = lazily(layers, (_, at) => {
      const triangle = upperTriangle(rdms(at));
      requireShape(triangle);
      return triangle;
    });
    return {
      value: (a, b) => tauA(triangles(a), triangles(b)),
      shuffled: (a, b, order) => tauA(triangles(a), upperTriangle(submatrix(rdms(b), order))),
      shuffledMean: () => null,
    };
  }
  if (measure === "minibatch-cka" || measure === "predictivity") {
    const values = lazily(layers, ({ values: x }) => rowsOf(x, items));
    const batches = contiguousBatches(n, options.batch);
    if (measure === "minibatch-cka" && batches.length === 0)
      throw new RefusedError("too-few-items", `${n} items fill no batch of ${options.batch}.`, "Take a smaller batch.");
    const foldOf = shuffledFolds(n, options.folds, options.seed);
    const compare =
      measure === "predictivity"
        ? (x: Matrix64, y: Matrix64) => linearPredictivity(x, y, { ...options, foldOf }).r2
        : (x: Matrix64, y: Matrix64) => {
            requireSpread(x);
            requireSpread(y);
            return minibatchCka(x, y, batches, options);
          };
    return {
      value: (a, b) => compare(values(a), values(b)),
      shuffled: (a, b, order) => compare(values(a), rowsOf(values(b), order)),
      shuffledMean: () => null,
    };
  }
  const subspaces = lazily(layers, ({ values }) => subspaceOf(values, { ...options, items }));
  const compare = subspaceMeasure(measure, options);
  return {
    value: (a, b) => compare(subspaces(a), subspaces(b), undefined),
    shuffled: (a, b, order) => compare(subspaces(a), subspaces(b), order),
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

/** The matrix whose inner products are the measure, for those that have one. */
function formOf(
  measure: Measure,
  items: Int32Array | null,
  options: MeasureOptions,
): ((layer: Representation) => Matrix64) | null {
  const { comparison, width } = options;
  switch (measure) {
    case "rsa":
      return comparison === "tau-a" ? null : (layer) => rdmForm(dissimilarities(layer, items, options), comparison);
    case "cka":
    case "debiased-cka":
      return ({ values }) => kernelForm(linearGram(values, { ...options, items }), measure === "debiased-cka");
    case "rbf-cka":
      return ({ values }) => kernelForm(rbfGram(values, width, { ...options, items }), false);
    default:
      return null;
  }
}

/** Of the items, in their order. */
export function dissimilarities(layer: Representation, items: Int32Array | null, options: MeasureOptions): Matrix64 {
  if (layer.dissimilarities !== undefined)
    return items === null ? layer.dissimilarities : submatrix(layer.dissimilarities, items);
  // A network has no noise of measurement: against a recording's crossnobis stands its plain distance.
  const distance = options.distance === "crossnobis" ? "squared-euclidean" : options.distance;
  return rdm(layer.values, distance === "mahalanobis" ? "squared-euclidean" : distance, { ...options, items });
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
