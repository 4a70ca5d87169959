import type { NetworkGraph } from "../../formats/types.ts";
import { lastOf } from "../../lint/checkpoint/against.ts";
import type { FittingModel } from "../../lint/checkpoint/matching.ts";
import type { KnownActivation, MeasuredWeight, NetworkFacts, Segment } from "../../lint/checkpoint/types.ts";
import { activationById } from "../../numerics/meanField/activations.ts";
import { activationsBehind, chooseActivation } from "../_shared/network/activationOf.ts";
import { readNetwork } from "../_shared/network/layers.ts";
import type { StudyFile } from "../types.ts";
import { graphSegments } from "./segments.ts";

export interface ReadNetworkFacts extends Pick<NetworkFacts, "segments" | "normalised" | "noChain"> {
  /** By index of the weight: what follows it, and who says so. */
  readonly activations: ReadonlyMap<number, KnownActivation>;
}

type Named = Pick<MeasuredWeight, "tensor" | "part" | "shape">;

/**
 * What stands around the weights: from the file's own graph node by node, from a source whose network this is, or from a configuration that names one
 * activation for all hidden layers. What none of them says is not known. A graph tells stretches that are chains even where the network is none.
 */
export function networkFacts(
  { checkpoint, tensors }: StudyFile,
  weights: readonly Named[],
  models: readonly FittingModel[],
): ReadNetworkFacts {
  const network = readNetwork(checkpoint, tensors);
  const indexOf = new Map(weights.flatMap(({ tensor, part }, index) => (part === null ? [[tensor, index]] : [])));
  const layers = network.layers.map(({ tensor }) => indexOf.get(tensor.name));
  const normalised = network.norms.length > 0 || network.obstacles.some(({ kind }) => /norm/.test(kind));
  const [obstacle] = network.obstacles;
  const fromSource = models.find(({ pairs }) => pairs.some(({ law }) => !law.plain));
  const noChain =
    obstacle !== undefined
      ? `${obstacle.kind} (${obstacle.evidence})`
      : fromSource !== undefined
        ? `${lastOf(fromSource.uri)} has skip connections, norms or branches`
        : layers.length < 2
          ? "it has fewer than two layers"
          : !network.fits && !fitTogether(layers.map((index) => (index === undefined ? undefined : weights[index])))
            ? "its layers' sizes do not fit one after the other"
            : layers.some((index) => index === undefined)
              ? "a layer was not read"
              : null;
  const activations = new Map<number, KnownActivation>();
  const behindIn = activationsBehind(checkpoint.graph);
  const configured = chooseActivation(undefined, checkpoint);
  for (const [index, { tensor, part }] of weights.entries()) {
    const behind = part === null ? behindIn(tensor) : null;
    const stated = statedBehind(index, models);
    if (behind !== null) activations.set(index, { activation: behind, evidence: "the file's graph" });
    else if (stated !== null) activations.set(index, stated);
  }
  if (!configured.chosen.assumed && checkpoint.graph === undefined && noChain === null)
    for (const index of layers.slice(0, -1))
      if (index !== undefined && !activations.has(index))
        activations.set(index, { activation: configured.activation, evidence: configured.chosen.evidence });
  const drawn = layers.filter((index) => index !== undefined);
  return {
    segments: segmentsOf(checkpoint.graph, indexOf, noChain === null && !normalised ? drawn : null),
    noChain,
    normalised,
    activations,
  };
}

/** The graph's where there is one: it knows what stands between. */
function segmentsOf(
  graph: NetworkGraph | undefined,
  indexOf: ReadonlyMap<string, number>,
  chain: readonly number[] | null,
): readonly Segment[] {
  if (graph !== undefined) {
    const segments = graphSegments(graph, indexOf);
    if (segments.length > 0) return segments;
  }
  return chain === null ? [] : [{ indices: chain, activations: chain.map(() => null), entrance: "input" }];
}

/**
 * Convolutions one behind the other: the channels of each are the units of the one before; a dense layer behind one takes its channels at all positions.
 * Of grouped and transposed kernels the sizes do not fit, and nothing is said.
 */
function fitTogether(layers: readonly (Named | undefined)[]): boolean {
  return layers.every((layer, at) => {
    const before = layers[at - 1];
    if (layer === undefined) return false;
    const { kind, axes, rows, columns, taps } = layer.shape;
    if (kind === "convolution" && axes[0] !== rows && axes.at(-1) !== rows) return false;
    if (before === undefined) return at === 0;
    const units = before.shape.rows;
    return kind === "dense" && before.shape.kind === "convolution" ? columns % units === 0 : columns / taps === units;
  });
}

/** What all fitting networks of the sources say follows; null where they differ, or none says so. */
function statedBehind(index: number, models: readonly FittingModel[]): KnownActivation | null {
  const said = models.flatMap(({ uri, pairs }) =>
    pairs.flatMap(({ law, held }) => (held.weight === index ? [{ uri, id: law.activation }] : [])),
  );
  const [first] = said;
  if (first === undefined || first.id === null || said.some(({ id }) => id !== first.id)) return null;
  const activation = activationById(first.id);
  return activation === undefined ? null : { activation, evidence: `as ${lastOf(first.uri)} has it` };
}
