import { counted } from "../../../src/base/counted.ts";
import type { CurveLayer, ExpressivityResult } from "../../../src/studies/expressivity/types.ts";
import type { CourseData, CourseLine } from "../../charts/courseData.ts";
import type { CurvePicture } from "../../charts/curvePictures.ts";
import { formatNumber } from "../../shell/format.ts";

const text = (value: number | null, digits = 4) => formatNumber(value, digits).text;
/** Beyond it a polyline's length falls short by more than a percent or so. */
const SAMPLED = 1.05;

type Pick = (layer: CurveLayer) => number | null;

function byDepth(
  result: ExpressivityResult,
  title: string,
  yTitle: string,
  courses: readonly (readonly [string, Pick, number, CourseLine["form"]])[],
): CourseData {
  const lines = courses.flatMap(([label, pick, series, form]): CourseLine[] => {
    const there = result.layers.flatMap((layer, k) => {
      const value = pick(layer);
      return value === null || !(value > 0) ? [] : [{ x: k + 1, y: value }];
    });
    return there.length === 0 ? [] : [{ label, series, form, x: there.map(({ x }) => x), y: there.map(({ y }) => y) }];
  });
  return {
    title,
    xTitle: "layer",
    xWhole: true,
    yTitle,
    yLog: true,
    lines,
    verticals: [],
    levels: [],
    stops: result.layers.map((_, k) => k + 1),
    read: (stop) =>
      `${result.layers[stop]!.tensor}: ${courses.map(([label, pick]) => `${label} ${text(pick(result.layers[stop]!))}`).join(", ")}`,
    summary: `${title} by layer.`,
  };
}

/** Lengths: the Euclidean grows in chaos; the Grassmannian is how far the tangent turns. */
export function lengthData(result: ExpressivityResult): CourseData {
  return byDepth(result, "Length of the curve", "length", [
    ["Euclidean L^E", ({ euclidean }) => euclidean, 0, "marks"],
    ["polyline through all points", ({ polyline }) => polyline, 0, "dotted"],
    result.smooth
      ? ["Grassmannian L^G (rad)", ({ grassmannian }) => grassmannian, 1, "marks"]
      : ["turning of the polyline (rad)", ({ turning }) => turning, 1, "marks"],
  ]);
}

export function shapeData(result: ExpressivityResult): CourseData {
  return byDepth(result, "Stretching and curvature", "ḡ and κ̄²", [
    ["ḡ measured", ({ metric }) => metric, 0, "marks"],
    ["ḡ theory", ({ theory }) => theory?.metric ?? null, 0, "dashed"],
    ["κ̄² measured", ({ curvature }) => curvature, 1, "marks"],
    ["κ̄² theory", ({ theory }) => theory?.curvature ?? null, 1, "dashed"],
  ]);
}

/** c(Δθ) of the first, some middle and the last hidden layer. */
export function correlationData(result: ExpressivityResult): CourseData {
  const { layers, lags } = result;
  const hidden = Math.max(1, layers.length - 1);
  const chosen = [...new Set([0, 1, 3, Math.floor(hidden / 2), hidden - 1])]
    .filter((k) => k < layers.length)
    .sort((a, b) => a - b);
  const lines = chosen.flatMap((k, series): CourseLine[] => {
    const { correlations, predictedCorrelations } = layers[k]!;
    const measured: CourseLine = { label: `layer ${k + 1}`, series, x: lags, y: correlations, form: "line" };
    return predictedCorrelations === null
      ? [measured]
      : [measured, { label: `layer ${k + 1}, theory`, series, x: lags, y: predictedCorrelations, form: "dashed" }];
  });
  return {
    xTitle: result.closed ? "Δθ (radians of the input circle)" : "distance along the line (1: end to end)",
    title: "Correlation of points along the curve",
    yTitle: "correlation",
    lines,
    verticals: [],
    levels: [],
    stops: lags,
    read: (stop) =>
      `${text(lags[stop]!)} apart: ${chosen.map((k) => `layer ${k + 1} ${text(layers[k]!.correlations[stop]!, 3)}`).join(", ")}`,
    summary: `Correlation of points by their distance, for ${counted(chosen.length, "layer")}.`,
  };
}

export function pictures(result: ExpressivityResult): readonly CurvePicture[] {
  return result.layers.map(({ tensor, components, shares }, k) => {
    const [x = [0], y = x.map(() => 0)] = components;
    const percent = shares.map((share) => `${(100 * share).toFixed(0)} %`);
    return {
      title: `${k + 1} ${tensor}: ${percent.slice(0, 2).join(" + ")}`,
      label: `Layer ${k + 1}, ${tensor}: the curve along its first two principal components, ${percent.slice(0, 2).join(" and ")} of its variance${percent[2] === undefined ? "" : `; the third has ${percent[2]}`}.`,
      x,
      y,
      closed: result.closed,
    };
  });
}

export function curveWords(result: ExpressivityResult): readonly string[] {
  const { curve, points, noTheory, layers, smooth, kinks, notes, pointsNeeded } = result;
  const words = [`${curve[0]?.toUpperCase()}${curve.slice(1)}, ${points} points; layers in ${result.order}.`, ...notes];
  if (noTheory !== null) words.push(noTheory);
  if (!smooth)
    words.push(
      `φ′ of ${kinks.join(", ")} jumps: curvature has no meaning along the curve, so the polyline's turning is shown.`,
    );
  const coarse = layers.findIndex(({ sampling }) => sampling > SAMPLED);
  if (coarse >= 0)
    words.push(
      `From layer ${coarse + 1} on the points no longer resolve the curve (L(n)/L(n/2) = ${text(layers[coarse]!.sampling, 3)}): polyline lengths and turning there are too small. About ${pointsNeeded} points would do.`,
    );
  return words;
}
