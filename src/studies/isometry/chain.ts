import { ModeScopeError } from "../../base/errors.ts";
import { ACTIVATIONS } from "../../numerics/meanField/activations.ts";
import { layerCourse } from "../../numerics/meanField/course.ts";
import { slopeSpread } from "../../numerics/meanField/jacobian.ts";
import { DenseNetwork } from "../../numerics/network/denseNetwork.ts";
import { Jacobian, spectrumProbes } from "../../numerics/network/jacobian.ts";
import { Random } from "../../numerics/random.ts";
import { pointsOf } from "../_shared/network/drawnAs.ts";
import { readInputs } from "../_shared/network/inputs.ts";
import type { OpenedChain } from "../_shared/network/openChain.ts";
import { stageOf } from "../_shared/network/stage.ts";
import type { StudyContext } from "../types.ts";
import { lawsOf } from "./laws.ts";
import { measureSpan } from "./measure.ts";
import type { IsometryParameters } from "./parameters.ts";
import { momentsOf } from "./spectrum.ts";
import type { IsometryResult, LinkReading } from "./types.ts";

/** Random directions that one link's moments are taken from, and products of each. */
const LINK_PROBES = 8;
const LINK_STEPS = 3;

/** A chain of dense layers: its weights alone make the network, in float64, and theory stands beside. */
export async function chainIsometry(
  context: StudyContext,
  { name, reading, activation, chosen, layers }: OpenedChain,
  asked: IsometryParameters,
): Promise<IsometryResult> {
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
  const points = pointsOf(layers);
  const course = layerCourse(activation, points, inputs.moment);
  const claims = stage.stage === "initial";
  const random = new Random(asked.seed + 1);
  const links: LinkReading[] = [];
  for (let layer = from + 1; layer <= to; layer++) {
    context.cancel.throwIfCancelled();
    const probes = forwards.flatMap((forward) =>
      spectrumProbes(new Jacobian(network, forward, layer - 1, layer), LINK_PROBES, LINK_STEPS, random),
    );
    const { rows, columns } = layers[layer]!.weight;
    const q = course[layer - 1]!.q;
    const spread = claims ? slopeSpread(activation, q) : null;
    links.push({
      tensor: reading.layers[layer]!.tensor.name,
      rows,
      columns,
      ...momentsOf(probes, forwards.length),
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
    graph: null,
    theory: noTheory === null ? lawsOf(activation, q, weight, to - from) : null,
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
}
