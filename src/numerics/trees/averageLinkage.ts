/**
 * Average-linkage (UPGMA) clustering of n items from their distances, by nearest-neighbour chains.
 * Definition: the distance between two clusters is the mean distance between their items; the closest two are merged until one is left.
 * Source: Sokal & Michener 1958 (method); Murtagh 1983, Comput. J. 26, 354 (chains; average linkage is reducible, so the merges are the same).
 * Shapes: `distances` n × n, symmetric, zero diagonal, row-major. Special cases: n = 0 and n = 1 have no merge.
 * With `weights` the i-th item stands for so many: distances are means over those, as if each had been there so many times.
 * Ties go to the smaller index, so the result depends on the order of the items where distances are equal. Cost: O(n²), 8n² bytes.
 */

export interface Merge {
  /** Clusters: 0 … n − 1 are the items, n + k is what merge k made. `left` holds the smaller first item. */
  readonly left: number;
  readonly right: number;
  /** Mean distance between the items of the two sides; never falls from one merge to the next. */
  readonly height: number;
  /** Items in it, each counted once whatever it weighs. */
  readonly size: number;
}

export function averageLinkage(distances: Float64Array, n: number, weights?: ArrayLike<number>): readonly Merge[] {
  const d = Float64Array.from(distances);
  const size = weights === undefined ? new Float64Array(n).fill(1) : Float64Array.from(weights);
  const alive = new Uint8Array(n).fill(1);
  const found: { a: number; b: number; height: number }[] = [];
  const chain: number[] = [];
  let first = 0;
  while (found.length < n - 1) {
    if (chain.length === 0) {
      while (alive[first] === 0) first++;
      chain.push(first);
    }
    const tip = chain[chain.length - 1]!;
    const before = chain[chain.length - 2];
    // The one before it on the chain wins a tie: the chain could run in circles otherwise.
    let nearest = before ?? -1;
    let least = before === undefined ? Number.POSITIVE_INFINITY : d[tip * n + before]!;
    for (let other = 0; other < n; other++) {
      if (alive[other] === 0 || other === tip) continue;
      const distance = d[tip * n + other]!;
      if (distance < least) {
        least = distance;
        nearest = other;
      }
    }
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const [a, b] = tip < nearest ? [tip, nearest] : [nearest, tip];
    found.push({ a, b, height: least });
    const [na, nb] = [size[a]!, size[b]!];
    for (let other = 0; other < n; other++) {
      if (alive[other] === 0 || other === a || other === b) continue;
      const mean = (na * d[a * n + other]! + nb * d[b * n + other]!) / (na + nb);
      d[a * n + other] = mean;
      d[other * n + a] = mean;
    }
    size[a] = na + nb;
    alive[b] = 0;
  }
  return inOrder(found, n);
}

/** Chains find merges out of order: sorted by height they are renamed, each cluster found by one of its items. */
function inOrder(found: { a: number; b: number; height: number }[], n: number): readonly Merge[] {
  // A stable sort keeps a merge behind those that made its sides, which are never higher.
  const sorted = found.map((merge, at) => ({ ...merge, at })).sort((x, y) => x.height - y.height || x.at - y.at);
  const parent = Int32Array.from({ length: n }, (_, i) => i);
  const name = Int32Array.from({ length: n }, (_, i) => i);
  const size = new Int32Array(n).fill(1);
  const rootOf = (item: number): number => {
    let root = item;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = item; at !== root; ) {
      const next = parent[at]!;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  return sorted.map(({ a, b, height }, k) => {
    const [p, q] = [rootOf(a), rootOf(b)].sort((x, y) => x - y) as [number, number];
    const merge = { left: name[p]!, right: name[q]!, height, size: size[p]! + size[q]! };
    parent[q] = p;
    size[p] = merge.size;
    name[p] = n + k;
    return merge;
  });
}
