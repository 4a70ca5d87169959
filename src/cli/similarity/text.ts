import { counted } from "../../base/counted.ts";
import { similarityStudy } from "../../studies/similarity/index.ts";
import type {
  AcrossFiles,
  Correction,
  RecordingCeiling,
  SimilarityCell,
  SimilarityResult,
} from "../../studies/similarity/types.ts";
import type { WeightsCompareResult } from "../../studies/weights-compare/types.ts";
import { numberText, textTable } from "../table.ts";
import { outputWidth, printable } from "../terminal.ts";

/** A comparison of representations in words: cells, each layer's closest, ceilings. */
export function compareText(result: SimilarityResult): string {
  const lines: string[] = [];
  const out = (line: string) => void lines.push(printable(line));
  const { measure, layers, items, better, notes, ceilings, models } = result;
  const { label, equation } = similarityStudy.manifest.quantities[measure]!;
  const how = measure === "rsa" ? `${result.distance} distances by ${result.comparison}` : equation;
  out(
    `${label} (${how}) over ${items.used < items.all ? `${items.used} of ` : ""}${counted(items.all, "item")}; ${better === "high" ? "large" : "small"} is alike`,
  );
  for (const note of notes) out(`Note: ${note}`);
  lines.push("");
  const rows = result.cells.filter(({ a, b }) => a !== b || layers.length === 1);
  lines.push(
    textTable(
      [
        { title: "layer" },
        { title: "layer" },
        { title: "value", right: true },
        { title: "95 % interval", right: true },
        { title: "chance", right: true },
        { title: "p", right: true },
        { title: "p corrected", right: true },
        { title: "beyond chance" },
      ],
      rows.map((cell) => [layers[cell.a]!.label, layers[cell.b]!.label, ...cellTexts(cell)]),
      outputWidth(),
    ),
  );
  if (result.correction !== null) out(correctionText(result.correction));
  for (const { a, b, matches, by, value } of models) {
    if (a === b || layers.some(({ file, kind }) => kind === "recording" && (file === a || file === b))) continue;
    const same = matches.filter(({ sameName }) => sameName).length;
    lines.push("");
    out(
      `${result.files[a]!.name} and ${result.files[b]!.name}: ${numberText(value)} over ${by === "same-names" ? "layers of the same name" : "best matches"}`,
    );
    for (const match of matches)
      out(`  ${layers[match.layer]!.tensor} is closest to ${layers[match.best]!.tensor} (${numberText(match.value)})`);
    if (by === "same-names") out(`  ${same} of ${counted(matches.length, "layer")} find the layer of their own name`);
  }
  if (result.acrossFiles !== null) lines.push("", ...acrossLines(result.acrossFiles).map(printable));
  for (const ceiling of ceilings) lines.push("", ...ceilingLines(ceiling, layers).map(printable));
  return lines.join("\n");
}

function correctionText({ method, cells }: Correction): string {
  const how =
    method === "largest-statistic"
      ? "by the largest statistic of all under the same orders (Westfall & Young, step-down)"
      : "by Holm's method";
  return `p corrected for ${counted(cells, "cell")} off the diagonal ${how}`;
}

function acrossLines({ files, layers, cells, degreesOfFreedom }: AcrossFiles): string[] {
  return [
    `Over ${files.length} networks of the same layers, errors over items and networks (${degreesOfFreedom} degrees of freedom; meant for seeds, checkpoints of one run are no sample of networks):`,
    ...cells
      .filter(({ a, b }) => a === b)
      .map(
        ({ a, value, low, high, errors }) =>
          `  ${layers[a]} with its namesakes: ${numberText(value)}, 95 % ${numberText(low)} … ${numberText(high)} (SE over items ${numberText(errors[0])}, over networks ${numberText(errors[1])})`,
      ),
  ];
}

function ceilingLines(ceiling: RecordingCeiling, layers: SimilarityResult["layers"]): string[] {
  const { layer, of, lower, upper, bound, over, reliability, bootstrap, noBootstrap, differences } = ceiling;
  const what = of === "recordings" ? `${over} recordings` : `${layers[layer]!.label} from ${over} parts`;
  const search = bound === null ? "" : ` (the best ranking found; none exceeds ${numberText(bound)})`;
  const units = Number.isNaN(reliability) ? "" : `; median reliability of a unit ${numberText(reliability)}`;
  const lines = [`Noise ceiling of ${what}: ${numberText(lower)} to ${numberText(upper)}${search}${units}`];
  const single = of === "recordings" ? "a single recording" : "a single part";
  for (const one of [...ceiling.layers].sort((a, b) => b.value - a.value)) {
    const interval = one.low === null ? "" : `, 95 % ${numberText(one.low)} … ${numberText(one.high)}`;
    const zero = one.p === null ? "" : `, p against 0 ${numberText(one.p)}`;
    const below = one.belowCeiling === null ? "" : `, p against the ceiling ${numberText(one.belowCeiling)}`;
    lines.push(
      `  ${layers[one.layer]!.label}: ${numberText(one.value)} with ${single} on average${interval}${zero}${below}`,
    );
  }
  if (bootstrap !== null) {
    lines.push(
      `  Errors over items and ${of}: ${counted(bootstrap.draws, "draw")} of both, of each alone; ${counted(bootstrap.degreesOfFreedom, "degree")} of freedom`,
    );
    const told = differences.filter(({ corrected }) => corrected <= 0.05);
    lines.push(`  ${told.length} of ${counted(differences.length, "pair")} of layers differ (p by Holm ≤ 0.05)`);
  } else if (noBootstrap !== null) lines.push(`  No errors over items and ${of}: ${noBootstrap}`);
  return lines;
}

function cellTexts({ value, refused, interval, chance, permutation, clear }: SimilarityCell): string[] {
  if (refused !== null) return [`refused: ${refused.condition}`, "", "", "", "", ""];
  return [
    numberText(value),
    interval === null ? "" : `${numberText(interval.low)} … ${numberText(interval.high)}`,
    numberText(chance),
    permutation === null ? "" : `${numberText(permutation.p)}${permutation.p === permutation.floor ? " (floor)" : ""}`,
    permutation === null || permutation.corrected === null ? "" : numberText(permutation.corrected),
    clear === null ? "" : clear ? "yes" : "no",
  ];
}

/** What moved between two checkpoints, in words. */
export function weightsText({ files, tensors, matching, noMatching }: WeightsCompareResult): string {
  const lines: string[] = [];
  const out = (line: string) => void lines.push(printable(line));
  out(`${files[0]} → ${files[1]}: ${tensors.length} weights of the same name and shape`);
  lines.push("");
  const degrees = (angle: number | undefined) =>
    angle === undefined ? "" : `${((angle * 180) / Math.PI).toFixed(1)}°`;
  lines.push(
    textTable(
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
    ),
    "",
  );
  if (matching === null) out(`Hidden units were not matched: ${noMatching}`);
  else {
    const { before, after, chance, layers, notes } = matching;
    out(
      `Hidden units matched: cosine of all weights ${numberText(before)} → ${numberText(after)} (shuffled weights reach ${numberText(chance.mean)} ± ${numberText(chance.standardDeviation)} in ${counted(chance.draws, "draw")}; p ${numberText(chance.p)}${chance.p <= chance.floor ? ", no smaller one is possible" : ""})`,
    );
    for (const note of notes) out(`  ${note}`);
    for (const one of layers.filter(({ order }) => order !== null))
      out(
        `  ${one.tensor}: ${one.moved} of ${counted(one.units, "unit")} change places; its cosine ${numberText(one.before)} → ${numberText(one.after)}`,
      );
  }
  return lines.join("\n");
}
