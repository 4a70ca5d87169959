import { counted } from "../../../src/base/counted.ts";
import type { RecordingCeiling, SimilarityCell, SimilarityResult } from "../../../src/studies/similarity/types.ts";
import type { BandPoint, BandPointsData } from "../../charts/bandPoints.ts";
import type { CloudMapData } from "../../charts/cloudMap.ts";
import type { PairCell, PairMatrixData } from "../../charts/pairMatrix.ts";
import { formatNumber } from "../../shell/format.ts";

const short = (value: number): string => formatNumber(value, 2).text;

/** The cell of two layers, whichever way round it is known. */
export function cellOf({ cells, symmetric }: SimilarityResult, a: number, b: number): SimilarityCell | null {
  return (
    cells.find((cell) => cell.a === a && cell.b === b) ??
    (symmetric ? (cells.find((cell) => cell.a === b && cell.b === a) ?? null) : null)
  );
}

/** What is known of a cell, in words. */
export function cellSentence(cell: SimilarityCell, digits: number): string {
  const number = (value: number) => formatNumber(value, digits).text;
  if (cell.refused !== null) return `refused (${cell.refused.condition}): ${cell.refused.reason}`;
  const parts = [number(cell.value)];
  if (cell.soFar !== null) parts.push(`of the first ${cell.soFar.toLocaleString("en")} items so far`);
  if (cell.interval !== null) parts.push(`95 % from ${number(cell.interval.low)} to ${number(cell.interval.high)}`);
  if (cell.chance !== null) parts.push(`chance ${number(cell.chance)}`);
  if (cell.permutation !== null) {
    const { p, corrected, floor, draws, enumerated } = cell.permutation;
    const family = corrected === null ? "" : `, ${number(corrected)} corrected for all cells`;
    parts.push(
      `p ${number(p)}${p <= floor ? " (no smaller one is possible)" : ""}${family} of ${counted(draws, enumerated ? "order" : "draw")}`,
    );
  }
  if (cell.kept !== null) parts.push(`${cell.kept[0]} and ${counted(cell.kept[1], "direction")} kept`);
  if (cell.clear === false) parts.push("not beyond chance");
  return parts.join(", ");
}

function pairCell(cell: SimilarityCell | null, digits: number): PairCell | null {
  if (cell === null) return null;
  return {
    value: cell.value,
    low: cell.interval?.low ?? null,
    high: cell.interval?.high ?? null,
    chance: cell.chance,
    clear: cell.clear,
    refused: cell.refused?.reason ?? null,
    // Made when a cell is read: of thousands of cells few are.
    get sentence() {
      return cellSentence(cell, digits);
    },
  };
}

/** Ends of the colours: from nothing in common to the same; of distances the largest there is. */
export function scaleOf(
  { better, identity }: Pick<SimilarityResult, "better" | "identity">,
  values: readonly number[],
): { worst: number; best: number } {
  if (better === "high") return { worst: 0, best: identity };
  const most = Math.max(0, ...values.filter(Number.isFinite));
  return { worst: most > 0 ? most : 1, best: identity };
}

const valuesOf = ({ cells }: SimilarityResult): readonly number[] =>
  cells.flatMap(({ refused, value }) => (refused === null ? [value] : []));

export function layerMatrix(result: SimilarityResult, title: string, digits: number): PairMatrixData {
  const { layers } = result;
  const labels = layers.map(({ label }) => label);
  const byPair = new Map(result.cells.map((cell) => [`${cell.a} ${cell.b}`, cell]));
  const find = (a: number, b: number) =>
    byPair.get(`${a} ${b}`) ?? (result.symmetric ? byPair.get(`${b} ${a}`) : undefined) ?? null;
  return {
    name: `layers-${result.measure}`,
    title,
    rows: labels,
    columns: labels,
    cells: layers.flatMap((_, a) => layers.map((__, b) => pairCell(find(a, b), digits))),
    ...scaleOf(result, valuesOf(result)),
    groups: layers.flatMap(({ file }, at) => (at > 0 && layers[at - 1]!.file !== file ? [at] : [])),
    text: short,
    table: () => ({
      caption: title,
      columns: ["a", "b", "value", "low", "high", "chance", "p", "corrected p", "draws", "beyond chance", "refused"],
      rows: result.cells.map((cell) => [
        labels[cell.a]!,
        labels[cell.b]!,
        cell.refused === null ? String(cell.value) : "",
        cell.interval === null ? "" : String(cell.interval.low),
        cell.interval === null ? "" : String(cell.interval.high),
        cell.chance === null ? "" : String(cell.chance),
        cell.permutation === null ? "" : String(cell.permutation.p),
        cell.permutation?.corrected == null ? "" : String(cell.permutation.corrected),
        cell.permutation === null ? "" : String(cell.permutation.draws),
        cell.clear === null ? "" : cell.clear ? "yes" : "no",
        cell.refused?.condition ?? "",
      ]),
    }),
  };
}

export function modelMatrix(result: SimilarityResult): PairMatrixData {
  const used = [...new Set(result.layers.map(({ file }) => file))];
  const names = used.map((file) => result.files[file]!.name);
  const find = (a: number, b: number) =>
    result.models.find((one) => (one.a === a && one.b === b) || (one.a === b && one.b === a));
  const caption = "Mean over layers of the same name, else over each layer's closest";
  return {
    name: `models-${result.measure}`,
    title: caption,
    rows: names,
    columns: names,
    cells: used.flatMap((a) =>
      used.map((b): PairCell | null => {
        const found = find(a, b);
        if (found === undefined) return null;
        const same = found.matches.filter(({ sameName }) => sameName).length;
        const how =
          found.by === "same-names"
            ? `mean over layers of the same name; ${same} of ${counted(found.matches.length, "layer")} are closest to their namesake`
            : "mean of each layer's closest, both ways";
        return {
          value: found.value,
          low: null,
          high: null,
          chance: null,
          clear: null,
          refused: null,
          sentence: `${short(found.value)}, ${how}`,
        };
      }),
    ),
    ...scaleOf(result, valuesOf(result)),
    groups: [],
    text: short,
    table: () => ({
      caption,
      columns: ["a", "b", "value", "by"],
      rows: result.models.map(({ a, b, value, by }) => [
        result.files[a]!.name,
        result.files[b]!.name,
        String(value),
        by,
      ]),
    }),
  };
}

export function secondOrderMatrix(result: SimilarityResult): PairMatrixData {
  const { layers, secondOrder } = result;
  const labels = layers.map(({ label }) => label);
  const title = "RDM of RDMs: 1 − Spearman of the dissimilarities on show";
  return {
    name: "rdm-of-rdms",
    title,
    rows: labels,
    columns: labels,
    cells: layers.flatMap((_, a) =>
      layers.map((__, b): PairCell => {
        const value = secondOrder?.[a * layers.length + b] ?? Number.NaN;
        const refused = Number.isNaN(value) ? "One of the two has no dissimilarities." : null;
        return { value, low: null, high: null, chance: null, clear: null, refused, sentence: refused ?? short(value) };
      }),
    ),
    worst: 1,
    best: 0,
    groups: layers.flatMap(({ file }, at) => (at > 0 && layers[at - 1]!.file !== file ? [at] : [])),
    text: short,
    table: () => ({
      caption: title,
      columns: ["Layer", ...labels],
      rows: labels.map((label, a) => [
        label,
        ...labels.map((_, b) => String(secondOrder?.[a * labels.length + b] ?? "")),
      ]),
    }),
  };
}

export function mapData(result: SimilarityResult): CloudMapData | null {
  const { map, layers } = result;
  if (map === null) return null;
  const files = [...new Set(layers.map(({ file }) => file))];
  return {
    name: `map-${result.measure}`,
    summary: `${counted(map.layers.length, "layer")} in the plane that shows their distances best (${Math.round(100 * map.shown)} % of what a space can hold); dots are ${counted(map.draws, "draw")} over items.`,
    labels: map.layers.map((layer) => layers[layer]!.label),
    series: map.layers.map((layer) => files.indexOf(layers[layer]!.file)),
    points: map.points,
    clouds: map.clouds,
    draws: map.draws,
  };
}

export function nameOfItem({ items }: SimilarityResult, item: number): string {
  return items.names?.[item] ?? `item ${item}`;
}

const pointOf = (cell: SimilarityCell | null): BandPoint | null =>
  cell === null || cell.refused !== null
    ? null
    : { y: cell.value, low: cell.interval?.low ?? null, high: cell.interval?.high ?? null };

/** A recording against every layer of every network, with the ceiling where it is known. */
export function brainData(result: SimilarityResult, recording: number): BandPointsData {
  const layers = result.layers.flatMap(({ kind }, at) => (kind === "layer" ? [at] : []));
  const ceiling = result.ceilings.find(({ layer }) => layer === recording) ?? null;
  const single = layers.map((at): BandPoint | null => {
    const found = ceiling?.layers.find(({ layer }) => layer === at);
    return found === undefined ? null : { y: found.value, low: found.low, high: found.high };
  });
  const all = { label: "with all parts together", points: layers.map((at) => pointOf(cellOf(result, at, recording))) };
  const rsa = result.measure === "rsa";
  return {
    name: "brain-against-layers",
    title: `${result.layers[recording]!.label} against the layers`,
    places: layers.map((at) => result.layers[at]!.label),
    series:
      ceiling !== null && rsa
        ? [all, { label: `with single ${ceiling.of}, beside the ceiling`, points: single }]
        : [all],
    band:
      ceiling === null || !rsa
        ? null
        : { lower: ceiling.lower, upper: ceiling.upper, label: `noise ceiling of ${ceiling.over} ${ceiling.of}` },
    yTitle: result.measure,
  };
}

/** Layers that a recording agrees with, the best first, each with its error over items and parts; null where no ceiling is known for the measure. */
export function ceilingTable(result: SimilarityResult, recording: number): CeilingTable | null {
  const ceiling = result.ceilings.find(({ layer }) => layer === recording);
  if (ceiling === undefined || result.measure !== "rsa") return null;
  const name = (layer: number) => result.layers[layer]!.label;
  const layers = [...ceiling.layers].sort((a, b) => b.value - a.value);
  const differences = [...ceiling.differences].sort((a, b) => a.p - b.p);
  return { ceiling, layers: layers.map((one) => ({ ...one, name: name(one.layer) })), differences, name };
}

export interface CeilingTable {
  readonly ceiling: RecordingCeiling;
  readonly layers: readonly (RecordingCeiling["layers"][number] & { readonly name: string })[];
  readonly differences: RecordingCeiling["differences"];
  name(layer: number): string;
}

/** Every layer against its namesake in the last file: how a run's representations reached where they ended. */
export function trainingData(result: SimilarityResult): BandPointsData | null {
  const files = [...new Set(result.layers.filter(({ kind }) => kind === "layer").map(({ file }) => file))];
  if (files.length < 3) return null;
  const last = files[files.length - 1]!;
  const names = result.layers.filter(({ file }) => file === last).map(({ tensor }) => tensor);
  const place = (file: number, tensor: string) =>
    result.layers.findIndex((layer) => layer.file === file && layer.tensor === tensor);
  const series = names
    .filter((tensor) => files.every((file) => place(file, tensor) >= 0))
    .map((tensor) => ({
      label: tensor,
      points: files.map((file) => pointOf(cellOf(result, place(file, tensor), place(last, tensor)))),
    }));
  if (series.length === 0) return null;
  return {
    name: `training-${result.measure}`,
    title: `Every layer against itself in ${result.files[last]!.name}`,
    places: files.map((file) => result.files[file]!.name),
    series,
    band: null,
    yTitle: result.measure,
  };
}
