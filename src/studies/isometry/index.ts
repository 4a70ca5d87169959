import { ModeScopeError } from "../../base/errors.ts";
import type { Activation } from "../../numerics/meanField/activation.ts";
import { ACTIVATIONS } from "../../numerics/meanField/activations.ts";
import { layerCourse } from "../../numerics/meanField/course.ts";
import { biasVariance, weightVariance } from "../../numerics/meanField/estimate.ts";
import { jacobianMoments, slopeSpread } from "../../numerics/meanField/jacobian.ts";
import { jacobianDensity } from "../../numerics/meanField/jacobianDensity.ts";
import { slopeMoment } from "../../numerics/meanField/moments.ts";
import { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { Jacobian, lanczosProbes } from "../../numerics/network/jacobian.ts";
import { Random } from "../../numerics/random.ts";
import { chooseActivation } from "../_shared/network/activationOf.ts";
import { readInputs } from "../_shared/network/inputs.ts";
import { readNetwork } from "../_shared/network/layers.ts";
import { readDenseChain } from "../_shared/network/readWeights.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { Study } from "../types.ts";
import { QUANTITIES } from "./cards.ts";
import { measureSpan, momentsOf } from "./measure.ts";
import { readParameters } from "./parameters.ts";
import type { IsometryResult, LawReading, LinkReading } from "./types.ts";

/** Random directions that one link's moments are taken from, and products of each. */
const LINK_PROBES = 8;
const LINK_STEPS = 3;

/** Singular values of the Jacobian from layer to layer and end to end, of the weights at hand beside the theory of random ones. */
export const isometryStudy: Study<IsometryResult> = {
  manifest: {
    id: "isometry",
    version: 1,
    title: "Dynamical isometry",
    description:
      "Singular values of a network's Jacobian from layer to layer and end to end, beside the theory of Gaussian and orthogonal weights.",
    files: {
      checkpoint: { description: "a checkpoint of a chain of dense layers", least: 1, most: 1 },
      inputs: { description: "tables of inputs, one a row", least: 0, most: 1 },
    },
    needs: ["weights"],
    citations: [
      "J. Pennington, S. S. Schoenholz & S. Ganguli (2017), Resurrecting the sigmoid in deep learning through dynamical isometry",
      "J. Pennington, S. S. Schoenholz & S. Ganguli (2018), The emergence of spectral universality in deep networks",
      "S. Ubaru, J. Chen & Y. Saad (2017), Fast estimation of tr(f(A)) via stochastic Lanczos quadrature",
    ],
    assumptions: [
      "A chain of dense layers with one activation between them; weights do not show skip connections that bear no telling name.",
      "Gaussian inputs unless a file of inputs is chosen.",
      "Theory for weights as drawn and square layers alone.",
    ],
    quantities: QUANTITIES,
    memoryBytes: 3 * 2 ** 30,
  },

  async run(context, parameters) {
    const asked = readParameters(parameters);
    const file = context.files.find(({ role }) => role === "checkpoint");
    if (file === undefined) throw new ModeScopeError("bad-request", "A checkpoint is needed.", { field: "files" });
    const opened = await context.withFile(file, async ({ name, checkpoint, tensors }) => {
      const reading = readNetwork(checkpoint, tensors);
      const { activation, chosen } = chooseActivation(asked.activation, checkpoint);
      const { cancel, signal } = context;
      const layers = await readDenseChain(reading, { checkpoint, cancel, signal });
      return { name, reading, activation, chosen, layers };
    });
    const { name, reading, activation, chosen, layers } = opened;
    const last = layers.length - 1;
    // The readout is no hidden layer; without two hidden ones it has to do.
    const { from = 0, to = Math.max(1, last - 1) } = { from: asked.from ?? undefined, to: asked.to ?? undefined };
    if (from >= to || to > last)
      throw new ModeScopeError("bad-request", `A span goes from a layer to a later one, ${last} at most.`, {
        field: "to",
      });
    const network = new DenseNetwork(layers, activation, context.cancel);
    const inputs = await readInputs(context, network.inputs, asked.inputs, asked.start, asked.seed);
    const forwards = Array.from({ length: inputs.count }, (_, row) =>
      network.forward(inputs.rows.subarray(row * network.inputs, (row + 1) * network.inputs)),
    );
    const stage = stageOf(name, asked.stage);
    const points = layers.map(({ weight, bias }) => ({
      weight: weightVariance(weight.data, weight.columns).value,
      bias: bias === null ? 0 : (biasVariance(bias)?.value ?? 0),
    }));
    const course = layerCourse(activation, points, inputs.moment);
    const claims = stage.stage === "initial";
    const random = new Random(asked.seed + 1);
    const links: LinkReading[] = [];
    for (let layer = from + 1; layer <= to; layer++) {
      context.cancel.throwIfCancelled();
      const probes = forwards.flatMap((forward) =>
        lanczosProbes(new Jacobian(network, forward, layer - 1, layer), LINK_PROBES, LINK_STEPS, random),
      );
      const { rows, columns } = layers[layer]!.weight;
      const q = course[layer - 1]!.q;
      const spread = claims ? slopeSpread(activation, q) : null;
      links.push({
        tensor: reading.layers[layer]!.tensor.name,
        rows,
        columns,
        ...momentsOf(probes, forwards.length, columns / Math.min(rows, columns)),
        // The mean is over the values that there can be: of a link that widens, fewer than its outputs.
        predicted: claims ? (course[layer]!.chiOne! * rows) / Math.min(rows, columns) : null,
        gaussianVariance: spread,
        orthogonalVariance: spread === null ? null : spread - 1,
      });
      context.progress((0.3 * (layer - from)) / (to - from));
    }
    const span = course.slice(from, to);
    const q = span.reduce((sum, layer) => sum + layer.q, 0) / span.length;
    const widths = new Set(layers.slice(from, to + 1).map(({ weight }) => weight.rows));
    const noTheory = !claims
      ? `Theory is for weights as drawn; these are ${stage.stage === "trained" ? "trained" : "of unknown state"} (${stage.evidence}).`
      : widths.size > 1
        ? "Theory is for square layers; the widths of this span differ."
        : null;
    const used = points.slice(from + 1, to + 1);
    const weight = Math.exp(used.reduce((sum, point) => sum + Math.log(point.weight), 0) / used.length);
    const result: IsometryResult = {
      name,
      activation: chosen,
      choices: ACTIVATIONS.map(({ id, name: title }) => ({ id, name: title })),
      stage,
      order: reading.order,
      layers: reading.layers.map(({ tensor }) => tensor.name),
      from,
      to,
      links,
      measured: null,
      theory:
        noTheory === null
          ? (["gaussian", "orthogonal"] as const).map((law) => theoryOf(activation, q, weight, to - from, law))
          : null,
      noTheory,
      q,
      start: inputs.moment,
      inputs: inputs.source,
    };
    context.publish(result);
    const measured = measureSpan(network, forwards, from, to, asked.seed, context.cancel, (done) =>
      context.progress(0.3 + 0.7 * done),
    );
    return { ...result, measured };
  },
};

function theoryOf(
  activation: Activation,
  q: number,
  weight: number,
  count: number,
  law: "gaussian" | "orthogonal",
): LawReading {
  const { mean, relativeVariance } = jacobianMoments(activation, q, weight, count, law);
  const found = slopeMoment(activation, q) === 0 ? null : jacobianDensity(activation, q, weight, count, law);
  return {
    law,
    mean,
    relativeVariance,
    density: found === null ? null : { logs: found.logs, density: found.density },
    zero: found?.zero ?? 0,
    atom: found?.atom ?? (found === null ? { log: Math.log(mean) / 2, share: 1 } : null),
  };
}
