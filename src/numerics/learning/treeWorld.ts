/**
 * Items that descend from one ancestor: a regular tree of given depth and branching, whose properties (±1) are passed on and flip with probability ε at each
 * edge (Saxe, McClelland & Ganguli 2019, SI).
 *   q_k = (1 − 2ε)^(2(D − k))      overlap of two leaves whose last common ancestor is at level k (0: the root, D: the leaf itself)
 *   λ_l = P·Σ_{k ≥ l} (q_k − q_(k−1))/B^k      eigenvalues of OᵀO/N for N → ∞ properties; degeneracy 1 at l = 0, B^(l−1)(B − 1) below
 * The modes of Σ³¹ are √(N·λ_l); coarse before fine, as λ_l falls with l.
 * Shapes: P = B^D items. The sample's values spread around √(Nλ_l) within a level as Marchenko–Pastur says: not further structure.
 */
import type { DenseMatrix } from "../dense.ts";
import type { Random } from "../random.ts";

export interface TreeShape {
  readonly depth: number;
  readonly branching: number;
  /** ε, below ½. */
  readonly flip: number;
}

export interface TreeLevel {
  readonly level: number;
  readonly lambda: number;
  readonly degeneracy: number;
}

export function treeLevels({ depth, branching, flip }: TreeShape): readonly TreeLevel[] {
  const q = (level: number) => (level < 0 ? 0 : (1 - 2 * flip) ** (2 * (depth - level)));
  const items = branching ** depth;
  return Array.from({ length: depth + 1 }, (_, level) => {
    let sum = 0;
    for (let k = level; k <= depth; k++) sum += (q(k) - q(k - 1)) / branching ** k;
    const degeneracy = level === 0 ? 1 : branching ** (level - 1) * (branching - 1);
    return { level, lambda: items * sum, degeneracy };
  });
}

/** √(N·λ) of each level: singular values of Σ³¹ in the limit. */
export function treeStrengths(shape: TreeShape, properties: number): readonly number[] {
  return treeLevels(shape).map(({ lambda }) => Math.sqrt(properties * lambda));
}

/** Properties × items, entries ±1. Item k's path from the root is k written in base B. */
export function sampleTree(shape: TreeShape, properties: number, random: Random): DenseMatrix {
  const { depth, branching, flip } = shape;
  const items = branching ** depth;
  const data = new Float64Array(properties * items);
  for (let m = 0; m < properties; m++) {
    let level = [random.uniform() < 0.5 ? -1 : 1];
    for (let d = 0; d < depth; d++)
      level = level.flatMap((value) =>
        Array.from({ length: branching }, () => (random.uniform() < flip ? -value : value)),
      );
    data.set(level, m * items);
  }
  return { rows: properties, columns: items, data };
}

/**
 * The table whose modes are exactly those of the limit: rows are √(N·λ_l) times the tree's orthonormal contrasts, one row for each item's dimension.
 * What theory says of infinitely many properties, with as many as items.
 */
export function idealTree(shape: TreeShape, properties: number): DenseMatrix {
  const { depth, branching } = shape;
  const items = branching ** depth;
  const strengths = treeStrengths(shape, properties);
  const rows: Float64Array[] = [new Float64Array(items).fill(strengths[0]! / Math.sqrt(items))];
  for (let level = 1; level <= depth; level++) {
    const size = items / branching ** level;
    for (let node = 0; node < branching ** (level - 1); node++)
      for (let contrast = 1; contrast < branching; contrast++) {
        const row = new Float64Array(items);
        const start = node * size * branching;
        // Helmert's contrasts: child `contrast` against the mean of those before it.
        const scale = strengths[level]! / Math.sqrt(size * contrast * (contrast + 1));
        row.fill(scale, start, start + contrast * size);
        row.fill(-contrast * scale, start + contrast * size, start + (contrast + 1) * size);
        rows.push(row);
      }
  }
  const data = new Float64Array(items * items);
  for (const [k, row] of rows.entries()) data.set(row, k * items);
  return { rows: items, columns: items, data };
}
