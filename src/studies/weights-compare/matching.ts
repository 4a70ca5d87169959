import { type MatchedLayer, matchWeights, put } from "../../numerics/alignment/weightMatching.ts";
import { Random } from "../../numerics/random.ts";
import { shuffled } from "../../numerics/similarity/resampling.ts";
import type { StudyContext } from "../types.ts";
import type { UnitMatching } from "./types.ts";
import type { Wiring } from "./wiring.ts";

const CHANCE_DRAWS = 5;

/** Matches the hidden units of B to A's, and says how close shuffled weights come by the same means. */
export function matchUnits(
  { cancel }: Pick<StudyContext, "cancel">,
  { wires, notes }: Wiring,
  first: { readonly layers: readonly MatchedLayer[]; readonly normalized: number },
  second: { readonly layers: readonly MatchedLayer[] },
  seed: number,
): UnitMatching {
  const names = wires.map(({ name }) => name);
  const [a, b] = [first.layers, second.layers];
  const { orders, before, after } = matchWeights(a, b, seed, cancel);
  const random = new Random(seed + 1);
  const chance: number[] = [];
  for (let draw = 0; draw < CHANCE_DRAWS; draw++)
    chance.push(
      matchWeights(
        a,
        b.map((layer) => scrambled(layer, random)),
        seed,
        cancel,
      ).after,
    );
  const mean = chance.reduce((sum, value) => sum + value, 0) / CHANCE_DRAWS;
  const variance = chance.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (CHANCE_DRAWS - 1);
  return {
    chain: names,
    notes:
      first.normalized === 0
        ? notes
        : [
            ...notes,
            `Scales and shifts of normalizations behind ${first.normalized} layers move with their units; what they share is taken out.`,
          ],
    before,
    after,
    chance: { mean, standardDeviation: Math.sqrt(variance), draws: CHANCE_DRAWS },
    layers: names.map((tensor, at) => {
      const { output } = a[at]!;
      const order = output === null ? null : orders[output]!;
      return {
        tensor,
        units: a[at]!.units,
        moved: order === null ? 0 : order.reduce((count, unit, i) => count + (unit === i ? 0 : 1), 0),
        before: cosine(a[at]!.weights, b[at]!.weights),
        after: cosine(a[at]!.weights, put(b[at]!, orders).weights),
        order,
        permutation: output,
      };
    }),
  };
}

/** The same weights in every unit, in an order that means nothing. */
function scrambled(layer: MatchedLayer, random: Random): MatchedLayer {
  const width = layer.inputs * layer.taps;
  const weights = new Float64Array(layer.weights.length);
  for (let unit = 0; unit < layer.units; unit++) {
    const order = shuffled(width, random);
    for (let j = 0; j < width; j++) weights[unit * width + j] = layer.weights[unit * width + order[j]!]!;
  }
  const order = shuffled(layer.units, random);
  const vectors = layer.vectors.map((one) => Float64Array.from(order, (unit) => one[unit]!));
  return { ...layer, weights, vectors };
}

function cosine(x: Float64Array, y: Float64Array): number {
  let [cross, first, second] = [0, 0, 0];
  for (let k = 0; k < x.length; k++) {
    cross += x[k]! * y[k]!;
    first += x[k]! ** 2;
    second += y[k]! ** 2;
  }
  return first > 0 && second > 0 ? cross / Math.sqrt(first * second) : Number.NaN;
}
