import { pairMean } from "../../numerics/similarity/acrossNetworks.ts";
import type { MeasureTraits } from "../../numerics/similarity/measures.ts";
import { studentQuantile } from "../../numerics/special/studentT.ts";
import type { Pair, Replicate } from "./cells.ts";
import type { AcrossFiles, SimilarityCell, SimilarityLayer } from "./types.ts";

/**
 * Layers of several networks with the same layers (seeds): the mean over pairs of different networks, for other items and other networks than these. The two
 * variances are added: what only both together make is counted in either, so that the error is rather too large. Null with fewer than three such files. Intervals
 * end at the identity.
 */
export function acrossFiles(
  layers: readonly SimilarityLayer[],
  cells: readonly SimilarityCell[],
  pairs: readonly Pair[],
  replicates: readonly Replicate[],
  { symmetric, better, identity }: Pick<MeasureTraits, "symmetric" | "better" | "identity">,
): AcrossFiles | null {
  const files = [...new Set(layers.flatMap(({ kind, file }) => (kind === "layer" ? [file] : [])))];
  const at = new Map(layers.map(({ file, tensor }, layer) => [`${file} ${tensor}`, layer]));
  const names = layers.flatMap(({ file, tensor }) => (file === files[0] ? [tensor] : []));
  const count = files.map((file) => layers.filter((layer) => layer.file === file).length);
  if (files.length < 3 || count.some((one) => one !== names.length)) return null;
  if (!files.every((file) => names.every((name) => at.has(`${file} ${name}`)))) return null;
  const places = new Map(pairs.map(({ a, b }, place) => [`${a} ${b}`, place]));
  const placeOf = (a: number, b: number) => places.get(`${a} ${b}`) ?? places.get(`${b} ${a}`)!;
  const k = files.length;
  const items = layers[at.get(`${files[0]} ${names[0]}`)!]!.items;
  const degreesOfFreedom = Math.min(k, items) - 1;
  const wide = studentQuantile(0.975, degreesOfFreedom);
  const out = names.flatMap((first, a) =>
    names.flatMap((second, b) => {
      if (symmetric && b < a) return [];
      const where = Array.from({ length: k * k }, (_, pair) => {
        const [i, j] = [Math.floor(pair / k), pair % k];
        return i === j ? 0 : placeOf(at.get(`${files[i]} ${first}`)!, at.get(`${files[j]} ${second}`)!);
      });
      const tableOf = (value: (place: number) => number) => Float64Array.from(where, value);
      const { mean, variance } = pairMean(
        tableOf((place) => cells[place]!.value),
        k,
      );
      const drawn = replicates
        .map(
          (one) =>
            pairMean(
              tableOf((place) => one[place]!),
              k,
            ).mean,
        )
        .filter(Number.isFinite);
      if (!Number.isFinite(mean) || drawn.length < 10) return [];
      const center = drawn.reduce((sum, value) => sum + value / drawn.length, 0);
      const byItems = drawn.reduce((sum, value) => sum + (value - center) ** 2 / drawn.length, 0);
      const standardError = Math.sqrt(variance + byItems);
      return [
        {
          a,
          b,
          value: mean,
          standardError,
          low: better === "low" ? Math.max(identity, mean - wide * standardError) : mean - wide * standardError,
          high: better === "high" ? Math.min(identity, mean + wide * standardError) : mean + wide * standardError,
          errors: [Math.sqrt(byItems), Math.sqrt(variance)] as const,
        },
      ];
    }),
  );
  return { files, layers: names, cells: out, degreesOfFreedom };
}
