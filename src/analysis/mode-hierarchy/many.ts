import { Random } from "../../numerics/random.ts";
import { type Groups, groupsOf, sampleOf } from "../../numerics/structure/kMeans.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { averageLinkage } from "../../numerics/trees/averageLinkage.ts";
import { multifurcate, type TreeNode } from "../../numerics/trees/multifurcate.ts";
import { copheneticDistances, fourPoint } from "../../numerics/trees/treeLikeness.ts";
import { degenerateGroups } from "../_shared/degenerate.ts";
import type { LoadedMatrix } from "../_shared/input.ts";
import type { AnalysisContext, Measured } from "../types.ts";
import { attach } from "./attach.ts";
import { blocksOf } from "./blocks.ts";
import {
  ALL_EQUAL,
  ALL_ZERO,
  type Facts,
  measuredDelta,
  measureFew,
  modeCoherence,
  type Options,
  RANK_FLOOR,
  SEED,
} from "./few.ts";
import { distancesOf, scaleOf } from "./geometry.ts";
import { modePoles } from "./poles.ts";
import { centreInPlace, tableOf, unitItemsInPlace } from "./table.ts";
import type { HierarchyMode, Leaves } from "./types.ts";
import { treeVerdict } from "./verdict.ts";

/** Modes in whose space many items are told apart; more would cost time and bring noise. */
const MOST_MODES = 32;
const TOLERANCE = 1e-5;
/** Items that nulls are drawn on, one by one. */
const SAMPLE = 192;
const PAIRS = 100_000;
/** A mode of the whole and one of the sample are the same distinction if their property vectors overlap by at least this (squared). */
const SAME = 0.5;

/**
 * More items than a tree has room for: they are summarized as the ends of the tree (k-means in the space of the leading modes), and how much that hides is
 * said. Numbers with a null are measured once more on a random sample of items, one by one, with the sample's own permutations. Changes the matrix where it is
 * to be centred.
 */
export function measureMany(
  loaded: LoadedMatrix,
  side: {
    readonly itemAxis: "rows" | "columns";
    readonly centre: boolean;
    readonly values: readonly [number, number] | null;
  },
  options: Options & { readonly leaves: number },
  given: number,
  context: Pick<AnalysisContext, "cancel" | "progress">,
): Facts & { readonly leaves: Leaves } {
  const { itemAxis, centre, values: twoValues } = side;
  const { geometry } = options;
  const { cancel } = context;
  const unit = geometry === "direction" ? 1 : given;
  const random = new Random(SEED);
  const [items, properties] = itemAxis === "rows" ? [loaded.rows, loaded.columns] : [loaded.columns, loaded.rows];
  const sample = sampleOf(items, SAMPLE, random);
  const tested = measureFew(tableOf(loaded, itemAxis, sample, 1 / given, centre, twoValues), options, given, {
    cancel,
    progress: (part) => context.progress(0.4 * part),
  });
  const ones = twoValues === null ? null : onesByItem(loaded, itemAxis, twoValues);
  if (centre) centreInPlace(loaded, itemAxis);
  if (geometry === "direction") unitItemsInPlace(loaded, itemAxis);
  const triplets = topTriplets(loaded, Math.min(MOST_MODES, items, properties), {
    tolerance: TOLERANCE,
    seed: SEED,
    cancel,
    progress: (part) => context.progress(0.4 + 0.3 * part),
  });
  const [onItems, onProperties] =
    itemAxis === "rows" ? [triplets.left, triplets.right] : [triplets.right, triplets.left];
  const rank = triplets.values.filter((value) => value > RANK_FLOOR * (triplets.values[0] ?? 0)).length;
  const values = triplets.values.slice(0, rank);
  let total = 0;
  for (const value of loaded.data) total += (value / unit) ** 2;
  const points = new Float64Array(items * rank);
  for (let k = 0; k < rank; k++) {
    const weight = geometry === "hidden" ? Math.sqrt(values[k]! / unit) : values[k]! / unit;
    for (let i = 0; i < items; i++) points[i * rank + k] = weight * onItems[k]![i]!;
  }
  const groups = groupsOf(points, items, rank, options.leaves, {
    random,
    cancel,
    progress: (part) => context.progress(0.7 + 0.25 * part),
  });
  const { count } = groups;
  const products = productsOf(groups.centres, count, rank);
  const distances = distancesOf(products, count);
  const merges = averageLinkage(distances, count, groups.sizes);
  const nodes = (merges[merges.length - 1]?.height ?? 0) === 0 ? [] : multifurcate(merges, count);
  const modes = saidModes({
    values,
    onItems,
    onProperties,
    total: total * unit ** 2,
    groups,
    nodes,
    tested,
    gap: options.gap,
  });
  const blocks =
    ones === null ? null : blocksOf(nodes, countsByEnd(ones, groups, properties), groups.sizes, properties);
  const correlation = sampledCophenetic(points, items, rank, groups, copheneticDistances(merges, count), random);
  const delta = fourPoint(distances, count, random);
  const itemVectors = new Float32Array(rank * items);
  const propertyVectors = new Float32Array(rank * properties);
  for (let k = 0; k < rank; k++) {
    itemVectors.set(onItems[k]!, k * items);
    propertyVectors.set(onProperties[k]!, k * properties);
  }
  const scale = scaleOf(unit, geometry);
  return {
    ...tested,
    modes,
    itemVectors,
    propertyVectors,
    nodes: nodes.map((node, at) => ({
      children: node.children,
      parent: node.parent,
      size: node.items.reduce((sum, end) => sum + groups.sizes[end]!, 0),
      height: node.height * scale,
      heightP: Number.NaN,
      modes: modes.filter((mode) => mode.nodes.includes(at)).map(({ index }) => index),
      coherence:
        blocks === null
          ? modeCoherence(modes.find((mode) => mode.nodes.includes(at)))
          : (blocks[at] ?? null) && { ...blocks[at]!, p: Number.NaN },
    })),
    order: Int32Array.from(nodes[0]?.items ?? Array.from({ length: count }, (_, i) => i)),
    similarity: Float32Array.from(products, (value) => value * scale ** 2),
    copheneticCorrelation: correlation,
    relativeDelta: measuredDelta(delta),
    treeLike: treeVerdict(correlation.value, delta.relativeDelta),
    offered: treeVerdict(correlation.value, delta.relativeDelta).verdict ? null : tested.offered,
    degenerate: total === 0 ? ALL_ZERO : nodes.length === 0 ? ALL_EQUAL : null,
    leaves: {
      count,
      of: groups.of,
      sizes: groups.sizes,
      central: groups.central,
      withinShare: groups.withinShare,
      modesShare:
        total === 0 ? Number.NaN : Math.min(1, values.reduce((sum, value) => sum + (value / unit) ** 2, 0) / total),
      sample,
      sampleCophenetic: tested.copheneticCorrelation.value,
    },
  };
}

function saidModes(from: {
  readonly values: Float64Array;
  readonly onItems: readonly Float64Array[];
  readonly onProperties: readonly Float64Array[];
  readonly total: number;
  readonly groups: Groups;
  readonly nodes: readonly TreeNode[];
  readonly tested: Facts;
  readonly gap: number;
}): readonly HierarchyMode[] {
  const { values, onItems, onProperties, total, groups, nodes, tested, gap } = from;
  const places = [...new Set(degenerateGroups(values, gap))];
  return places.flatMap((group) => {
    const sums = group.map((k) => sumsByEnd(onItems[k]!, groups));
    const { nodes: at, purity } = attach(sums, nodes, groups.sizes);
    return group.map((index): HierarchyMode => {
      const twin = twinOf(onProperties[index]!, tested);
      return {
        index,
        singularValue: values[index]!,
        // The sample has fewer items: its σ is another number, and its null is not shown as this one's.
        singularValueNull: Number.NaN,
        singularValueP: twin?.singularValueP ?? Number.NaN,
        share: values[index]! ** 2 / total,
        group,
        nodes: at,
        purity,
        purityNull: twin?.purityNull ?? Number.NaN,
        purityP: twin?.purityP ?? Number.NaN,
        ...modePoles(onItems[index]!, onProperties[index]!),
      };
    });
  });
}

/** The sample's mode that is the same distinction; undefined where it has none. */
function twinOf(vector: Float64Array, { modes, propertyVectors }: Facts): HierarchyMode | undefined {
  const length = vector.length;
  return modes.find(({ index }) => {
    let dot = 0;
    for (let m = 0; m < length; m++) dot += vector[m]! * propertyVectors[index * length + m]!;
    return dot ** 2 >= SAME;
  });
}

function sumsByEnd(vector: Float64Array, { of, count }: Groups): Float64Array<ArrayBuffer> {
  const out = new Float64Array(count);
  for (let i = 0; i < of.length; i++) out[of[i]!] = out[of[i]!]! + vector[i]!;
  return out;
}

function productsOf(centres: Float64Array, count: number, d: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(count * count);
  for (let i = 0; i < count; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += centres[i * d + k]! * centres[j * d + k]!;
      out[i * count + j] = sum;
      out[j * count + i] = sum;
    }
  return out;
}

/** Pearson over random pairs of items of their own distance and the height at which the tree joins their ends (0 inside one end). */
function sampledCophenetic(
  points: Float64Array,
  items: number,
  d: number,
  { of, count }: Groups,
  heights: Float64Array,
  random: Random,
): Measured {
  let [n, meanX, meanY, xx, yy, xy] = [0, 0, 0, 0, 0, 0];
  for (let pair = 0; pair < PAIRS; pair++) {
    const [i, j] = [Math.floor(random.uniform() * items), Math.floor(random.uniform() * items)];
    if (i === j) continue;
    let square = 0;
    for (let k = 0; k < d; k++) square += (points[i * d + k]! - points[j * d + k]!) ** 2;
    const [x, y] = [Math.sqrt(square), heights[of[i]! * count + of[j]!]!];
    n++;
    const [dx, dy] = [x - meanX, y - meanY];
    meanX += dx / n;
    meanY += dy / n;
    xx += dx * (x - meanX);
    yy += dy * (y - meanY);
    xy += dx * (y - meanY);
  }
  const value = xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
  return {
    value,
    how: {
      kind: "estimate",
      standardError: (1 - value ** 2) / Math.sqrt(n),
      method: `Pearson over ${n} random pairs of items; the tree joins groups of items`,
    },
  };
}

/** items × properties, 1 where the upper of the two values stands. */
function onesByItem(
  { rows, columns, data }: LoadedMatrix,
  itemAxis: "rows" | "columns",
  [low]: readonly [number, number],
): (item: number, property: number) => boolean {
  const bits = new Uint8Array(rows * columns);
  for (let at = 0; at < bits.length; at++) bits[at] = data[at] === low ? 0 : 1;
  return (item, property) => bits[itemAxis === "rows" ? item * columns + property : property * columns + item] === 1;
}

function countsByEnd(
  ones: (item: number, property: number) => boolean,
  { of, count }: Groups,
  properties: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(count * properties);
  for (let item = 0; item < of.length; item++) {
    const start = of[item]! * properties;
    for (let m = 0; m < properties; m++) if (ones(item, m)) out[start + m] = out[start + m]! + 1;
  }
  return out;
}
