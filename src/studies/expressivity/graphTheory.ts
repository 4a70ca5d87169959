import { type CourseLayer, continuedCorrelation, continuedCourse } from "../../numerics/meanField/course.ts";
import { qMap } from "../../numerics/meanField/maps.ts";
import type { LinkTheory } from "../_shared/graph/linkTheory.ts";

interface Measured {
  readonly moment: number;
  readonly metric: number;
  readonly curvature: number | null;
}

/** The recursion along each run of dense layers, from what was measured where the run begins; null for values that no dense layer leads to. */
export function courseAlong(
  links: readonly LinkTheory[],
  shapes: readonly Measured[],
): readonly (CourseLayer | null)[] {
  let before: Pick<CourseLayer, "q" | "metric" | "curvature"> | null = null;
  return shapes.map((_, l) => {
    const link = links[l - 1];
    const start = before ?? measuredAt(shapes[l - 1]);
    if (link?.kind !== "dense" || start === null) {
      before = null;
      return null;
    }
    const [layer] = continuedCourse(link.activation, [link], start);
    before = layer!;
    return layer!;
  });
}

const measuredAt = (shape: Measured | undefined) =>
  shape === undefined ? null : { q: shape.moment, metric: shape.metric, curvature: shape.curvature ?? 0 };

/** Correlations by the recursion, from those that were measured where a run of dense layers begins; null where no dense layer leads to. */
export function correlationsAlong(
  links: readonly LinkTheory[],
  shapes: readonly Measured[],
  correlations: readonly (readonly number[])[],
): readonly (readonly number[] | null)[] {
  let before: { readonly q: number; readonly c: readonly number[] } | null = null;
  return shapes.map((_, l) => {
    const link = links[l - 1];
    if (link?.kind !== "dense") {
      before = null;
      return null;
    }
    const start = before ?? { q: shapes[l - 1]!.moment, c: correlations[l - 1]! };
    const c = start.c.map((one) => continuedCorrelation(link.activation, [link], start.q, one)[0]!);
    before = { q: qMap(link.activation, start.q, link), c };
    return c;
  });
}
