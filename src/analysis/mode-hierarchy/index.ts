import { largestMagnitude, requireFinite } from "../../numerics/dense.ts";
import { loadKernels } from "../../numerics/kernels/load.ts";
import { Random } from "../../numerics/random.ts";
import { powerOfTwo } from "../../numerics/svd/scaled.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { averageLinkage } from "../../numerics/trees/averageLinkage.ts";
import { multifurcate, type TreeNode } from "../../numerics/trees/multifurcate.ts";
import { copheneticCorrelation, fourPoint } from "../../numerics/trees/treeLikeness.ts";
import { degenerateGroups } from "../_shared/degenerate.ts";
import { loadMatrix } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis, Measured } from "../types.ts";
import { attach } from "./attach.ts";
import { distancesOf, innerProducts } from "./geometry.ts";
import { manifest } from "./manifest.ts";
import { affordableDraws, permutationNull, permutationP, quantile, vectorsOf } from "./nulls.ts";
import { polesOf } from "./poles.ts";
import { itemsByProperties } from "./table.ts";
import type { HierarchyMode, HierarchyNode, ModeHierarchyResult } from "./types.ts";

const SEED = 2016;
const TOLERANCE = 1e-9;
/** n² distances and n³ work a draw of the null: beyond it a tree on a screen reads as noise anyhow. */
const MAX_ITEMS = 1024;
/** The matrix of similarities is a picture of at most this many rows. */
const MAX_PICTURE = 512;
/** Below it the tree misses more than a third of the distances' variance (Sokal & Rohlf's rule of thumb). */
const MIN_COPHENETIC = 0.8;
const MAX_DELTA = 0.1;
/** Half of a mode names it (its properties); nearly all of it says whom it concerns (its items). */
const PROPERTY_SHARE = 0.5;
const MAX_POLE_PROPERTIES = 16;
const ITEM_SHARE = 0.9;
const MAX_POLE_ITEMS = 64;

export const modeHierarchyAnalysis: Analysis<ModeHierarchyResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const options = readParameters(manifest.parameters, parameters);
    const loaded = await loadMatrix(context);
    const { cancel } = context;
    const items = options.items === "rows" ? loaded.rows : loaded.columns;
    const properties = options.items === "rows" ? loaded.columns : loaded.rows;
    requireFinite(loaded);
    const refusal = refusalOf(items, options.items);
    const unit = powerOfTwo(largestMagnitude(loaded.data));
    const y = itemsByProperties(loaded, options.items, 1 / unit, options.centre);
    const base = {
      reading: loaded.reading,
      items,
      properties,
      itemAxis: options.items,
      centred: options.centre,
      geometry: options.geometry,
    };
    if (refusal !== null) return { ...base, ...nothing(items, refusal) };
    const count = Math.min(items, properties);
    const triplets = topTriplets({ rows: items, columns: properties, data: y }, count, {
      tolerance: TOLERANCE,
      seed: SEED,
      cancel,
      progress: (part) => context.progress(0.3 * part),
    });
    const top = triplets.values[0] ?? 0;
    if (top === 0) return { ...base, ...nothing(items, "All entries are equal to zero: there is no mode.") };
    const rank = triplets.values.filter((value) => value > RANK_FLOOR * top).length;
    const modes = { values: triplets.values.slice(0, rank), vectors: new Float64Array(rank * items) };
    const itemVectors = new Float32Array(rank * items);
    const propertyVectors = new Float32Array(rank * properties);
    for (let k = 0; k < rank; k++) {
      modes.vectors.set(triplets.left[k]!, k * items);
      itemVectors.set(triplets.left[k]!, k * items);
      propertyVectors.set(triplets.right[k]!, k * properties);
    }
    const products = innerProducts(modes, items, options.geometry);
    const distances = distancesOf(products, items);
    const merges = averageLinkage(distances, items);
    const nodes = (merges[merges.length - 1]?.height ?? 0) === 0 ? [] : multifurcate(merges, items);
    const groups = [...new Set(degenerateGroups(modes.values, options.gap))];
    const attachments = groups.map((group) => attach(vectorsOf(modes, group, items), nodes));
    const draws = affordableDraws(options.draws, items, properties);
    const random = new Random(SEED);
    const { cophenetic, purities } = permutationNull(loadKernels(), y, items, properties, groups, {
      draws,
      geometry: options.geometry,
      random,
      cancel,
      progress: (part) => context.progress(0.3 + 0.7 * part),
    });
    const total = modes.values.reduce((sum, value) => sum + value * value, 0);
    const said = groups.flatMap((group, at) => {
      const { nodes: places, purity } = attachments[at]!;
      const null_ = purities[at]!;
      return group.map(
        (index): HierarchyMode => ({
          index,
          singularValue: modes.values[index]! * unit,
          share: modes.values[index]! ** 2 / total,
          group,
          nodes: places,
          purity,
          purityNull: quantile(null_, 0.95),
          purityP: permutationP(null_, purity),
          itemPoles: polesOf(triplets.left[index]!, ITEM_SHARE, MAX_POLE_ITEMS),
          propertyPoles: polesOf(triplets.right[index]!, PROPERTY_SHARE, MAX_POLE_PROPERTIES),
        }),
      );
    });
    const correlation = copheneticCorrelation(distances, merges, items);
    const delta = fourPoint(distances, items, random);
    return {
      ...base,
      modes: said,
      itemVectors,
      propertyVectors,
      nodes: nodes.map((node, at) => nodeOf(node, at, said, unit, options.geometry)),
      order: Int32Array.from(nodes[0]?.items ?? Array.from({ length: items }, (_, i) => i)),
      similarity: items > MAX_PICTURE ? null : pictureOf(products, unit, options.geometry),
      copheneticCorrelation: exact(correlation, "Pearson over all pairs of items, average linkage"),
      copheneticNull: quantile(cophenetic, 0.95),
      copheneticP: permutationP(cophenetic, correlation),
      relativeDelta: delta.exact
        ? exact(delta.relativeDelta, "largest over all quadruples of items")
        : {
            value: delta.relativeDelta,
            how: {
              kind: "bound",
              residual: 0,
              method: `largest over ${delta.quadruples} random quadruples of items: δ is at least this`,
            },
          },
      treeLike: verdict(correlation, delta.relativeDelta),
      draws,
      degenerate: nodes.length === 0 ? "All items coincide: there is no tree." : null,
    };
  },
};

/** Relative to σ₁; the floor of the Gram route with which nulls are computed. */
const RANK_FLOOR = 1e-7;

const exact = (value: number, method: string): Measured => ({ value, how: { kind: "exact", method } });

function refusalOf(items: number, axis: string): string | null {
  if (items < 3)
    return `There ${items === 1 ? "is one item" : `are ${items} items`} in the ${axis}: a tree needs three.`;
  if (items > MAX_ITEMS)
    return `There are ${items} items in the ${axis}: a tree is drawn for at most ${MAX_ITEMS}. Choose the other side as items.`;
  return null;
}

/** Heights and similarities are in the table's own units again: √σ scales with the root of the unit. */
function scaleOf(unit: number, geometry: "hidden" | "behaviour"): number {
  return geometry === "hidden" ? Math.sqrt(unit) : unit;
}

function nodeOf(
  node: TreeNode,
  at: number,
  modes: readonly HierarchyMode[],
  unit: number,
  geometry: "hidden" | "behaviour",
): HierarchyNode {
  return {
    children: node.children,
    parent: node.parent,
    size: node.items.length,
    height: node.height * scaleOf(unit, geometry),
    modes: modes.filter(({ nodes }) => nodes.includes(at)).map(({ index }) => index),
  };
}

function pictureOf(products: Float64Array, unit: number, geometry: "hidden" | "behaviour") {
  const scale = scaleOf(unit, geometry) ** 2;
  return Float32Array.from(products, (value) => value * scale);
}

function verdict(correlation: number, delta: number): ModeHierarchyResult["treeLike"] {
  if (Number.isNaN(correlation))
    return { verdict: false, reason: "All items are equally far from one another: no tree is better than another." };
  const r = correlation.toFixed(3);
  const d = delta.toFixed(3);
  if (correlation < MIN_COPHENETIC)
    return {
      verdict: false,
      reason: `Not tree-like: the tree keeps the distances only to r = ${r} (cophenetic; at least ${MIN_COPHENETIC} is asked).`,
    };
  if (delta > MAX_DELTA)
    return {
      verdict: false,
      reason: `Not tree-like: quadruples of items contradict a tree by δ = ${d} of the diameter (at most ${MAX_DELTA} is allowed).`,
    };
  return { verdict: true, reason: `Tree-like: cophenetic correlation ${r}, four-point defect ${d} of the diameter.` };
}

function nothing(items: number, reason: string) {
  const undefined_ = exact(Number.NaN, "not defined here");
  return {
    modes: [],
    itemVectors: new Float32Array(0),
    propertyVectors: new Float32Array(0),
    nodes: [],
    order: Int32Array.from({ length: Math.min(items, MAX_ITEMS) }, (_, i) => i),
    similarity: null,
    copheneticCorrelation: undefined_,
    copheneticNull: Number.NaN,
    copheneticP: Number.NaN,
    relativeDelta: undefined_,
    treeLike: { verdict: false, reason },
    draws: 0,
    degenerate: reason,
  };
}
