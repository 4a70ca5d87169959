import { attach, GLOBAL } from "../../analysis/mode-hierarchy/attach.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { crossing } from "../../numerics/learning/trajectory.ts";
import { averageLinkage } from "../../numerics/trees/averageLinkage.ts";
import { multifurcate, type TreeNode } from "../../numerics/trees/multifurcate.ts";
import type { Followed } from "../../series/follow.ts";
import type { TaughtModes } from "../../series/modes.ts";
import type { Semantics } from "../../series/semantics.ts";
import type { Withheld } from "../../series/types.ts";
import type { SplitCourse } from "./types.ts";

/** The tree of a longer table has its own view; here its splits are followed in time. */
const MAX_ITEMS = 300;

/**
 * Progressive differentiation: the splits of the items' tree (average linkage of their properties, equal heights one node), each with the mode that makes it,
 * and when the hidden layer told its sides apart. In the theory ‖difference of means‖² grows as the mode's strength, so `apart` is its half-time.
 */
export function splitsOf(
  table: DenseMatrix,
  { modes }: TaughtModes,
  { items, itemProducts }: Semantics,
  { steps }: Followed,
): readonly SplitCourse[] | Withheld {
  if (table.rows > MAX_ITEMS || items.length < table.rows)
    return { reason: `More than ${MAX_ITEMS} items: see the table's own mode hierarchy.` };
  const n = table.rows;
  const nodes = multifurcate(averageLinkage(distances(table), n), n);
  const made = new Map<number, { mode: number; purity: number }>();
  for (const [mode, { v }] of modes.entries()) {
    if (v[0]?.length !== n) continue;
    const { nodes: at, purity } = attach(v, nodes);
    for (const node of at) if (node !== GLOBAL && !made.has(node)) made.set(node, { mode, purity });
  }
  return nodes.map((node, k): SplitCourse => {
    const sides = node.children.map((child) => (child < 0 ? [-1 - child] : nodes[child]!.items));
    const course = steps.map((_, t) => apartness(sides, itemProducts.subarray(t * n * n, (t + 1) * n * n), n));
    const { mode = null, purity = 0 } = made.get(k) ?? {};
    const end = course[course.length - 1]!;
    return {
      sides: orderedSides(node, sides),
      mode,
      purity,
      apart: crossing(steps, course, end * (1 + 1e-9), 0.5)?.time ?? null,
      distances: course,
    };
  });
}

/** Mean over pairs of sides of ‖mean of one − mean of the other‖². */
function apartness(sides: readonly (readonly number[])[], products: Float32Array, n: number): number {
  const between = (a: readonly number[], b: readonly number[]) => {
    let sum = 0;
    for (const i of a) for (const j of b) sum += products[i * n + j]!;
    return sum / (a.length * b.length);
  };
  const own = sides.map((side) => between(side, side));
  let [sum, pairs] = [0, 0];
  for (let i = 0; i < sides.length; i++)
    for (let j = 0; j < i; j++) {
      sum += own[i]! + own[j]! - 2 * between(sides[i]!, sides[j]!);
      pairs++;
    }
  return pairs === 0 ? 0 : sum / pairs;
}

function orderedSides({ items }: TreeNode, sides: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return [...sides].sort((a, b) => items.indexOf(a[0]!) - items.indexOf(b[0]!));
}

function distances({ rows: n, columns, data }: DenseMatrix): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let m = 0; m < columns; m++) sum += (data[i * columns + m]! - data[j * columns + m]!) ** 2;
      out[i * n + j] = Math.sqrt(sum);
      out[j * n + i] = Math.sqrt(sum);
    }
  return out;
}
