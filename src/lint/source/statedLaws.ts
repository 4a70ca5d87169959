import type { NetworkModel } from "../network/types.ts";
import { end, type Place, start } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { isPlain, placeOfLaw } from "../rules/_phase.ts";
import type { StudiedModel } from "../rules/types.ts";
import type { StatedLaw } from "../types.ts";

/** Laws of weights whose variance has a number and whose name in a checkpoint is known. A name with two laws in one network has none. */
export function statedLaws(models: readonly StudiedModel[]): readonly StatedLaw[] {
  return models.flatMap(({ network }, index) =>
    placedLaws(network).map(({ place, ...told }) => ({
      ...told,
      model: `${network.name} ${index}`,
      from: start(place),
      to: end(place),
    })),
  );
}

/** All but where it stands and which of the networks it is, which every key may change. */
interface PlacedLaw extends Omit<StatedLaw, "model" | "from" | "to"> {
  readonly place: Place;
}

const placed = new WeakMap<NetworkModel, readonly PlacedLaw[]>();

function placedLaws(network: NetworkModel): readonly PlacedLaw[] {
  const known = placed.get(network);
  if (known !== undefined) return known;
  const laws = new Map<string, PlacedLaw | null>();
  for (const use of network.root === null || network.loaded ? [] : network.layers) {
    const variance = knownNumber(use.law.variance);
    if (
      use.law.family === "unknown" ||
      variance === null ||
      knownNumber(use.law.mean) !== 0 ||
      !network.names.has(use.module)
    )
      continue;
    const tensor = `${use.name}.weight`;
    const [after, ...others] = use.after;
    const law: PlacedLaw = {
      tensor,
      variance,
      label: use.law.label,
      place: placeOfLaw(use),
      fanIn: use.fanIn === null ? null : knownNumber(use.fanIn),
      fanOut: use.fanOut === null ? null : knownNumber(use.fanOut),
      activation: after?.kind === "activation" && others.length === 0 ? after.activation : null,
      plain: isPlain(network),
    };
    const other = laws.get(tensor);
    laws.set(tensor, other === undefined || (other !== null && other.variance === variance) ? law : null);
  }
  const told = [...laws.values()].filter((law) => law !== null);
  placed.set(network, told);
  return told;
}
