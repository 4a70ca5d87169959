import { largestMagnitude } from "../../numerics/dense.ts";
import { loadKernels } from "../../numerics/kernels/load.ts";
import { Random } from "../../numerics/random.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { fourPoint } from "../../numerics/trees/treeLikeness.ts";
import { degenerateGroups } from "../_shared/degenerate.ts";
import type { AnalysisContext, Measured } from "../types.ts";
import { attach } from "./attach.ts";
import { blocksOf, onesOf } from "./blocks.ts";
import { type Geometry, scaleOf, unitItems } from "./geometry.ts";
import { affordableDraws, lowerP, permutationNull, permutationP, quantile, vectorsOf } from "./nulls.ts";
import { modePoles } from "./poles.ts";
import { shapeOf } from "./shape.ts";
import type { Table } from "./table.ts";
import type { HierarchyMode, HierarchyNode, ModeHierarchyResult } from "./types.ts";
import { offer, structuresOf, treeVerdict } from "./verdict.ts";

export const SEED = 2016;
const TOLERANCE = 1e-9;
/** Relative to σ₁; the floor of the Gram route with which nulls are computed. */
export const RANK_FLOOR = 1e-7;

export interface Options {
  readonly geometry: Geometry;
  readonly gap: number;
  readonly draws: number;
}

/** All of the result that does not depend on which items of which matrix the table is of. */
export type Facts = Omit<
  ModeHierarchyResult,
  "reading" | "items" | "allItems" | "which" | "properties" | "itemAxis" | "centred" | "geometry" | "leaves"
>;

/** Every item on its own: the whole measurement, each number with its permutation null. `given`: the unit that the table was divided by. */
export function measureFew(
  table: Table,
  { geometry, gap, draws: wanted }: Options,
  given: number,
  context: Pick<AnalysisContext, "cancel" | "progress">,
): Facts {
  const { items, properties, midpoints } = table;
  const data = geometry === "direction" ? unitItems(table.data, items, properties) : table.data;
  const { cancel } = context;
  // Items of length 1 have no unit.
  const unit = geometry === "direction" ? 1 : given;
  if (items < 3)
    return nothing(items, `There ${items === 1 ? "is one item" : `are ${items} items`}: a tree needs three.`);
  const triplets = topTriplets({ rows: items, columns: properties, data }, Math.min(items, properties), {
    tolerance: TOLERANCE,
    seed: SEED,
    cancel,
    progress: (part) => context.progress(0.3 * part),
  });
  const top = triplets.values[0] ?? 0;
  // Centred equal items leave the rounding of their mean, which is no mode.
  if (largestMagnitude(table.data) <= ROUNDING * table.magnitude) return nothing(items, ALL_ZERO);
  const rank = triplets.values.filter((value) => value > RANK_FLOOR * top).length;
  const modes = { values: triplets.values.slice(0, rank), vectors: new Float64Array(rank * items) };
  const itemVectors = new Float32Array(rank * items);
  const propertyVectors = new Float32Array(rank * properties);
  for (let k = 0; k < rank; k++) {
    modes.vectors.set(triplets.left[k]!, k * items);
    itemVectors.set(triplets.left[k]!, k * items);
    propertyVectors.set(triplets.right[k]!, k * properties);
  }
  const random = new Random(SEED);
  const shape = shapeOf(modes, items, properties, geometry, random);
  const groups = [...new Set(degenerateGroups(modes.values, gap))];
  const attachments = groups.map((group) => attach(vectorsOf(modes, group, items), shape.nodes));
  const nulls = permutationNull(loadKernels(), table, groups, {
    draws: affordableDraws(wanted, table),
    geometry,
    random,
    cancel,
    progress: (part) => context.progress(0.3 + 0.7 * part),
  });
  const total = modes.values.reduce((sum, value) => sum + value * value, 0);
  const said = groups.flatMap((group, at) => {
    const { nodes, purity } = attachments[at]!;
    const strongest = modes.values[group[0]!]!;
    return group.map(
      (index): HierarchyMode => ({
        index,
        singularValue: modes.values[index]! * unit,
        singularValueNull: quantile(nulls.values[at]!, 0.95) * unit,
        singularValueP: permutationP(nulls.values[at]!, strongest),
        share: modes.values[index]! ** 2 / total,
        group,
        nodes,
        purity,
        purityNull: quantile(nulls.purities[at]!, 0.95),
        purityP: permutationP(nulls.purities[at]!, purity),
        ...modePoles(triplets.left[index]!, triplets.right[index]!),
      }),
    );
  });
  const blocks = midpoints === null ? null : blocksOf(shape.nodes, onesOf(table.data, midpoints), null, properties);
  const nodes = shape.nodes.map((node, at): HierarchyNode => {
    const own = said.filter((mode) => mode.nodes.includes(at));
    const block = blocks?.[at] ?? null;
    return {
      children: node.children,
      parent: node.parent,
      size: node.items.length,
      height: node.height * scaleOf(unit, geometry),
      heightP: lowerP(nulls.lowest, node.height),
      modes: own.map(({ index }) => index),
      coherence:
        blocks !== null ? block && { ...block, p: permutationP(nulls.coherence, block.value) } : modeCoherence(own[0]),
    };
  });
  const delta = fourPoint(shape.distances, items, random);
  const treeLike = treeVerdict(shape.cophenetic, delta.relativeDelta);
  const structures = structuresOf(shape, nulls);
  const { basicLevel } = shape;
  return {
    modes: said,
    itemVectors,
    propertyVectors,
    nodes,
    order: Int32Array.from(shape.nodes[0]?.items ?? Array.from({ length: items }, (_, i) => i)),
    similarity: scaledProducts(shape.products, unit, geometry),
    copheneticCorrelation: exact(shape.cophenetic, "Pearson over all pairs of items, average linkage"),
    copheneticNull: quantile(nulls.cophenetic, 0.95),
    copheneticP: permutationP(nulls.cophenetic, shape.cophenetic),
    relativeDelta: measuredDelta(delta),
    treeLike,
    structures,
    offered: treeLike.verdict || nodes.length === 0 ? null : offer(structures),
    basicLevel:
      basicLevel === null
        ? null
        : {
            ...basicLevel,
            levels: basicLevel.levels.map((level) => ({ ...level, lambda: level.lambda * unit ** 2 })),
            p: permutationP(nulls.basicLevel, basicLevel.advantage),
          },
    draws: nulls.draws,
    degenerate: nodes.length === 0 ? ALL_EQUAL : null,
  };
}

export const ALL_ZERO = "All entries are equal to zero: there is no mode.";
export const ALL_EQUAL = "All items coincide: there is no tree.";

/** Of the largest entry before centring: what is left of a mean of equal numbers. */
const ROUNDING = 1e-13;

function exact(value: number, method: string): Measured {
  return { value, how: { kind: "exact", method } };
}

export function modeCoherence(mode: HierarchyMode | undefined): HierarchyNode["coherence"] {
  return mode === undefined
    ? null
    : { kind: "mode", value: mode.singularValue, threshold: mode.singularValueNull, p: mode.singularValueP };
}

export function measuredDelta({ relativeDelta, exact: all, quadruples }: ReturnType<typeof fourPoint>): Measured {
  if (all) return exact(relativeDelta, "largest over all quadruples of items");
  return {
    value: relativeDelta,
    how: {
      kind: "bound",
      residual: 0,
      method: `largest over ${quadruples} random quadruples of items: δ is at least this`,
    },
  };
}

function scaledProducts(products: Float64Array, unit: number, geometry: Geometry): Float32Array<ArrayBuffer> {
  const scale = scaleOf(unit, geometry) ** 2;
  return Float32Array.from(products, (value) => value * scale);
}

function nothing(items: number, reason: string): Facts {
  const undefined_ = exact(Number.NaN, "not defined here");
  return {
    modes: [],
    itemVectors: new Float32Array(0),
    propertyVectors: new Float32Array(0),
    nodes: [],
    order: Int32Array.from({ length: items }, (_, i) => i),
    similarity: null,
    copheneticCorrelation: undefined_,
    copheneticNull: Number.NaN,
    copheneticP: Number.NaN,
    relativeDelta: undefined_,
    treeLike: { verdict: false, reason },
    structures: [],
    offered: null,
    basicLevel: null,
    draws: 0,
    degenerate: reason,
  };
}
