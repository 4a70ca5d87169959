import type { MatrixReading } from "../../base/tensor.ts";
import type { Measured } from "../types.ts";
import type { Poles } from "./poles.ts";

export interface HierarchyMode {
  /** 0-based rank. */
  readonly index: number;
  readonly singularValue: number;
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

export interface HierarchyNode {
  /** Nodes, or an item as −1 − item. */
  readonly children: readonly number[];
  readonly parent: number | null;
  readonly size: number;
  /** Mean distance at which its children join. */
  readonly height: number;
  /** Ranks of the modes attached to its split, strongest first. */
  readonly modes: readonly number[];
}

export interface ModeHierarchyResult {
  readonly reading: MatrixReading;
  readonly items: number;
  readonly properties: number;
  readonly itemAxis: "rows" | "columns";
  readonly centred: boolean;
  readonly geometry: "hidden" | "behaviour";
  readonly modes: readonly HierarchyMode[];
  /** modes × items and modes × properties, row-major: v (typicality) and u (prototypes); signs fixed together. */
  readonly itemVectors: Float32Array<ArrayBuffer>;
  readonly propertyVectors: Float32Array<ArrayBuffer>;
  /** Node 0 is the root; empty where all items coincide. */
  readonly nodes: readonly HierarchyNode[];
  /** Items in the order in which the tree draws them. */
  readonly order: Int32Array<ArrayBuffer>;
  /** Inner products of the items' vectors, items × items in the table's own order; null above 512 items. */
  readonly similarity: Float32Array<ArrayBuffer> | null;
  /** NaN where it is not defined (equal distances). */
  readonly copheneticCorrelation: Measured;
  readonly copheneticNull: number;
  readonly copheneticP: number;
  /** Gromov's δ over the diameter. */
  readonly relativeDelta: Measured;
  /** What the two say together, as one sentence. */
  readonly treeLike: { readonly verdict: boolean; readonly reason: string };
  /** Permutations drawn for the nulls. */
  readonly draws: number;
  readonly degenerate: string | null;
}
