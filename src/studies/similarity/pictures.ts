import type { CancelToken } from "../../base/cancel.ts";
import { triangleLength } from "../../base/triangle.ts";
import { pooled } from "../../numerics/similarity/ceiling.ts";
import { inner, rdmForm } from "../../numerics/similarity/itemForms.ts";
import type { Matrix64 } from "../../numerics/similarity/matrix.ts";
import { alignedTo, classicalScaling } from "../../numerics/similarity/mds.ts";
import { dissimilarities, plainDistance, traitsOf } from "../../numerics/similarity/measures.ts";
import { planeOf } from "../../numerics/similarity/plane.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import { averageLinkage } from "../../numerics/trees/averageLinkage.ts";
import type { Measured } from "./ceilings.ts";
import type { Pair, Replicate } from "./cells.ts";
import type { CheckedParameters } from "./parameters.ts";
import type { ItemPlane, LayerMap, ShownRdm, SimilarityCell, TreeMerge } from "./types.ts";

/** Squares of shown items over all layers: half of them are held, 32 MiB in float32. */
const MOST_SHOWN = 2 ** 24;
export interface ItemPictures {
  readonly shownItems: number[];
  readonly itemTree: readonly TreeMerge[];
  readonly rdms: readonly ShownRdm[];
  readonly secondOrder: Float64Array<ArrayBuffer> | null;
}

export const NO_PICTURES: ItemPictures = { shownItems: [], itemTree: [], rdms: [], secondOrder: null };

/** The items on show, ascending, evenly from all that are used: as many as asked for, and as the dissimilarities of that many representations leave room. */
export function shownOf(n: number, wanted: number, representations: number): Int32Array<ArrayBuffer> {
  const count = Math.min(wanted, n, Math.floor(Math.sqrt(MOST_SHOWN / representations)));
  return Int32Array.from({ length: count }, (_, k) => Math.floor((k * n) / count));
}

/** RDMs of some items in the order of their tree, and how alike the RDMs are. */
export function itemPictures(
  layers: readonly Measured[],
  shown: Int32Array<ArrayBuffer>,
  parameters: CheckedParameters,
  cancel: CancelToken,
): ItemPictures {
  const count = shown.length;
  const found = layers.map((layer, at): { layer: number; rdm: Matrix64 | null; reason: string | null } => {
    cancel.throwIfCancelled();
    try {
      return { layer: at, rdm: dissimilarities(layer, shown, { ...parameters, cancel }), reason: null };
    } catch (error) {
      if (error instanceof RefusedError) return { layer: at, rdm: null, reason: error.message };
      throw error;
    }
  });
  const whole = found.flatMap(({ rdm }) => (rdm === null || !hasSpread(rdm) ? [] : [rdm]));
  // Distances of all layers weigh the same in the tree, whatever their units.
  const merges = whole.length === 0 ? [] : averageLinkage(nonNegative(pooled(whole, "cosine")), count);
  const order = merges.length === 0 ? Array.from(shown.keys()) : leafOrder(merges, count);
  const planes = planesOf(found, order, cancel);
  const placed = (node: number) => (node < count ? order.indexOf(node) : node);
  return {
    shownItems: order.map((at) => shown[at]!),
    itemTree: merges.map(({ left, right, height }) => ({ left: placed(left), right: placed(right), height })),
    rdms: found.map(({ layer, rdm, reason }, at) => ({
      layer,
      triangle: rdm === null ? null : ordered(rdm, order),
      reason,
      distance: distanceFor(layers[layer]!, parameters),
      plane: planes[at]!,
    })),
    secondOrder: secondOrderOf(found.map(({ rdm }) => rdm)),
  };
}

const distanceFor = ({ layer }: Measured, { distance }: CheckedParameters): string =>
  layer.kind === "layer" ? plainDistance(distance) : distance;

/** Items of every layer in a plane, in `order`; turned onto the first, so that an item stays where it was as far as the layers agree. */
function planesOf(
  found: readonly { readonly rdm: Matrix64 | null }[],
  order: readonly number[],
  cancel: CancelToken,
): (ItemPlane | null)[] {
  let first: Matrix64 | null = null;
  return found.map(({ rdm }) => {
    cancel.throwIfCancelled();
    const plane = rdm === null ? null : planeOf({ ...rdm, data: nonNegative(rdm) }, { cancel });
    if (plane === null) return null;
    const points = first === null ? plane.points : alignedTo(first, plane.points);
    first ??= points;
    const placed = Float64Array.from(
      { length: 2 * order.length },
      (_, at) => points.data[2 * order[at >> 1]! + (at & 1)]!,
    );
    return { points: placed, stress: plane.stress };
  });
}

const hasSpread = ({ data }: Matrix64): boolean => data.some((value) => value !== 0);

/** Crossnobis distances may be negative; a tree's heights may not. */
const nonNegative = ({ data }: Matrix64): Float64Array<ArrayBuffer> => data.map((value) => Math.max(0, value));

/** The entries above the diagonal with the items in this order. */
function ordered({ rows: n, data }: Matrix64, order: readonly number[]): Float32Array<ArrayBuffer> {
  const out = new Float32Array(triangleLength(n));
  let at = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) out[at++] = data[order[i]! * n + order[j]!]!;
  return out;
}

/** Leaves from left to right, the side with the first item before the other. */
function leafOrder(merges: readonly TreeMerge[], n: number): number[] {
  const walk = [n + merges.length - 1];
  const out: number[] = [];
  while (walk.length > 0) {
    const node = walk.pop()!;
    if (node < n) out.push(node);
    else walk.push(merges[node - n]!.right, merges[node - n]!.left);
  }
  return out;
}

/** 1 − Spearman of every two. */
function secondOrderOf(rdms: readonly (Matrix64 | null)[]): Float64Array<ArrayBuffer> {
  const forms = rdms.map((one) => {
    try {
      return one === null ? null : rdmForm(one, "spearman");
    } catch (error) {
      if (error instanceof RefusedError) return null;
      throw error;
    }
  });
  const count = forms.length;
  const out = new Float64Array(count * count);
  for (const [a, first] of forms.entries())
    for (const [b, second] of forms.entries())
      out[a * count + b] = first === null || second === null ? Number.NaN : a === b ? 0 : 1 - inner(first, second);
  return out;
}

/** A plane of layers whose distances come closest to the measure's, with where each could as well lie. Null with fewer than three layers. */
export function layerMap(
  cells: readonly SimilarityCell[],
  pairs: readonly Pair[],
  layers: number,
  replicates: readonly Replicate[],
  { measure }: Pick<CheckedParameters, "measure">,
): LayerMap | null {
  const { better } = traitsOf(measure);
  const kept = Array.from({ length: layers }, (_, at) => at).filter((at) =>
    cells.every(({ a, b, refused }) => (a !== at && b !== at) || refused === null || a === b),
  );
  if (kept.length < 3) return null;
  const distances = (value: (pair: number) => number): Matrix64 => {
    const sums = new Float64Array(layers * layers);
    const counts = new Float64Array(layers * layers);
    for (const [at, { a, b }] of pairs.entries()) {
      // Similarities are cosines of angles, or close to it; of what is not symmetric both ways count.
      const d = better === "low" ? Math.max(0, value(at)) : Math.acos(Math.max(-1, Math.min(1, value(at))));
      for (const place of a === b ? [] : [a * layers + b, b * layers + a]) {
        sums[place]! += d;
        counts[place]! += 1;
      }
    }
    const m = kept.length;
    const data = Float64Array.from({ length: m * m }, (_, k) => {
      const place = kept[Math.floor(k / m)]! * layers + kept[k % m]!;
      return counts[place]! > 0 ? sums[place]! / counts[place]! : 0;
    });
    return { rows: m, columns: m, data };
  };
  const scaling = classicalScaling(
    distances((at) => cells[at]!.value),
    2,
  );
  const positive = scaling.eigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const clouds: Float64Array<ArrayBuffer>[] = [];
  for (const one of replicates) {
    const table = distances((at) => one[at]!);
    if (table.data.every(Number.isFinite))
      clouds.push(alignedTo(scaling.points, classicalScaling(table, 2).points).data);
  }
  const all = new Float64Array(clouds.length * kept.length * 2);
  for (const [k, cloud] of clouds.entries()) all.set(cloud, k * kept.length * 2);
  return {
    points: scaling.points.data,
    layers: kept,
    clouds: all,
    draws: clouds.length,
    negativeShare: scaling.negativeShare,
    shown: positive > 0 ? (Math.max(0, scaling.eigenvalues[0]!) + Math.max(0, scaling.eigenvalues[1]!)) / positive : 1,
  };
}
