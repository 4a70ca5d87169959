import type { NetworkModel } from "../network/types.ts";
import { end, type Place, start } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { placeOfLaw } from "../rules/_phase.ts";
import type { StudiedModel } from "../rules/types.ts";
import type { StatedLaw } from "../types.ts";

/** Laws of weights whose variance has a number and whose name in a checkpoint is known. A name with two laws (two networks) has none. */
export function statedLaws(models: readonly StudiedModel[]): readonly StatedLaw[] {
  const laws = new Map<string, StatedLaw | null>();
  for (const { network } of models) {
    for (const { place, ...told } of placedLaws(network)) {
      const known = laws.get(told.tensor);
      laws.set(
        told.tensor,
        known === undefined || (known !== null && known.variance === told.variance)
          ? { ...told, from: start(place), to: end(place) }
          : null,
      );
    }
  }
  return [...laws.values()].filter((law) => law !== null);
}

interface PlacedLaw extends Omit<StatedLaw, "from" | "to"> {
  readonly place: Place;
}

const placed = new WeakMap<NetworkModel, readonly PlacedLaw[]>();

function placedLaws(network: NetworkModel): readonly PlacedLaw[] {
  const known = placed.get(network);
  if (known !== undefined) return known;
  const laws =
    network.root === null || network.loaded
      ? []
      : network.layers.flatMap((use): PlacedLaw[] => {
          const variance = knownNumber(use.law.variance);
          return use.law.family === "unknown" ||
            variance === null ||
            knownNumber(use.law.mean) !== 0 ||
            !network.names.has(use.module)
            ? []
            : [{ tensor: `${use.name}.weight`, variance, label: use.law.label, place: placeOfLaw(use) }];
        });
  placed.set(network, laws);
  return laws;
}
