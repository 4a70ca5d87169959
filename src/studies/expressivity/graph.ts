import { ModeScopeError } from "../../base/errors.ts";
import { isKinked } from "../../formats/onnx/derivative/rules.ts";
import { pointsNeeded, raghuGrowth } from "../../numerics/meanField/curvature.ts";
import { type Curve, circle, segment } from "../../numerics/network/curve.ts";
import { PolylineMeter } from "../../numerics/network/polylineMeter.ts";
import { Random } from "../../numerics/random.ts";
import { type CurvePoint, CurveRun } from "../_shared/graph/curveRun.ts";
import type { DifferentiableModel } from "../_shared/graph/differentiable.ts";
import { type LinkTheory, readLinkTheory } from "../_shared/graph/linkTheory.ts";
import { openModel } from "../_shared/graph/openModel.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import { directions } from "./curveOf.ts";
import { correlationsAlong, courseAlong } from "./graphTheory.ts";
import { layerReading } from "./layerReading.ts";
import type { ExpressivityParameters } from "./parameters.ts";
import { correlationsOf, lagsOf, PICTURED, principalComponents, thinning } from "./picture.ts";
import type { CurveLayer, ExpressivityResult } from "./types.ts";

const ROWS = 32;
/** Multiplications that a whole curve may take, a minute or two of a runtime in WebAssembly; counted, not timed. */
const MOST_MULTIPLICATIONS = 3e11;
/** A run with first and second derivatives beside a plain one; with first ones alone. */
const RUN_COST = { second: 7, first: 3 };
const FEWEST_POINTS = 16;
/** Numbers of all pictured points together: half a gigabyte. */
const MOST_PICTURED = 2 ** 27;
const FEWEST_PICTURED = 16;

/** A curve of inputs through a model in ONNX of any architecture, with derivatives along it in the model's own operations. */
export async function graphExpressivity(
  context: StudyContext,
  file: StudyInput,
  asked: ExpressivityParameters,
): Promise<ExpressivityResult> {
  const { cancel } = context;
  const options = { ...asked, count: 2, moment: asked.start };
  const { model } = await openModel(context, file, options, ROWS);
  const { blocks, path, root } = model.course;
  if (!model.model.graph.inputs.includes(root))
    throw new ModeScopeError("unsupported", "The model takes whole numbers: between them there is no curve.", {
      remedy: "Export it from its embeddings on, or look at its isometry.",
    });
  const kinks = [...new Set(path.filter(isKinked).map(({ op }) => op))];
  const smooth = kinks.length === 0;
  const values = blocks.map(({ value }) => value);
  const cost =
    (smooth ? RUN_COST.second : RUN_COST.first) * Math.max(1, model.multiplications(model.model.graph.nodes));
  const affordable = 2 * Math.floor(MOST_MULTIPLICATIONS / cost / 2);
  const points = Math.max(FEWEST_POINTS, Math.min(asked.points, affordable));
  const { curve, words, moment } = curveThrough(context, model, { ...asked, points });
  const notes =
    points < asked.points ? [`${asked.points} points of so large a model would take long: ${points} were run.`] : [];
  const widths = values.map((value) => model.widthOf(value));
  const total = widths.reduce((sum, width) => sum + width, 0);
  const thin = thinning(points, Math.max(FEWEST_PICTURED, Math.min(PICTURED, Math.floor(MOST_PICTURED / total))));
  const meters = values.map(() => new ValueMeter(curve));
  const run = await CurveRun.open(model, values, smooth);
  try {
    for (let at = 0; at < points; at += model.rows) {
      cancel.throwIfCancelled();
      const count = Math.min(model.rows, points - at);
      const rows = (from: Float64Array) =>
        Array.from({ length: count }, (_, k) => from.subarray((at + k) * widths[0]!, (at + k + 1) * widths[0]!));
      const found = await run.points(
        Array.from({ length: count }, () => 0),
        { points: rows(curve.points), tangents: rows(curve.tangents), bends: rows(curve.bends) },
      );
      for (const [l, list] of found.entries())
        for (const [k, point] of list.entries()) {
          const index = (at + k) / thin.stride;
          meters[l]!.add(point, Number.isInteger(index) && index < thin.count);
        }
      context.progress((0.9 * (at + count)) / points);
    }
  } finally {
    await run.close();
  }
  if (meters.some(({ finite }) => !finite))
    throw new ModeScopeError("non-finite", "The model gives NaN or infinities along this curve.", {
      remedy: "Choose inputs of the kind that it was made for.",
    });
  const stage = stageOf(model.model.name, asked.stage);
  const shapes = meters.map((meter, l) => meter.shape(widths[l]!, smooth));
  const claims = stage.stage === "initial";
  const theories = claims
    ? await context.withFile(file, ({ checkpoint, tensors }) =>
        readLinkTheory(
          model,
          values,
          shapes.map(({ moment: q }) => ({ q })),
          { checkpoint, tensors, signal: context.signal },
        ),
      )
    : [];
  const lags = lagsOf(curve, thin);
  const correlations = meters.map(({ rows }) => correlationsOf(rows, curve.closed));
  const expected = courseAlong(theories, shapes);
  const predicted = correlationsAlong(theories, shapes, correlations);
  const layers: CurveLayer[] = [];
  for (const [l, shape] of shapes.entries()) {
    cancel.throwIfCancelled();
    layers.push({
      tensor: `${blocks[l]!.label} · ${blocks[l]!.op}`,
      ...layerReading({ width: widths[l]!, shape, smooth }, layers[l - 1], expected[l]),
      raghu: raghuOf(theories[l - 1], widths[l]!),
      correlations: correlations[l]!,
      predictedCorrelations: predicted[l] ?? null,
      ...principalComponents(meters[l]!.rows),
    });
    context.progress(0.9 + (0.1 * (l + 1)) / shapes.length);
  }
  const noTheory = !claims
    ? `Theory is for weights as drawn; these are ${stage.stage === "trained" ? "trained" : "of unknown state"} (${stage.evidence}).`
    : expected.every((one) => one === null)
      ? "Theory is for chains of dense layers; between no two of these values there is one."
      : null;
  return {
    name: model.model.name,
    activation: null,
    choices: [],
    stage,
    order: "the order of the model's graph",
    curve: words,
    closed: curve.closed,
    points,
    pointsNeeded: pointsNeeded((layers.at(-1)?.euclidean ?? 0) / shapes[0]!.euclidean),
    start: moment,
    smooth,
    noTheory,
    lags,
    kinks,
    notes,
    layers,
  };
}

function raghuOf(link: LinkTheory | undefined, width: number): number | null {
  return link?.kind === "dense" && link.activation.id === "relu" ? raghuGrowth(link.weight, width) : null;
}

/** A great circle of Gaussian directions, or the straight line between two items of the user's file. */
function curveThrough(
  { files }: Pick<StudyContext, "files">,
  model: DifferentiableModel,
  { start, points, first, second, seed }: ExpressivityParameters,
): { readonly curve: Curve; readonly words: string; readonly moment: number } {
  const { root } = model.course;
  if (!files.some(({ role }) => role === "inputs")) {
    const { u, v } = directions(model.widthOf(root), new Random(seed));
    return { curve: circle(u, v, start, points), words: "a great circle in two random directions", moment: start };
  }
  const { items } = model.feeds;
  if (first >= items || second >= items || first === second)
    throw new ModeScopeError("bad-request", `The file has ${items} items: two different ones are joined.`, {
      field: "second",
    });
  const item = (index: number) => Float64Array.from(model.feeds.pick([index])[root]?.data ?? [], Number);
  const curve = segment(item(first), item(second), points);
  const moment = curve.points.reduce((sum, value) => sum + value * value, 0) / curve.points.length;
  if (!(moment > 0) || !Number.isFinite(moment))
    throw new ModeScopeError("non-finite", `Items ${first} and ${second} hold NaN, infinities or zeros alone.`);
  return { curve, words: `items ${first} and ${second} of the file, joined by a straight line`, moment };
}

/** What one value's points add up to; of the points themselves only those of the picture are kept. */
class ValueMeter {
  readonly rows: Float32Array[] = [];
  finite = true;
  readonly #polyline: PolylineMeter;
  #seen = 0;
  #sums = { moment: 0, metric: 0, curvature: 0, euclidean: 0, grassmannian: 0 };

  constructor(private readonly curve: Curve) {
    this.#polyline = new PolylineMeter(curve.count, curve.closed);
  }

  add({ h, hh, vv, aa, va }: CurvePoint, kept: boolean): void {
    const { closed, count, step } = this.curve;
    const k = this.#seen++;
    this.finite &&= Number.isFinite(hh) && Number.isFinite(vv) && Number.isFinite(aa ?? 0);
    const square = aa === null || va === null || vv === 0 ? 0 : Math.max(0, aa * vv - va * va) / vv ** 3;
    // Trapezoid rule: the ends of an open curve count half.
    const weight = closed || (k > 0 && k < count - 1) ? step : step / 2;
    const sums = this.#sums;
    sums.moment += hh;
    sums.metric += vv;
    sums.curvature += square;
    sums.euclidean += weight * Math.sqrt(vv);
    sums.grassmannian += weight * Math.sqrt(square * vv);
    this.#polyline.add(h);
    if (kept) this.rows.push(Float32Array.from(h));
  }

  shape(width: number, smooth: boolean) {
    const { count } = this.curve;
    const { moment, metric, curvature, euclidean, grassmannian } = this.#sums;
    return {
      moment: moment / (width * count),
      metric: metric / (width * count),
      curvature: smooth ? (width * curvature) / count : null,
      euclidean,
      grassmannian: smooth ? grassmannian : null,
      ...this.#polyline.result(),
    };
  }
}
