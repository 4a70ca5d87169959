import type { MatrixReading } from "../../base/tensor.ts";
import type { Measured } from "../types.ts";
import type { Poles } from "./poles.ts";

export interface HierarchyMode {
  /** 0-based rank. */
  readonly index: number;
  readonly singularValue: number;
  /** 95 % point of the same rank under the permutation null, and the share of draws that reach the observed one. */
  readonly singularValueNull: number;
  readonly singularValueP: number;
  /** σ²/Σσ². */
  readonly share: number;
  /** Ranks of the modes that share its singular value, itself included: only their subspace has a meaning. */
  readonly group: readonly number[];
  /** Nodes whose split its group makes, −1 for what all items share; most loaded first. */
  readonly nodes: readonly number[];
  /** Share of the group's squared length that lies in those nodes. */
  readonly purity: number;
  /** 95 % point of the same number under the permutation null, and the share of draws that reach the observed one. */
  readonly purityNull: number;
  readonly purityP: number;
  /** What it separates: the items and the properties that carry most of it, on either side. Not meaningful alone inside a degenerate group. */
  readonly itemPoles: Poles;
  readonly propertyPoles: Poles;
}

/** A category as a block of a two-valued table. */
export interface PlantedCoherence {
  readonly kind: "planted";
  /** C: above 1 the category stands out of the noise. */
  readonly value: number;
  readonly threshold: number;
  /** Share of draws in which any category of the draw's own tree is as coherent. NaN where no null was drawn. */
  readonly p: number;
  /** Rates of ones inside and outside the block, and how many properties it has; `named` the first of them. */
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
  readonly named: readonly number[];
  /** Squared overlaps of the mode that would be learned with the category. */
  readonly itemOverlap: number;
  readonly propertyOverlap: number;
}

/** Of a table with more than two values: the strongest mode at the node's split, against the same rank of permuted tables. */
export interface ModeCoherence {
  readonly kind: "mode";
  readonly value: number;
  readonly threshold: number;
  readonly p: number;
}

export interface HierarchyNode {
  /** Nodes, or an end of the tree as −1 − end: an item, or a group of items where `leaves` says so. */
  readonly children: readonly number[];
  readonly parent: number | null;
  /** Items below it. */
  readonly size: number;
  /** Mean distance at which its children join. */
  readonly height: number;
  /** Share of draws whose closest two items are no closer: small for items that are relatives. NaN where no null was drawn for it. */
  readonly heightP: number;
  /** Ranks of the modes attached to its split, strongest first. */
  readonly modes: readonly number[];
  /** Null at the root of a two-valued table, and where no mode makes the split. */
  readonly coherence: PlantedCoherence | ModeCoherence | null;
}

/** How well a kind of structure tells the similarities, and where it puts the items. */
export interface Structure {
  readonly kind: "tree" | "ring" | "grid" | "clusters";
  /** Adjusted R²; NaN where it cannot be tried. */
  readonly fit: number;
  readonly fitNull: number;
  readonly p: number;
  readonly placement:
    | { readonly kind: "ring"; readonly order: Int32Array<ArrayBuffer> }
    | {
        readonly kind: "grid";
        readonly rows: number;
        readonly columns: number;
        readonly row: Int32Array<ArrayBuffer>;
        readonly column: Int32Array<ArrayBuffer>;
      }
    | {
        readonly kind: "clusters";
        readonly count: number;
        readonly silhouette: number;
        readonly labels: Int32Array<ArrayBuffer>;
      }
    | null;
}

export interface BasicLevel {
  /** λ of each level that at least half of the items reach; 1 are the root's children. */
  readonly levels: readonly { readonly level: number; readonly categories: number; readonly lambda: number }[];
  /** With the greatest λ. */
  readonly level: number;
  /** (greatest λ below the first level − λ of the first)/mean similarity of an item with itself: above 0 there is a basic level below the top. */
  readonly advantage: number;
  readonly p: number;
}

/** Many items: the tree's ends are groups of items. */
export interface Leaves {
  readonly count: number;
  /** End of each item. */
  readonly of: Int32Array<ArrayBuffer>;
  readonly sizes: Int32Array<ArrayBuffer>;
  /** The item nearest to each end's centre: what to call it by. */
  readonly central: Int32Array<ArrayBuffer>;
  /** Share of the items' variance (in the modes' space) inside ends: what the tree does not show. */
  readonly withinShare: number;
  /** Share of Σσ² in the leading modes, in whose space the ends were made. */
  readonly modesShare: number;
  /** Items, drawn at random, on which nulls and structures were measured one by one, in their own order below. */
  readonly sample: Int32Array<ArrayBuffer>;
  /** Cophenetic correlation of the sample's own tree: what `copheneticNull` and `copheneticP` are about. */
  readonly sampleCophenetic: number;
}

export interface ModeHierarchyResult {
  readonly reading: MatrixReading;
  /** Items that the tree is of, and those that the matrix has. */
  readonly items: number;
  readonly allItems: number;
  /** Number of each item in the matrix; null where they are all there. */
  readonly which: Int32Array<ArrayBuffer> | null;
  readonly properties: number;
  readonly itemAxis: "rows" | "columns";
  readonly centred: boolean;
  readonly geometry: "hidden" | "behaviour" | "direction";
  readonly modes: readonly HierarchyMode[];
  /** modes × items and modes × properties, row-major: v (typicality) and u (prototypes); signs fixed together. */
  readonly itemVectors: Float32Array<ArrayBuffer>;
  readonly propertyVectors: Float32Array<ArrayBuffer>;
  /** Node 0 is the root; empty where all items coincide. */
  readonly nodes: readonly HierarchyNode[];
  /** Ends in the order in which the tree draws them. */
  readonly order: Int32Array<ArrayBuffer>;
  /** Null where every end is one item. */
  readonly leaves: Leaves | null;
  /** Inner products of the ends' points, ends × ends in their own order. */
  readonly similarity: Float32Array<ArrayBuffer> | null;
  /** NaN where it is not defined (equal distances). */
  readonly copheneticCorrelation: Measured;
  readonly copheneticNull: number;
  readonly copheneticP: number;
  /** Gromov's δ over the diameter. */
  readonly relativeDelta: Measured;
  /** What the two say together, as one sentence. */
  readonly treeLike: { readonly verdict: boolean; readonly reason: string };
  /** Tree, ring, grid and clusters, each with its own null; the items are the sample's where there are `leaves`. */
  readonly structures: readonly Structure[];
  /** Where the items are not tree-like: the structure that tells most, or that none does. */
  readonly offered: { readonly kind: Structure["kind"] | null; readonly reason: string } | null;
  readonly basicLevel: BasicLevel | null;
  /** Permutations drawn for the nulls. */
  readonly draws: number;
  readonly degenerate: string | null;
}
