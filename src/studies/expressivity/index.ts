import { ModeScopeError } from "../../base/errors.ts";
import { ACTIVATIONS } from "../../numerics/meanField/activations.ts";
import { correlationCourse, layerCourse } from "../../numerics/meanField/course.ts";
import { pointsNeeded, raghuGrowth } from "../../numerics/meanField/curvature.ts";
import { biasVariance, weightVariance } from "../../numerics/meanField/estimate.ts";
import { pushCurve, shapeOf } from "../../numerics/network/curve.ts";
import { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { chooseActivation } from "../_shared/network/activationOf.ts";
import { readNetwork } from "../_shared/network/layers.ts";
import { readDenseChain } from "../_shared/network/readWeights.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { Study } from "../types.ts";
import { QUANTITIES } from "./cards.ts";
import { startingCurve } from "./curveOf.ts";
import { readParameters } from "./parameters.ts";
import { correlationsOf, lagsOf, principalComponents } from "./picture.ts";
import type { CurveLayer, ExpressivityResult } from "./types.ts";

/** A curve of inputs pushed through a network: how it is stretched and bent from layer to layer, beside the recursion of random networks. */
export const expressivityStudy: Study<ExpressivityResult> = {
  manifest: {
    id: "expressivity",
    version: 1,
    title: "Expressivity",
    description:
      "A great circle, or two inputs joined, pushed through a network: lengths, curvature and correlations layer by layer, beside the theory.",
    files: {
      checkpoint: { description: "a checkpoint of a chain of dense layers", least: 1, most: 1 },
      inputs: { description: "tables of inputs, one a row", least: 0, most: 1 },
    },
    needs: ["weights"],
    citations: [
      "B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein & S. Ganguli (2016), Exponential expressivity in deep neural networks through transient chaos",
      "M. Raghu, B. Poole, J. Kleinberg, S. Ganguli & J. Sohl-Dickstein (2017), On the expressive power of deep neural networks",
    ],
    assumptions: [
      "A chain of dense layers with one activation between them.",
      "Theory for weights as drawn, each layer at its own σ̂_w² and σ̂_b², width to infinity; for a circle, which keeps one q.",
    ],
    quantities: QUANTITIES,
    memoryBytes: 3 * 2 ** 30,
  },

  async run(context, parameters) {
    const asked = readParameters(parameters);
    const file = context.files.find(({ role }) => role === "checkpoint");
    if (file === undefined) throw new ModeScopeError("bad-request", "A checkpoint is needed.", { field: "files" });
    const { name, reading, activation, chosen, layers } = await context.withFile(
      file,
      async ({ name, checkpoint, tensors }) => {
        const reading = readNetwork(checkpoint, tensors);
        const { activation, chosen } = chooseActivation(asked.activation, checkpoint);
        const { cancel, signal } = context;
        return {
          name,
          reading,
          activation,
          chosen,
          layers: await readDenseChain(reading, { checkpoint, cancel, signal }),
        };
      },
    );
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
    const points = layers.map(({ weight, bias }) => ({
      weight: weightVariance(weight.data, weight.columns).value,
      bias: bias === null ? 0 : (biasVariance(bias)?.value ?? 0),
    }));
    const course = noTheory === null ? layerCourse(activation, points, moment) : null;
    const lags = lagsOf(curve);
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
      const theory = course?.[layer];
      const before = found[layer - 1];
      found.push({
        tensor: reading.layers[layer]!.tensor.name,
        width: network.width(layer),
        q: shape.moment,
        metric: shape.metric,
        curvature: shape.curvature,
        euclidean: shape.euclidean,
        grassmannian: shape.grassmannian,
        polyline: shape.polyline,
        sampling: shape.coarse === 0 ? 1 : shape.polyline / shape.coarse,
        turning: shape.turning,
        growth: before === undefined || before.polyline === 0 ? null : shape.polyline / before.polyline,
        raghu: activation.id === "relu" && layer > 0 ? raghuGrowth(points[layer]!.weight, network.width(layer)) : null,
        theory:
          theory === undefined
            ? null
            : {
                q: theory.q,
                metric: theory.metric,
                curvature: smooth ? theory.curvature : null,
                // Lengths are of all units, so that a layer that widens adds to them.
                growth:
                  theory.chiOne === null
                    ? null
                    : Math.sqrt((theory.chiOne * network.width(layer)) / network.width(layer - 1)),
              },
        correlations: correlationsOf(at),
        predictedCorrelations: predicted === null ? null : predicted.map((one) => one[layer]!),
        ...principalComponents(at),
      });
      context.progress((layer + 1) / layers.length);
      context.publish(result());
    });
    return result();
  },
};
