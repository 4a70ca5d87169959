import { lastOf } from "../../lint/checkpoint/against.ts";
import type { FittingModel } from "../../lint/checkpoint/matching.ts";
import type { KnownActivation, MeasuredWeight, NetworkFacts } from "../../lint/checkpoint/types.ts";
import { activationById } from "../../numerics/meanField/activations.ts";
import { activationsBehind, chooseActivation } from "../_shared/network/activationOf.ts";
import { readNetwork } from "../_shared/network/layers.ts";
import type { StudyFile } from "../types.ts";

export interface ReadNetworkFacts extends Pick<NetworkFacts, "chain" | "normalised" | "noChain"> {
  /** By index of the weight: what follows it, and who says so. */
  readonly activations: ReadonlyMap<number, KnownActivation>;
}

type Named = Pick<MeasuredWeight, "tensor" | "part">;

/**
 * What stands around the weights: from the file's own graph node by node, from a source whose network this is, or from a configuration that names one
 * activation for all hidden layers. What none of them says is not known.
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
          : !network.fits
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
  return {
    chain: noChain === null ? layers.filter((index) => index !== undefined) : null,
    noChain,
    normalised,
    activations,
  };
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
