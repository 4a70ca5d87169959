import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { LabelList } from "../../base/labels.ts";

/** How much of a convolution's or a sequence's layer is kept: all of it, or means over positions. */
export type Pooling = "flatten" | "mean-last" | "mean-middle";
export type Scaling = "none" | "z-score" | "without-leading";
/** How a recording with three axes is to be read. */
export type RecordingAxes = "repeats-items-units" | "items-repeats-units";

/** What a panel or the command line may ask; everything has a default. */
export interface SimilarityParameters {
  readonly measure: string;
  readonly distance: string;
  readonly comparison: string;
  /** Patterns of tensor names, any file; empty: all that fit. */
  readonly layers: readonly string[];
  /** Use at most so many items, drawn by the seed; 0: as many as the measure can take. */
  readonly items: number;
  /** Null: as many as half a minute allows, 99 to 999. */
  readonly permutations: number | null;
  readonly bootstraps: number;
  /** Items whose dissimilarities the result holds: a matrix on a screen is read by eye, and more rows than 96 are no more than a texture. */
  readonly shownItems: number;
  readonly seed: number;
  readonly pooling: Pooling;
  readonly scaling: Scaling;
  /** Principal components taken out, for `without-leading`. */
  readonly removed: number;
  readonly noise: string;
  readonly recordingAxes: RecordingAxes;
  readonly width: number;
  readonly share: number;
  readonly alpha: number;
  readonly batch: number;
  readonly folds: number;
  /** A representation whose modes make a tree of the items on show; null: none. */
  readonly hierarchyOf: LayerPlace | null;
  /** Every representation's hierarchy beside the comparison: for a page, which can compute none. */
  readonly hierarchies: boolean;
  /** False: nothing is compared. With `hierarchyOf` the hierarchy alone is asked for, without it the pictures of the items. */
  readonly compare: boolean;
  /** Values for inputs of models that the stimuli do not hold, by input name. */
  readonly fill: Readonly<Record<string, number>>;
  /** Lists of names that lie beside the files; one as long as there are items names them. */
  readonly nameLists: readonly LabelList[];
}

/** A tensor of one of the files, by its index. */
export interface LayerPlace {
  readonly file: number;
  readonly tensor: string;
}

/** The items on show as a tree whose splits the modes of one representation make. Its items are the shown ones in ascending order. */
export interface ItemHierarchy {
  readonly layer: LayerPlace;
  readonly tree: ModeHierarchyResult;
}

export interface SimilarityLayer {
  /** Index into `files`. */
  readonly file: number;
  readonly tensor: string;
  /** Short enough for an axis: the tensor's name, with the file's where several are compared. */
  readonly label: string;
  readonly kind: "layer" | "recording";
  readonly items: number;
  readonly dimensions: number;
  /** Independent measurements of every item; 1 for a layer. */
  readonly repeats: number;
}

export interface CellInterval {
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly method: "jackknife" | "grouped-jackknife" | "bootstrap";
  readonly draws: number;
}

export interface CellPermutation {
  readonly p: number;
  /** Corrected for the number of cells, as the result's `correction` says; null on the diagonal and until all cells have been tested. */
  readonly corrected: number | null;
  readonly draws: number;
  readonly enumerated: boolean;
  readonly floor: number;
  /** Items that it was made on: fewer than all for large sets. */
  readonly items: number;
}

/** How p was corrected for the number of cells that were tested at once. */
export interface Correction {
  /** The largest statistic among the cells under the same orders (Westfall & Young), or Holm's where too many values would have to be kept. */
  readonly method: "largest-statistic" | "holm";
  /** Cells off the diagonal that have a p. */
  readonly cells: number;
}

export interface SimilarityCell {
  readonly a: number;
  readonly b: number;
  /** NaN where it is refused. */
  readonly value: number;
  /** So many of the first items it is of as yet, while the rest is computed; null once it is of all. */
  readonly soFar: number | null;
  /** Why there is no number, by the name of the condition and in words. */
  readonly refused: { readonly condition: string; readonly reason: string } | null;
  readonly interval: CellInterval | null;
  /** What shuffled items give: exact, or the mean of the permutations. Null until it is known. */
  readonly chance: number | null;
  readonly permutation: CellPermutation | null;
  /** The 95 % interval lies on the better side of chance; null until both are known. */
  readonly clear: boolean | null;
  /** Of SVCCA: directions kept of a and of b. */
  readonly kept: readonly [number, number] | null;
}

/** Dissimilarities of the items on show, in the order of `shownItems`. */
export interface ShownRdm {
  readonly layer: number;
  /** Of every two items, row by row above the diagonal (`base/triangle.ts`); null where it is refused. */
  readonly triangle: Float32Array | null;
  readonly reason: string | null;
  /** Which distance it is: a layer has none that are free of noise, its plain ones stand in. */
  readonly distance: string;
  /** The items in a plane by these distances; null where it is refused, or all items are the same. */
  readonly plane: ItemPlane | null;
}

/** Two axes without a meaning of their own; those of all layers are turned and mirrored onto the first's, never stretched. */
export interface ItemPlane {
  /** Shown items × 2, in their order. */
  readonly points: Float64Array;
  /** Kruskal's stress-1 of the distances in the plane against the dissimilarities. */
  readonly stress: number;
}

/** Of the items on show, in the order of `shownItems`. */
export type ShownStimuli = ShownImages | ShownTexts;

export interface ShownTexts {
  readonly kind: "texts";
  /** The list in the file; "" for one name a line. */
  readonly list: string;
  readonly texts: readonly string[];
}

/** Height × width × channels bytes an item. */
export interface ShownImages {
  readonly kind: "images";
  readonly tensor: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

export interface LayerMap {
  /** Layers × 2. */
  readonly points: Float64Array;
  readonly layers: readonly number[];
  /** Draws × layers × 2, laid onto `points`. */
  readonly clouds: Float64Array;
  readonly draws: number;
  /** Share of the distances that no plane, nor any Euclidean space, can hold. */
  readonly negativeShare: number;
  /** Share of the positive part that two axes hold. */
  readonly shown: number;
}

export interface RecordingCeiling {
  /** The recording, or the first of several. */
  readonly layer: number;
  /** What was measured again: parts (sessions, repeats) of one recording, or recordings. */
  readonly of: "parts" | "recordings";
  readonly lower: number;
  readonly upper: number;
  /** Of τ_a, whose upper end is the best ranking that a search found: no ranking exceeds this. */
  readonly bound: number | null;
  /** How many parts or recordings. */
  readonly over: number;
  /** Median Spearman–Brown reliability of its units; NaN of several recordings. */
  readonly reliability: number;
  /** Mean comparison of every network's layer with the single parts: what stands against the ceiling (a cell is against all parts together). */
  readonly layers: readonly CeilingLayer[];
  /** Every two of `layers`: which of them the recordings agree with more. */
  readonly differences: readonly CeilingDifference[];
  /** The two-factor bootstrap that errors and p come from; null where there is none, and why. */
  readonly bootstrap: {
    readonly draws: number;
    readonly items: number;
    readonly degreesOfFreedom: number;
    /** Standard errors of the ceiling's lower and upper end. */
    readonly ceilingErrors: readonly [number, number];
  } | null;
  readonly noBootstrap: string | null;
}

/** Errors are over items and parts (or recordings) at once; null without a bootstrap. */
export interface CeilingLayer {
  readonly layer: number;
  readonly value: number;
  readonly standardError: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Of being 0 or less (one-sided t); null for the cosine, which is above 0 by chance. */
  readonly p: number | null;
  /** Of lying at the ceiling's lower end (two-sided t): a small one says that something is left to explain, or that the layer does better. */
  readonly belowCeiling: number | null;
}

export interface CeilingDifference {
  readonly a: number;
  readonly b: number;
  /** Value of a minus that of b, its error, two-sided p by itself and by Holm over all pairs. */
  readonly difference: number;
  readonly standardError: number;
  readonly p: number;
  readonly corrected: number;
}

export interface LayerMatch {
  /** A layer of the first file, and the closest one of the second. */
  readonly layer: number;
  readonly best: number;
  readonly value: number;
  readonly sameName: boolean;
}

export interface ModelComparison {
  readonly a: number;
  readonly b: number;
  /** Mean over layers of the same name where all have one, else of each layer's best match, both ways. */
  readonly value: number;
  readonly by: "same-names" | "best-matches";
  readonly matches: readonly LayerMatch[];
}

/** Layers of three or more networks that have the same ones, with errors over items and networks at once. */
export interface AcrossFiles {
  /** Which files, and what their layers are called. */
  readonly files: readonly number[];
  readonly layers: readonly string[];
  readonly cells: readonly {
    /** Index into `layers`: a of one network against b of another. */
    readonly a: number;
    readonly b: number;
    /** Mean over all pairs of different networks. */
    readonly value: number;
    readonly standardError: number;
    readonly low: number;
    readonly high: number;
    /** The part over items, and that over networks; their squares add up. */
    readonly errors: readonly [number, number];
  }[];
  readonly degreesOfFreedom: number;
}

export interface TreeMerge {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

export interface SimilarityResult {
  readonly measure: string;
  readonly distance: string;
  readonly comparison: string;
  readonly better: "high" | "low";
  readonly symmetric: boolean;
  readonly identity: number;
  /** What is being done, in words; empty when all is there. */
  readonly stage: string;
  readonly files: readonly { readonly name: string; readonly uri: string }[];
  readonly layers: readonly SimilarityLayer[];
  readonly leftOut: readonly { readonly file: number; readonly tensor: string; readonly reason: string }[];
  readonly items: {
    readonly all: number;
    readonly used: number;
    readonly names: readonly string[] | null;
    /** Which of all items are used, ascending; null for all of them. */
    readonly rows: Int32Array | null;
    /** Groupings of the used items: lists in which words come back. */
    readonly categories: readonly LabelList[];
  };
  readonly cells: readonly SimilarityCell[];
  /** Null where nothing was permuted. */
  readonly correction: Correction | null;
  readonly models: readonly ModelComparison[];
  /** Null with fewer than three files of the same layers, and until items have been resampled. */
  readonly acrossFiles: AcrossFiles | null;
  /** Indices of the items in the RDMs, in the order of the tree. */
  readonly shownItems: readonly number[];
  /** Average linkage of the shown items by the layers' mean dissimilarity, whose positions in `shownItems` are the leaves 0 … n − 1. */
  readonly itemTree: readonly TreeMerge[];
  readonly rdms: readonly ShownRdm[];
  /** 1 − Spearman of every two RDMs, layers × layers: the RDM of RDMs; NaN where one is refused. */
  readonly secondOrder: Float64Array | null;
  readonly map: LayerMap | null;
  readonly ceilings: readonly RecordingCeiling[];
  readonly stimuli: ShownStimuli | null;
  /** Null unless it was asked for. */
  readonly hierarchy: ItemHierarchy | null;
  /** Of every representation, where they were asked for; else none. */
  readonly hierarchies: readonly ItemHierarchy[];
  readonly notes: readonly string[];
}
