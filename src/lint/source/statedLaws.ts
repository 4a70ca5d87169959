import { end, start } from "../python/syntax/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { isPlain, placeOfLaw } from "../rules/_phase.ts";
import type { StudiedModel } from "../rules/types.ts";
import type { StatedLaw } from "../types.ts";

/** Laws of weights whose variance has a number and whose name in a checkpoint is known. A name with two laws in one network has none. */
export function statedLaws(models: readonly StudiedModel[]): readonly StatedLaw[] {
  const laws = new Map<string, StatedLaw | null>();
  for (const [index, { network }] of models.entries()) {
    if (network.root === null || network.loaded) continue;
    for (const use of network.layers) {
      const variance = knownNumber(use.law.variance);
      if (
        use.law.family === "unknown" ||
        variance === null ||
        knownNumber(use.law.mean) !== 0 ||
        !network.names.has(use.module)
      )
        continue;
      const tensor = `${use.name}.weight`;
      const { unit, from, to } = placeOfLaw(use);
      const place = { unit, from, to };
      const [after, ...others] = use.after;
      const law: StatedLaw = {
        model: `${network.name} ${index}`,
        tensor,
        variance,
        label: use.law.label,
        from: start(place),
        to: end(place),
        fanIn: use.fanIn === null ? null : knownNumber(use.fanIn),
        fanOut: use.fanOut === null ? null : knownNumber(use.fanOut),
        activation: after?.kind === "activation" && others.length === 0 ? after.activation : null,
        plain: isPlain(network),
      };
      const key = `${index} ${tensor}`;
      const known = laws.get(key);
      laws.set(key, known === undefined || (known !== null && known.variance === variance) ? law : null);
    }
  }
  return [...laws.values()].filter((law) => law !== null);
}
