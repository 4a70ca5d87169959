import type { LayerMatch, ModelComparison, SimilarityCell, SimilarityLayer } from "./types.ts";

/** Every two files by their layers: those of the same name where both have the same names, else each layer's closest one. */
export function modelComparisons(
  layers: readonly SimilarityLayer[],
  cells: readonly SimilarityCell[],
  better: "high" | "low",
): ModelComparison[] {
  const value = new Map<string, number>();
  for (const cell of cells) {
    if (cell.refused !== null) continue;
    value.set(`${cell.a} ${cell.b}`, cell.value);
    // Of a symmetric measure one half is there.
    if (!value.has(`${cell.b} ${cell.a}`)) value.set(`${cell.b} ${cell.a}`, cell.value);
  }
  const files = [...new Set(layers.map(({ file }) => file))];
  const of = (file: number) => layers.flatMap((layer, at) => (layer.file === file ? [at] : []));
  const closest = (at: number, others: readonly number[]): LayerMatch | null => {
    let best: LayerMatch | null = null;
    for (const other of others) {
      const found = value.get(`${at} ${other}`);
      if (found === undefined) continue;
      if (best === null || (better === "high" ? found > best.value : found < best.value))
        best = { layer: at, best: other, value: found, sameName: layers[at]!.tensor === layers[other]!.tensor };
    }
    return best;
  };
  const out: ModelComparison[] = [];
  for (const [i, a] of files.entries())
    for (const b of files.slice(i)) {
      const [first, second] = [of(a), of(b)];
      const matches = first.flatMap((at) => closest(at, second) ?? []);
      const back = second.flatMap((at) => closest(at, first) ?? []);
      const same = first.flatMap((at) => {
        const twin = second.find((other) => layers[other]!.tensor === layers[at]!.tensor);
        const found = twin === undefined ? undefined : value.get(`${at} ${twin}`);
        return found === undefined ? [] : [found];
      });
      const named = same.length === first.length && same.length === second.length;
      const used = named ? same : [...matches, ...back].map((match) => match.value);
      if (used.length === 0) continue;
      const mean = used.reduce((sum, one) => sum + one, 0) / used.length;
      out.push({ a, b, value: mean, by: named ? "same-names" : "best-matches", matches });
    }
  return out;
}
