import { counted } from "../../base/counted.ts";
import type {
  ChainReport,
  NetworkReport,
  SemanticMode,
  SemanticModesResult,
} from "../../studies/semantic-modes/types.ts";
import { numberText, textTable } from "../table.ts";
import { outputWidth, printable } from "../terminal.ts";

/** Names on one pole before the rest is counted. */
const MANY = 6;

/** Everything that the panel shows, in words and one table. */
export function modesText(result: SemanticModesResult): string {
  const { subject, rows, columns, modes, network, chain, inputs, noise, notes } = result;
  const lines = [
    `${subject.title}: ${rows} ${plural(subject.rowName, rows)} × ${columns} ${plural(subject.columnName, columns)}`,
  ];
  if (noise !== null)
    lines.push(
      `Noise: standard deviation ${numberText(noise.value)} in each entry${noise.how.kind === "estimate" ? ` ± ${numberText(noise.how.standardError)} (${noise.how.method})` : ""}`,
    );
  if (inputs !== null)
    lines.push(
      `Inputs of ${inputs.file}: they mix modes by ${numberText(inputs.offDiagonalShare)} (off-diagonal share of VᵀΣˣV; 0 is none), colour ${numberText(inputs.colour)} (0 is white)`,
    );
  lines.push("", tableOf(result));
  for (const mode of modes) lines.push(...wordsOf(mode, result));
  if (network !== null) lines.push("", ...networkLines(network));
  if (chain !== null) lines.push("", ...chainLines(chain));
  lines.push("", ...notes);
  return lines.map((line) => line.split("\n").map(printable).join("\n")).join("\n");
}

function plural(word: string, count: number): string {
  return count === 1 ? word : word.endsWith("y") ? `${word.slice(0, -1)}ies` : `${word}s`;
}

function ranks(group: readonly number[]): string {
  return group.length === 1 ? String(group[0]! + 1) : `${group[0]! + 1}–${group[group.length - 1]! + 1}`;
}

function tableOf({ modes, network, rows, columns, noise, spectrum, totalSquare }: SemanticModesResult): string {
  const strengthOf = (group: readonly number[]) =>
    [...new Set([group[0]!, group[group.length - 1]!].map((index) => numberText(spectrum[index])))].join("–");
  const shareOf = (group: readonly number[]) =>
    totalSquare === 0 ? 0 : group.reduce((sum, index) => sum + spectrum[index]! ** 2, 0) / totalSquare;
  const first = modes.filter(({ group, index }) => group[0] === index);
  const head = [
    { title: "mode" },
    { title: "σ", right: true },
    { title: "share", right: true },
    ...(noise === null ? [] : [{ title: "turn u, v", right: true }]),
    { title: "spread u, v (1 = noise)", right: true },
    ...(network === null
      ? []
      : [
          { title: "learned", right: true },
          { title: "of", right: true },
        ]),
  ];
  const times = (value: number, n: number) => (Number.isNaN(value) ? "–" : numberText((value * (n + 2)) / 3));
  const body = first.map((mode) => [
    ranks(mode.group),
    strengthOf(mode.group),
    `${(100 * shareOf(mode.group)).toFixed(1)} %`,
    ...(noise === null ? [] : [`${numberText(mode.leftError)}, ${numberText(mode.rightError)}`]),
    `${times(mode.leftIpr, rows)}, ${times(mode.rightIpr, columns)}`,
    ...(network === null ? [] : [numberText(network.strengths[mode.index]), numberText(network.targets[mode.index])]),
  ]);
  return textTable(head, body, outputWidth());
}

function wordsOf(mode: SemanticMode, result: SemanticModesResult): string[] {
  const { labels, subject } = result;
  if (mode.group.length > 1)
    return mode.group[0] === mode.index
      ? [`${ranks(mode.group)}: one subspace. Inside it no single vector has a meaning.`]
      : [];
  const list = (indices: readonly number[], names: readonly string[] | null, what: string) => {
    const shown = indices.slice(0, MANY).map((index) => names?.[index] ?? `${what} ${index}`);
    return `${shown.join(", ")}${indices.length > MANY ? ` and ${indices.length - MANY} more` : ""}`;
  };
  const pole = (side: "positive" | "negative") => {
    const columns = list(mode.right[side], labels.columns, subject.columnName);
    const rows = list(mode.left[side], labels.rows, subject.rowName);
    return columns === "" && rows === "" ? "" : `${columns || "none"}: ${rows || "none"}`;
  };
  const poles = [pole("positive"), pole("negative")].filter((text) => text !== "");
  return [`${mode.index + 1}: ${poles.join("  |  against  ")}`];
}

const SOURCES: Readonly<Record<NetworkReport["source"], string>> = {
  weights: "the product of its weights on one-hot items",
  "weights on inputs": "the product of its weights",
  answers: "the given answers",
  run: "its answers when it was run on the inputs",
};

function networkLines({ file, source, offDiagonal, rSquared }: NetworkReport): string[] {
  return [
    `${file} (${SOURCES[source]}): ${numberText(offDiagonal)} of its map lies off the modes' diagonal${offDiagonal > 0.1 ? ": above 0.1 the modes are not decoupled" : ""}`,
    ...(source === "answers"
      ? [`A linear map of the inputs explains R² = ${numberText(rSquared)} of the answers.`]
      : []),
  ];
}

function chainLines({ joints, fingerprint, tensors, logValues }: ChainReport): string[] {
  const finite = logValues.filter((value) => value > Number.NEGATIVE_INFINITY);
  return [
    `Chain ${tensors.join(" → ")}: ln σ of the product, layer by layer, from ${numberText(logValues[0])} to ${numberText(finite[finite.length - 1])} (${finite.length} of ${logValues.length} are not zero)`,
    ...joints.map(
      ({ from, to, k, units, alignment, alignmentNull, imbalance, relativeImbalance }) =>
        `  ${from} → ${to}: alignment ${numberText(alignment)} of the leading ${k} (unrelated: ${numberText(alignmentNull)}, ${counted(units, "unit")}); imbalance ${numberText(imbalance)} (${numberText(relativeImbalance)} of the layers)`,
    ),
    ...(fingerprint === null
      ? []
      : [`  Minimum-norm fingerprint ${numberText(fingerprint)} (0: balanced solution of least norm)`]),
  ];
}
