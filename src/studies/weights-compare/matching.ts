import { type MatchedLayer, matchWeights, put } from "../../numerics/alignment/weightMatching.ts";
import { Random } from "../../numerics/random.ts";
import { shuffled } from "../../numerics/similarity/resampling.ts";
import type { StudyContext } from "../types.ts";
import type { UnitMatching } from "./types.ts";
import type { Wiring } from "./wiring.ts";

/** With so many draws p can be 0.05; more than the last only refine it. */
const LEAST_DRAWS = 19;
const MOST_DRAWS = 199;
/** Operations of all draws together: a few seconds, as they are small ones. */
const DRAWS_WORK = 1e9;
/** Assignments and products of one matching: it begins anew three times and goes through its permutations about six times each. */
const VISITS = 18;

/** How many shuffled copies are matched: as many as the budget allows, by the sizes alone, so that a seed gives the same numbers everywhere. */
export function chanceDraws(
  layers: readonly Pick<MatchedLayer, "units" | "inputs" | "taps" | "output" | "input">[],
): number {
  const orders = new Map<number, number>();
  let products = 0;
  for (const { units, inputs, taps, output, input } of layers) {
    if (output !== null) orders.set(output, units);
    if (input !== null) orders.set(input, inputs);
    products +=
      (output === null ? 0 : units) * units * inputs * taps + (input === null ? 0 : inputs) * units * inputs * taps;
  }
  const assignments = [...orders.values()].reduce((sum, n) => sum + n ** 3, 0);
  const cost = VISITS * (assignments + products);
  return Math.max(LEAST_DRAWS, Math.min(MOST_DRAWS, Math.floor(DRAWS_WORK / Math.max(1, cost))));
}

/** Matches the hidden units of B to A's, and says how close shuffled weights come by the same means. */
export function matchUnits(
  { cancel }: Pick<StudyContext, "cancel">,
  progress: (fraction: number) => void,
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
  const draws = chanceDraws(a);
  progress(1 / (draws + 1));
  for (let draw = 0; draw < draws; draw++) {
    const shuffledWeights = b.map((layer) => scrambled(layer, random));
    chance.push(matchWeights(a, shuffledWeights, seed, cancel).after);
    progress((draw + 2) / (draws + 1));
  }
  const mean = chance.reduce((sum, value) => sum + value, 0) / draws;
  const variance = chance.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
  // The match itself is one of the draws that the hypothesis allows (Phipson & Smyth 2010).
  const p = (1 + chance.filter((value) => value >= after).length) / (draws + 1);
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
    chance: { mean, standardDeviation: Math.sqrt(variance), draws, p, floor: 1 / (draws + 1) },
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
