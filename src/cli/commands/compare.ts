import { similarityStudy } from "../../studies/similarity/index.ts";
import { ALL_DISTANCES, COMPARISONS, MEASURES } from "../../studies/similarity/parameters.ts";
import type { SimilarityCell, SimilarityResult } from "../../studies/similarity/types.ts";
import { weightsCompareStudy } from "../../studies/weights-compare/index.ts";
import type { WeightsCompareResult } from "../../studies/weights-compare/types.ts";
import { type Command, choiceOf, textOf, UsageError, wholeNumberOf } from "../command.ts";
import { csvLines } from "../csv.ts";
import { EXIT } from "../exitCodes.ts";
import { findLabelLists } from "../hierarchy/labels.ts";
import { printDocument } from "../json.ts";
import type { CliOptions } from "../options.ts";
import { patternsOf } from "../similarity/inputs.ts";
import { runStudy } from "../study.ts";
import { numberText, textTable } from "../table.ts";
import { outputWidth, printable } from "../terminal.ts";

const COLUMNS = ["a", "b", "value", "low", "high", "standardError", "chance", "p", "draws", "clear", "refused"];

/** Two lines of the help: one would be too long for a terminal. */
const OTHERS = MEASURES.filter((one) => one !== "debiased-cka");

/** How alike the representations in several files are, or with --weights what tells two checkpoints apart. */
export const compare: Command = {
  name: "compare",
  usage: "A [B …] [--recording FILE] [--measure WORD] [--json|--csv]   |   A B --weights [--json]",
  does: "How alike the layers in activation files are, with intervals, chance levels and p; or what moved between two checkpoints.",
  flags: {
    weights: { type: "boolean" },
    measure: { type: "string" },
    distance: { type: "string" },
    comparison: { type: "string" },
    recording: { type: "string", multiple: true },
    items: { type: "string" },
    permutations: { type: "string" },
    bootstraps: { type: "string" },
    seed: { type: "string" },
    "item-names": { type: "string" },
  },
  help: [
    ["--measure WORD", `debiased-cka (default), ${OTHERS.slice(0, 6).join(", ")},`, OTHERS.slice(6).join(", ")],
    ["--distance WORD", `of rsa: ${ALL_DISTANCES.join(", ")}`],
    ["--comparison W", `of rsa: ${COMPARISONS.join(", ")}`],
    ["--recording FILE", "trials × units with a list of items (and sessions); may be given several times"],
    ["--items N", "at most N items, drawn by --seed (default 1); --permutations N, --bootstraps N (0: none)"],
    ["--item-names F", "names of items, JSON or one a line; default labels.json or .txt beside the first file"],
    ["--weights", "compare weights of one architecture instead: spectra, principal angles, ΔW, matched units"],
  ],
  examples: [
    "compare samples/two-seeds/seed-0.npz samples/two-seeds/seed-1.npz",
    "compare samples/two-seeds/seed-0.npz --recording samples/two-seeds/recording.h5 --measure rsa",
    "compare samples/two-seeds/seed-0.weights.safetensors samples/two-seeds/seed-1.weights.safetensors --weights",
  ],
  takes: "all",

  prepare(given, args) {
    if (given.weights === true) {
      if (args.length !== 2) throw new UsageError("compare --weights takes two checkpoints.");
      const seed = wholeNumberOf(given, "seed", 1, 0, 1e9 - 1);
      return { run: (_first, options) => compareWeights(args, seed, options) };
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
    };
    const names = textOf(given, "item-names") ?? null;
    return {
      csvHeader: () => csvLines([COLUMNS]),
      run: (_first, options) => compareActivations(args, recordings, parameters, names, options),
    };
  },
};

async function compareActivations(
  files: readonly string[],
  recordings: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
  names: string | null,
  options: CliOptions,
): Promise<number> {
  const inputs = [
    ...files.map((path) => ({ role: "activations", path })),
    ...recordings.map((path) => ({ role: "recording", path })),
  ];
  const nameLists = await findLabelLists(files[0]!, names);
  const asked = { ...parameters, layers: patternsOf(options), nameLists };
  const result = await runStudy(similarityStudy, inputs, asked, options);
  if (options.form === "json") {
    const { files: named, stage: _stage, cells, ...rest } = result;
    const document = { schema: "modescope/compare/1", files: named.map(({ name }) => name), ...rest, cells };
    printDocument(document, options.several);
  } else if (options.form === "csv") process.stdout.write(csvLines(result.cells.map((cell) => csvRow(result, cell))));
  else printText(result);
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
    permutation?.draws,
    cell.clear === null ? null : String(cell.clear),
    cell.refused?.condition,
  ];
}

function printText(result: SimilarityResult): void {
  const out = (line: string) => process.stdout.write(`${printable(line)}\n`);
  const { measure, layers, items, better, notes, leftOut, ceilings, models } = result;
  const { label, equation } = similarityStudy.manifest.quantities[measure]!;
  const how = measure === "rsa" ? `${result.distance} distances by ${result.comparison}` : equation;
  out(
    `${label} (${how}) over ${items.used}${items.used < items.all ? ` of ${items.all}` : ""} items; ${better === "high" ? "large" : "small"} is alike`,
  );
  for (const note of notes) out(`Note: ${note}`);
  process.stdout.write("\n");
  const rows = result.cells.filter(({ a, b }) => a !== b || layers.length === 1);
  process.stdout.write(
    `${textTable(
      [
        { title: "layer" },
        { title: "layer" },
        { title: "value", right: true },
        { title: "95 % interval", right: true },
        { title: "chance", right: true },
        { title: "p", right: true },
        { title: "beyond chance" },
      ],
      rows.map((cell) => [layers[cell.a]!.label, layers[cell.b]!.label, ...cellTexts(cell)]),
      outputWidth(),
    )}\n`,
  );
  for (const { a, b, matches, by, value } of models) {
    if (a === b || layers.some(({ file, kind }) => kind === "recording" && (file === a || file === b))) continue;
    const same = matches.filter(({ sameName }) => sameName).length;
    process.stdout.write("\n");
    out(
      `${result.files[a]!.name} and ${result.files[b]!.name}: ${numberText(value)} over ${by === "same-names" ? "layers of the same name" : "best matches"}`,
    );
    for (const match of matches)
      out(`  ${layers[match.layer]!.tensor} is closest to ${layers[match.best]!.tensor} (${numberText(match.value)})`);
    if (by === "same-names") out(`  ${same} of ${matches.length} layers find the layer of their own name`);
  }
  for (const { layer, lower, upper, over, reliability, layers: against } of ceilings) {
    process.stdout.write("\n");
    out(
      `Noise ceiling of ${layers[layer]!.label} from ${over} parts: ${numberText(lower)} to ${numberText(upper)}; median reliability of a unit ${numberText(reliability)}`,
    );
    for (const one of [...against].sort((a, b) => b.value - a.value))
      out(`  ${layers[one.layer]!.label}: ${numberText(one.value)} with a single part on average`);
  }
  for (const { tensor, reason } of leftOut) process.stderr.write(`${printable(`left out: ${tensor}: ${reason}`)}\n`);
}

function cellTexts({ value, refused, interval, chance, permutation, clear }: SimilarityCell): string[] {
  if (refused !== null) return [`refused: ${refused.condition}`, "", "", "", ""];
  return [
    numberText(value),
    interval === null ? "" : `${numberText(interval.low)} … ${numberText(interval.high)}`,
    numberText(chance),
    permutation === null ? "" : `${numberText(permutation.p)}${permutation.p === permutation.floor ? " (floor)" : ""}`,
    clear === null ? "" : clear ? "yes" : "no",
  ];
}

async function compareWeights(files: readonly string[], seed: number, options: CliOptions): Promise<number> {
  const inputs = files.map((path) => ({ role: "checkpoint", path }));
  const result = await runStudy(weightsCompareStudy, inputs, { tensors: patternsOf(options), seed }, options);
  if (options.form === "json") {
    const { stage: _stage, ...rest } = result;
    printDocument({ schema: "modescope/compare-weights/1", ...rest }, options.several);
  } else printWeights(result);
  return EXIT.ok;
}

function printWeights({ files, tensors, leftOut, matching, noMatching }: WeightsCompareResult): void {
  const out = (line: string) => process.stdout.write(`${printable(line)}\n`);
  out(`${files[0]} → ${files[1]}: ${tensors.length} weights of the same name and shape`);
  process.stdout.write("\n");
  const degrees = (angle: number | undefined) =>
    angle === undefined ? "" : `${((angle * 180) / Math.PI).toFixed(1)}°`;
  process.stdout.write(
    `${textTable(
      [
        { title: "tensor" },
        { title: "shape" },
        { title: "‖ΔW‖/‖W‖", right: true },
        { title: "cosine", right: true },
        { title: "Δσ", right: true },
        { title: "σ₁", right: true },
        { title: "σ₁(ΔW)", right: true },
        { title: "srank(ΔW)", right: true },
        { title: "θ₁ out", right: true },
        { title: "θ₁ in", right: true },
      ],
      tensors.map((one) => [
        one.part === null ? one.tensor : `${one.tensor} [${one.part}]`,
        `${one.rows} × ${one.columns}`,
        numberText(one.relativeChange),
        numberText(one.cosine),
        numberText(one.spectralDistance),
        `${numberText(one.spectra[0][0])} → ${numberText(one.spectra[1][0])}`,
        numberText(one.change[0]),
        numberText(one.changeStableRank),
        degrees(one.outputAngles[0]),
        degrees(one.inputAngles[0]),
      ]),
      outputWidth(),
    )}\n\n`,
  );
  if (matching === null) out(`Hidden units were not matched: ${noMatching}`);
  else {
    const { before, after, chance, layers } = matching;
    out(
      `Hidden units matched: cosine of all weights ${numberText(before)} → ${numberText(after)} (shuffled weights reach ${numberText(chance.mean)} ± ${numberText(chance.standardDeviation)})`,
    );
    for (const one of layers.slice(0, -1))
      out(
        `  ${one.tensor}: ${one.moved} of ${one.units} units change places; its cosine ${numberText(one.before)} → ${numberText(one.after)}`,
      );
  }
  for (const { tensor, reason } of leftOut) process.stderr.write(`${printable(`left out: ${tensor}: ${reason}`)}\n`);
}
