import { similarityStudy } from "../../studies/similarity/index.ts";
import { ALL_DISTANCES, COMPARISONS, MEASURES } from "../../studies/similarity/parameters.ts";
import type { SimilarityCell, SimilarityResult } from "../../studies/similarity/types.ts";
import { weightsCompareStudy } from "../../studies/weights-compare/index.ts";
import { type Command, choiceOf, textOf, UsageError, wholeNumberOf } from "../command.ts";
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
  MEASURE_HELP,
  MODEL_FLAGS,
  MODEL_HELP,
  measureOptionsOf,
  POOLINGS,
  patternsOf,
} from "../similarity/inputs.ts";
import { writeSimilarityPage, writeWeightsPage } from "../similarity/page.ts";
import { compareText, weightsText } from "../similarity/text.ts";
import { runStudy, type StudyPath } from "../study.ts";
import { printable } from "../terminal.ts";

const COLUMNS = [
  "a",
  "b",
  "value",
  "low",
  "high",
  "standardError",
  "chance",
  "p",
  "pCorrected",
  "draws",
  "clear",
  "refused",
];

/** Two lines of the help: one would be too long for a terminal. */
const OTHERS = MEASURES.filter((one) => one !== "debiased-cka");

/** How alike the representations in several files are, or with --weights what tells two checkpoints apart. */
export const compare: Command = {
  name: "compare",
  usage: "A [B …] [--stimuli FILE] [--recording FILE] [--measure WORD] [--json|--csv|--html FILE]  |  A B --weights",
  does: "How alike the layers of models or in activation files are, with intervals, chance levels and p; or what moved between two checkpoints.",
  flags: {
    weights: { type: "boolean" },
    measure: { type: "string" },
    distance: { type: "string" },
    comparison: { type: "string" },
    ...MODEL_FLAGS,
    ...MEASURE_FLAGS,
    recording: { type: "string", multiple: true },
    items: { type: "string" },
    permutations: { type: "string" },
    bootstraps: { type: "string" },
    seed: { type: "string" },
    "item-names": { type: "string" },
    html: { type: "string" },
    hierarchies: { type: "boolean" },
  },
  help: [
    ["--measure WORD", `debiased-cka (default), ${OTHERS.slice(0, 6).join(", ")},`, OTHERS.slice(6).join(", ")],
    ["--distance WORD", `of rsa: ${ALL_DISTANCES.join(", ")}`],
    ["--comparison W", `of rsa: ${COMPARISONS.join(", ")}`],
    ["--recording FILE", "trials × units with a list of items (and sessions); may be given several times"],
    ...MODEL_HELP,
    ...MEASURE_HELP,
    ["--items N", "at most N items, drawn by --seed (default 1); --permutations N, --bootstraps N (0: none)"],
    ["--item-names F", "names of items, JSON or one a line; default labels.json or .txt beside the first file"],
    ["--html FILE", "a page that draws all this and needs nothing else"],
    HIERARCHIES_HELP,
    ["--weights", "compare weights of one architecture instead: spectra, principal angles, ΔW, matched units"],
  ],
  examples: [
    "compare samples/two-seeds/seed-0.npz samples/two-seeds/seed-1.npz",
    "compare samples/two-seeds/seed-0.npz --recording samples/two-seeds/recording.h5 --measure rsa",
    "compare model.onnx other.onnx --stimuli images.npz --pooling mean-last",
    "compare samples/two-seeds/seed-0.weights.safetensors samples/two-seeds/seed-1.weights.safetensors --weights",
  ],
  takes: "all",

  prepare(given, args) {
    if (given.weights === true) {
      if (args.length !== 2) throw new UsageError("compare --weights takes two checkpoints.");
      const html = textOf(given, "html") ?? null;
      const seed = wholeNumberOf(given, "seed", 1, 0, 1e9 - 1);
      return { run: (_first, options) => compareWeights(args, seed, html, options) };
    }
    const recordings = (Array.isArray(given.recording) ? given.recording : []).map(String);
    const parameters = {
      measure: choiceOf(given, "measure", MEASURES, "debiased-cka"),
      distance: choiceOf(given, "distance", ALL_DISTANCES, "correlation"),
      comparison: choiceOf(given, "comparison", COMPARISONS, "spearman"),
      items: wholeNumberOf(given, "items", 0, 0, 1_000_000),
      permutations:
        textOf(given, "permutations") === undefined ? null : wholeNumberOf(given, "permutations", 0, 0, 99_999),
      bootstraps: wholeNumberOf(given, "bootstraps", 200, 0, 10_000),
      seed: wholeNumberOf(given, "seed", 1, 0, 1e9 - 1),
      pooling: choiceOf(given, "pooling", POOLINGS, "flatten"),
      fill: fillOf(given),
      ...measureOptionsOf(given),
      hierarchies: hierarchiesOf(given),
    };
    const own = { names: textOf(given, "item-names") ?? null, html: textOf(given, "html") ?? null };
    return {
      csvHeader: () => csvLines([COLUMNS]),
      run: (_first, options) =>
        compareActivations(
          args,
          [...filesOf(args, given), ...recordings.map((path) => ({ role: "recording", path }))],
          { ...parameters, layers: patternsOf(options, given) },
          own,
          options,
        ),
    };
  },
};

async function compareActivations(
  files: readonly string[],
  inputs: readonly StudyPath[],
  parameters: Readonly<Record<string, unknown>>,
  { names, html }: { readonly names: string | null; readonly html: string | null },
  options: CliOptions,
): Promise<number> {
  const nameLists = await findLabelLists(files[0]!, names);
  const asked = { ...parameters, nameLists };
  const result = await runStudy(similarityStudy, inputs, asked, options);
  if (options.form === "json") {
    const { files: named, stage: _stage, hierarchy: _hierarchy, hierarchies: _all, cells: every, ...rest } = result;
    const cells = every.map(({ soFar: _soFar, ...cell }) => cell);
    const document = { schema: "modescope/compare/1", files: named.map(({ name }) => name), ...rest, cells };
    printDocument(document, options.several);
  } else if (options.form === "csv") process.stdout.write(csvLines(result.cells.map((cell) => csvRow(result, cell))));
  else process.stdout.write(`${compareText(result)}\n`);
  complain(result.leftOut);
  if (html !== null) await writeSimilarityPage(html, "Representations", result, nameLists, compareText(result));
  return result.cells.some(({ refused }) => refused !== null) ? EXIT.partial : EXIT.ok;
}

function csvRow({ layers }: SimilarityResult, cell: SimilarityCell) {
  const { interval, permutation } = cell;
  return [
    layers[cell.a]!.label,
    layers[cell.b]!.label,
    cell.refused === null ? cell.value : null,
    interval?.low,
    interval?.high,
    interval?.standardError,
    cell.chance,
    permutation?.p,
    permutation?.corrected,
    permutation?.draws,
    cell.clear === null ? null : String(cell.clear),
    cell.refused?.condition,
  ];
}

async function compareWeights(
  files: readonly string[],
  seed: number,
  html: string | null,
  options: CliOptions,
): Promise<number> {
  const inputs = files.map((path) => ({ role: "checkpoint", path }));
  const result = await runStudy(weightsCompareStudy, inputs, { tensors: patternsOf(options), seed }, options);
  if (options.form === "json") {
    const { stage: _stage, ...rest } = result;
    printDocument({ schema: "modescope/compare-weights/1", ...rest }, options.several);
  } else process.stdout.write(`${weightsText(result)}\n`);
  complain(result.leftOut);
  if (html !== null) await writeWeightsPage(html, result, weightsText(result));
  return EXIT.ok;
}

function complain(leftOut: readonly { readonly tensor: string; readonly reason: string }[]): void {
  for (const { tensor, reason } of leftOut) process.stderr.write(`${printable(`left out: ${tensor}: ${reason}`)}\n`);
}
