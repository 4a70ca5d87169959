import type { CurveShape } from "../../numerics/network/curve.ts";
import type { CurveLayer } from "./types.ts";

/** What the recursion says of a layer; null where it may not be asked. */
export interface Expected {
  readonly q: number;
  readonly metric: number;
  readonly curvature: number;
  readonly chiOne: number | null;
}

/** A layer's numbers beside the recursion's. Lengths are of all units, so that a layer that widens adds to them. */
export function layerReading(
  { width, shape, smooth }: { readonly width: number; readonly shape: CurveShape; readonly smooth: boolean },
  before: { readonly width: number; readonly polyline: number } | undefined,
  expected: Expected | null | undefined,
): Omit<CurveLayer, "tensor" | "raghu" | "correlations" | "predictedCorrelations" | "components" | "shares"> {
  return {
    width,
    q: shape.moment,
    metric: shape.metric,
    curvature: shape.curvature,
    euclidean: shape.euclidean,
    grassmannian: shape.grassmannian,
    polyline: shape.polyline,
    sampling: shape.coarse === 0 ? 1 : shape.polyline / shape.coarse,
    turning: shape.turning,
    growth: before === undefined || before.polyline === 0 ? null : shape.polyline / before.polyline,
    theory:
      expected === null || expected === undefined
        ? null
        : {
            q: expected.q,
            metric: expected.metric,
            curvature: smooth ? expected.curvature : null,
            growth:
              expected.chiOne === null || before === undefined
                ? null
                : Math.sqrt((expected.chiOne * width) / before.width),
          },
  };
}
