import type { Merge } from "../trees/averageLinkage.ts";
import { classFit, type Pairs } from "./classFit.ts";

/**
 * Do the items fall into groups without order? The tree's merges are cut into k clusters, k = 2 … 12, and the cut with the greatest mean silhouette is taken
 * (Rousseeuw 1987: (b − a)/max(a, b), a the mean distance within the own cluster, b to the nearest other; 0 for an item alone). The fit says how far
 * similarity is a function of which two clusters a pair belongs to. Special cases: fewer than four items: null. Cost: 11·n².
 */
export interface Clusters {
  readonly kind: "clusters";
  readonly fit: number;
  readonly silhouette: number;
  readonly count: number;
  /** Cluster of each item, numbered in the order of the items. */
  readonly labels: Int32Array<ArrayBuffer>;
}

const FEWEST_IN_CLUSTERS = 4;
const MOST_CLUSTERS = 12;

export function clustersOf(
  distances: Float64Array,
  merges: readonly Merge[],
  pairs: Pairs,
  n: number,
): Clusters | null {
  if (n < FEWEST_IN_CLUSTERS) return null;
  let best: { silhouette: number; count: number; labels: Int32Array<ArrayBuffer> } | null = null;
  for (let count = 2; count <= Math.min(MOST_CLUSTERS, n >> 1); count++) {
    const labels = cut(merges, n, count);
    const silhouette = meanSilhouette(distances, labels, count, n);
    if (silhouette > (best?.silhouette ?? Number.NEGATIVE_INFINITY)) best = { silhouette, count, labels };
  }
  if (best === null) return null;
  const { labels, count } = best;
  const block = (i: number, j: number) => {
    const [a, b] = [Math.max(labels[i]!, labels[j]!), Math.min(labels[i]!, labels[j]!)];
    return (a * (a + 1)) / 2 + b;
  };
  return { kind: "clusters", fit: classFit(pairs, block, (count * (count + 1)) / 2), ...best };
}

/** The last count − 1 merges undone. */
function cut(merges: readonly Merge[], n: number, count: number): Int32Array<ArrayBuffer> {
  const parent = Int32Array.from({ length: 2 * n }, (_, i) => i);
  for (let k = 0; k < n - count; k++) {
    parent[merges[k]!.left] = n + k;
    parent[merges[k]!.right] = n + k;
  }
  const names = new Map<number, number>();
  return Int32Array.from({ length: n }, (_, item) => {
    let root = item;
    while (parent[root] !== root) root = parent[root]!;
    const name = names.get(root) ?? names.size;
    names.set(root, name);
    return name;
  });
}

function meanSilhouette(distances: Float64Array, labels: Int32Array, count: number, n: number): number {
  const sizes = new Int32Array(count);
  for (const label of labels) sizes[label] = sizes[label]! + 1;
  let total = 0;
  const sums = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    const own = labels[i]!;
    if (sizes[own] === 1) continue;
    sums.fill(0);
    for (let j = 0; j < n; j++) sums[labels[j]!] = sums[labels[j]!]! + distances[i * n + j]!;
    const a = sums[own]! / (sizes[own]! - 1);
    let b = Number.POSITIVE_INFINITY;
    for (let c = 0; c < count; c++) if (c !== own) b = Math.min(b, sums[c]! / sizes[c]!);
    total += Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
  }
  return total / n;
}
