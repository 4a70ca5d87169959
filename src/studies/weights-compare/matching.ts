import { type ChainLayer, matchWeights, moved } from "../../numerics/alignment/weightMatching.ts";
import { Random } from "../../numerics/random.ts";
import { shuffled } from "../../numerics/similarity/resampling.ts";
import type { StudyContext } from "../types.ts";
import type { UnitMatching } from "./types.ts";

const CHANCE_DRAWS = 5;

/** Matches the hidden units of B to A's, and says how close shuffled weights come by the same means. */
export function matchUnits(
  { cancel }: Pick<StudyContext, "cancel">,
  names: readonly string[],
  a: readonly ChainLayer[],
  b: readonly ChainLayer[],
  seed: number,
): UnitMatching {
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
    before,
    after,
    chance: { mean, standardDeviation: Math.sqrt(variance), draws: CHANCE_DRAWS },
    layers: names.map((tensor, at) => {
      const order = orders[at] ?? null;
      return {
        tensor,
        units: a[at]!.units,
        moved: order === null ? 0 : order.reduce((count, unit, i) => count + (unit === i ? 0 : 1), 0),
        before: cosine(a[at]!.weights, b[at]!.weights),
        after: cosine(a[at]!.weights, moved(b[at]!, order, orders[at - 1] ?? null).weights),
        order,
      };
    }),
  };
}

/** The same weights in every unit, in an order that means nothing. */
function scrambled(layer: ChainLayer, random: Random): ChainLayer {
  const width = layer.inputs * layer.taps;
  const weights = new Float64Array(layer.weights.length);
  for (let unit = 0; unit < layer.units; unit++) {
    const order = shuffled(width, random);
    for (let j = 0; j < width; j++) weights[unit * width + j] = layer.weights[unit * width + order[j]!]!;
  }
  const order = shuffled(layer.units, random);
  const bias = layer.bias === null ? null : Float64Array.from(order, (unit) => layer.bias![unit]!);
  return { ...layer, weights, bias };
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
