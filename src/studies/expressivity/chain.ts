import { ACTIVATIONS } from "../../numerics/meanField/activations.ts";
import { correlationCourse, layerCourse } from "../../numerics/meanField/course.ts";
import { pointsNeeded, raghuGrowth } from "../../numerics/meanField/curvature.ts";
import { pushCurve, shapeOf } from "../../numerics/network/curve.ts";
import { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { pointsOf } from "../_shared/network/drawnAs.ts";
import type { OpenedChain } from "../_shared/network/openChain.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { StudyContext } from "../types.ts";
import { startingCurve } from "./curveOf.ts";
import { layerReading } from "./layerReading.ts";
import type { ExpressivityParameters } from "./parameters.ts";
import { correlationsOf, lagsOf, pictured, principalComponents, thinning } from "./picture.ts";
import type { CurveLayer, ExpressivityResult } from "./types.ts";

/** A curve through a chain of dense layers: derivatives carried by hand in float64, the recursion of random networks beside it. */
export async function chainExpressivity(
  context: StudyContext,
  { name, reading, activation, chosen, layers }: OpenedChain,
  asked: ExpressivityParameters,
): Promise<ExpressivityResult> {
  const network = new DenseNetwork(layers, activation, context.cancel);
  const { curve, words, moment } = await startingCurve(context, network.inputs, asked);
  const stage = stageOf(name, asked.stage);
  const smooth = activation.curvature !== null;
  const noTheory =
    stage.stage !== "initial"
      ? `Theory is for weights as drawn; these are ${stage.stage === "trained" ? "trained" : "of unknown state"} (${stage.evidence}).`
      : curve.closed
        ? null
        : "Theory is for a circle, all of whose points have one second moment; a straight line has none.";
  const points = pointsOf(layers);
  const course = noTheory === null ? layerCourse(activation, points, moment) : null;
  const lags = lagsOf(curve, thinning(curve.count));
  const predicted =
    course === null ? null : lags.map((lag) => correlationCourse(activation, points, moment, Math.cos(lag)));
  const found: CurveLayer[] = [];
  const base = {
    name,
    activation: chosen,
    choices: ACTIVATIONS.map(({ id, name: title }) => ({ id, name: title })),
    stage,
    order: reading.order,
    curve: words,
    closed: curve.closed,
    points: curve.count,
    start: moment,
    smooth,
    noTheory,
    lags,
    kinks: smooth ? [] : [activation.name],
    notes: [],
  };
  const radius = Math.sqrt(network.inputs * moment) * (curve.closed ? 2 * Math.PI : 1);
  const result = (): ExpressivityResult => ({
    ...base,
    pointsNeeded: pointsNeeded((found.at(-1)?.euclidean ?? 0) / radius),
    layers: [...found],
  });
  pushCurve(network, curve, (layer, at) => {
    context.cancel.throwIfCancelled();
    const shape = shapeOf(at, smooth);
    const rows = pictured(at);
    found.push({
      tensor: reading.layers[layer]!.tensor.name,
      ...layerReading({ width: network.width(layer), shape, smooth }, found[layer - 1], course?.[layer]),
      raghu: activation.id === "relu" && layer > 0 ? raghuGrowth(points[layer]!.weight, network.width(layer)) : null,
      correlations: correlationsOf(rows, at.closed),
      predictedCorrelations: predicted === null ? null : predicted.map((one) => one[layer]!),
      ...principalComponents(rows),
    });
    context.progress((layer + 1) / layers.length);
    context.publish(result());
  });
  return result();
}
