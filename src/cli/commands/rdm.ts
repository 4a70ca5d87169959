import { counted } from "../../base/counted.ts";
import { entryOf } from "../../base/triangle.ts";
import { similarityStudy } from "../../studies/similarity/index.ts";
import { ALL_DISTANCES } from "../../studies/similarity/parameters.ts";
import type { ShownRdm, SimilarityResult } from "../../studies/similarity/types.ts";
import { type Command, choiceOf, textOf, wholeNumberOf } from "../command.ts";
import { csvLines } from "../csv.ts";
import { EXIT } from "../exitCodes.ts";
import { findLabelLists } from "../hierarchy/labels.ts";
import { printDocument } from "../json.ts";
import type { CliOptions } from "../options.ts";
import {
  filesOf,
  fillOf,
  HIERARCHIES_HELP,
  hierarchiesOf,
  MEASURE_FLAGS,
  MODEL_FLAGS,
  MODEL_HELP,
  measureOptionsOf,
  POOLINGS,
  patternsOf,
} from "../similarity/inputs.ts";
import { writeSimilarityPage } from "../similarity/page.ts";
import { runStudy } from "../study.ts";
import { numberText } from "../table.ts";
import { outputWidth, printable } from "../terminal.ts";

/** Representational dissimilarity matrices of the layers in a file. */
export const rdm: Command = {
  name: "rdm",
  usage:
    "FILE [--stimuli FILE] [--tensors GLOB] [--distance WORD] [--items N] [--recordings] [--json|--csv|--html FILE]",
  does: "Dissimilarity matrices of the layers of a model or in an activation file (or of a recording), items in the order of their tree.",
  flags: {
    distance: { type: "string" },
    items: { type: "string" },
    seed: { type: "string" },
    "item-names": { type: "string" },
    ...MODEL_FLAGS,
    ...MEASURE_FLAGS,
    recordings: { type: "boolean" },
    html: { type: "string" },
    hierarchies: { type: "boolean" },
  },
  help: [
    ["--distance WORD", `${ALL_DISTANCES.join(", ")}`],
    ["--items N", "at most N items (default 100, at most 1000), drawn by --seed"],
    ...MODEL_HELP,
    ["--html FILE", "a page that draws all this and needs nothing else"],
    HIERARCHIES_HELP,
    ["--noise, --scaling, --recording-axes", "as in compare"],
    ["--recordings", "FILE is a recording: trials × units with a list of items, or repeats × items × units"],
  ],
  examples: [
    "rdm samples/two-seeds/seed-0.npz --tensors hidden3",
    "rdm samples/two-seeds/recording.h5 --recordings --distance crossnobis --json",
  ],

  prepare(given) {
    const distance = choiceOf(given, "distance", ALL_DISTANCES, "correlation");
    const items = wholeNumberOf(given, "items", 100, 3, 1000);
    const seed = wholeNumberOf(given, "seed", 1, 0, 1e9 - 1);
    const names = textOf(given, "item-names") ?? null;
    const html = textOf(given, "html") ?? null;
    const pooling = choiceOf(given, "pooling", POOLINGS, "flatten");
    const fill = fillOf(given);
    const hierarchies = hierarchiesOf(given);
    const filesFor = (path: string) =>
      given.recordings === true ? [{ role: "recording", path }] : filesOf([path], given);
    return {
      csvHeader: () => csvLines([["layer", "a", "b", "dissimilarity"]]),
      async run(path, options) {
        const nameLists = await findLabelLists(path, names);
        // One measure of itself is the least that the study does beside the matrices.
        const asked = {
          measure: "rsa",
          distance,
          items,
          seed,
          shownItems: items,
          permutations: 0,
          bootstraps: 0,
          nameLists,
          layers: patternsOf(options, given),
          ...measureOptionsOf(given),
          hierarchies,
          pooling,
          fill,
        };
        const result = await runStudy(similarityStudy, filesFor(path), asked, options);
        print(path, result, options);
        if (html !== null) await writeSimilarityPage(html, "Dissimilarities", result, nameLists, textOfLayers(result));
        return result.rdms.some(({ triangle }) => triangle === null) ? EXIT.partial : EXIT.ok;
      },
    };
  },
};

function print(file: string, result: SimilarityResult, options: CliOptions): void {
  const { rdms, shownItems, layers, items, itemTree, distance } = result;
  const nameOf = (item: number) => items.names?.[item] ?? `item ${item}`;
  if (options.form === "json") {
    const matrices = rdms.map(({ layer, triangle, reason, distance: own }) => ({
      layer: layers[layer]!.label,
      distance: own,
      values: triangle === null ? null : square(triangle, shownItems.length),
      reason,
    }));
    const named = { all: items.all, used: items.used, order: shownItems, names: shownItems.map(nameOf) };
    printDocument({ schema: "modescope/rdm/1", file, distance, items: named, itemTree, matrices }, options.several);
    return;
  }
  if (options.form === "csv") {
    for (const { layer, triangle } of rdms)
      if (triangle !== null)
        process.stdout.write(csvLines(pairsOf(triangle, shownItems, nameOf, layers[layer]!.label)));
    return;
  }
  for (const one of rdms) {
    process.stdout.write(
      `${printable(layers[one.layer]!.label)}: ${counted(layers[one.layer]!.dimensions, "dimension")}, ${one.distance} distances of ${counted(shownItems.length, "item")}\n`,
    );
    process.stdout.write(
      `${one.triangle === null ? printable(`refused: ${one.reason}`) : picture(one, shownItems.length)}\n\n`,
    );
  }
}

/** For a reader without scripts. */
function textOfLayers({ rdms, layers, shownItems }: SimilarityResult): string {
  return rdms
    .map(
      ({ layer, reason, distance }) =>
        `${layers[layer]!.label}: ${reason ?? `${distance} distances of ${counted(shownItems.length, "item")}`}`,
    )
    .join("\n");
}

/** Items × items, as readers of the document index it. */
function square(triangle: Float32Array, n: number): Float32Array {
  return Float32Array.from({ length: n * n }, (_, at) => entryOf(triangle, n, Math.floor(at / n), at % n));
}

function pairsOf(triangle: Float32Array, order: readonly number[], nameOf: (item: number) => string, layer: string) {
  const n = order.length;
  return order.flatMap((a, i) =>
    order.slice(i + 1).map((b, k) => [layer, nameOf(a), nameOf(b), entryOf(triangle, n, i, i + 1 + k)]),
  );
}

const SHADES = " ░▒▓█";

/** Two characters an item where there is room, one where not, and of more items than a line has room for means over neighbours; light is alike. */
function picture({ triangle }: ShownRdm, n: number): string {
  if (triangle === null) return "";
  const room = outputWidth() ?? 200;
  const side = Math.min(n, Math.max(8, room));
  const wide = 2 * side <= room ? 2 : 1;
  const means = blockMeans(triangle, n, side);
  const most = means.reduce((largest, value) => Math.max(largest, value), 0);
  const lines = Array.from({ length: side }, (_, i) =>
    Array.from({ length: side }, (_, j) => {
      const share = most > 0 ? Math.max(0, means[i * side + j]!) / most : 0;
      return SHADES[Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))]!.repeat(wide);
    }).join(""),
  );
  const blocks = side < n ? `; means over ${(n / side).toFixed(1)} × ${(n / side).toFixed(1)} neighbouring items` : "";
  return `${lines.join("\n")}\n0 to ${numberText(most)}; light is alike${blocks}`;
}

/** side × side means over blocks of neighbouring items; the items themselves where there are no more. */
function blockMeans(triangle: Float32Array, n: number, side: number): Float64Array {
  const first = (block: number) => Math.floor((block * n) / side);
  return Float64Array.from({ length: side * side }, (_, at) => {
    const [r, c] = [Math.floor(at / side), at % side];
    let sum = 0;
    for (let i = first(r); i < first(r + 1); i++)
      for (let j = first(c); j < first(c + 1); j++) sum += entryOf(triangle, n, i, j);
    return sum / ((first(r + 1) - first(r)) * (first(c + 1) - first(c)));
  });
}
