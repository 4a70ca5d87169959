import type { DenseMatrix } from "../../numerics/dense.ts";
import { jointEmbedding } from "../../numerics/learning/jointEmbedding.ts";
import type { Plan } from "./plan.ts";
import type { Differentiation } from "./types.ts";
import type { World } from "./world.ts";

/** Entries of all points together. */
const MOST_ENTRIES = 4_000_000;
const MOST_MOMENTS = 40;

/** At which looks items are placed in the picture: evenly, as many as fit. */
export function momentsOf(plan: Plan, items: number, width: number): readonly number[] {
  const count = Math.max(3, Math.min(MOST_MOMENTS, Math.floor(MOST_ENTRIES / (items * width))));
  const last = plan.times.length - 1;
  const looks = Array.from({ length: Math.min(count, last + 1) }, (_, k) =>
    Math.round((k * last) / Math.min(count - 1, last)),
  );
  return [...new Set(looks)];
}

/** Rows of what is embedded: hidden units, or answers where there is no hidden layer. */
export function widthOf({ layers }: Plan): number {
  return layers[0]!.rows;
}

export function placed(
  matrices: readonly DenseMatrix[],
  times: readonly number[],
  of: Differentiation["of"],
): Differentiation | null {
  const { axes, points, shares, stress, degenerate } = jointEmbedding(matrices, 3);
  return axes === 0 ? null : { times, axes, points, shares, stress, degenerate, of };
}

/** Theory's item vectors: entry α of item i is a_α^(1/D)·v_iα behind the first of D balanced layers, up to a rotation that the picture does not see. */
export function theoryPaths(world: World, plan: Plan): Differentiation | null {
  const depth = plan.layers.length;
  const known = plan.theory.flatMap((theory, k) => (theory === null ? [] : [{ theory, k }]));
  if (known.length < plan.theory.length) return null;
  const items = world.y.columns;
  const vectors = world.modes.flatMap(({ v, group }, k) =>
    v.flatMap((one, i) => (group[i]! < plan.width ? [{ one, k }] : [])),
  );
  const times = momentsOf(plan, items, vectors.length).map((look) => plan.times[look]!);
  const moments = times.map((t) => {
    const strengths = plan.theory.map((theory) => theory?.at(t) ?? 0);
    const lengths = depth === 1 ? strengths : strengths.map((a) => a ** (1 / depth));
    const data = new Float64Array(vectors.length * items);
    for (const [row, { one, k }] of vectors.entries())
      for (let i = 0; i < items; i++) data[row * items + i] = lengths[k]! * one[i]!;
    return { rows: vectors.length, columns: items, data };
  });
  return placed(moments, times, depth === 1 ? "answers" : "hidden");
}
