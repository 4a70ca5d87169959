import type { SemanticMode, SemanticModesResult } from "../../../src/studies/semantic-modes/types.ts";
import { formatNumber } from "../../shell/format.ts";

/** Names on one pole before the rest is counted. */
const MANY = 6;

export interface Names {
  row(index: number): string;
  column(index: number): string;
}

/** "3" or "3–4". */
function groupName(group: readonly number[]): string {
  const [first = 0] = group;
  const last = group[group.length - 1] ?? first;
  return first === last ? String(first + 1) : `${first + 1}–${last + 1}`;
}

export function modeSentence(mode: SemanticMode, names: Names): string {
  const strength = formatNumber(mode.singularValue, 4).text;
  if (mode.group.length > 1)
    return `Modes ${groupName(mode.group)}, one subspace: σ ${strength}. No vector inside it is better founded than another.`;
  const poles = (["positive", "negative"] as const)
    .map((side) => poleText(mode, side, names))
    .filter((text) => text !== "");
  return `Mode ${mode.index + 1}: σ ${strength}. ${poles.join("; against ")}.`;
}

function poleText(mode: SemanticMode, side: "positive" | "negative", names: Names): string {
  const list = (indices: readonly number[], name: (index: number) => string) => {
    const rest = indices.length - MANY;
    return `${indices.slice(0, MANY).map(name).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  };
  const [columns, rows] = [list(mode.right[side], names.column), list(mode.left[side], names.row)];
  if (columns === "") return rows;
  return rows === "" ? columns : `${columns} (${rows})`;
}

export interface ModeRow {
  readonly mode: SemanticMode;
  readonly name: string;
  readonly strength: string;
  readonly share: string;
  readonly spread: string;
  readonly turn: string;
  readonly learned: string;
}

/** A line a group. Spread: IPR over its Gaussian null 3/(n + 2). */
export function modeRows(result: SemanticModesResult, digits: number): readonly ModeRow[] {
  const { modes, rows, columns, network, spectrum, totalSquare } = result;
  const strengthOf = (group: readonly number[]) => {
    const ends = [group[0] ?? 0, group[group.length - 1] ?? 0].map(
      (index) => formatNumber(spectrum[index], digits).text,
    );
    return [...new Set(ends)].join("–");
  };
  const shareOf = (group: readonly number[]) =>
    totalSquare === 0 ? 0 : group.reduce((sum, index) => sum + (spectrum[index] ?? 0) ** 2, 0) / totalSquare;
  // NaN crosses to a webview as null.
  const spread = (value: number | null, n: number) =>
    value === null || Number.isNaN(value) ? "–" : `${formatNumber((value * (n + 2)) / 3, 2).text}×`;
  const turn = (value: number | null) => (value === null ? "–" : formatNumber(value, 2).text);
  return modes
    .filter(({ group, index }) => group[0] === index)
    .map((mode) => ({
      mode,
      name: groupName(mode.group),
      strength: strengthOf(mode.group),
      share: `${(100 * shareOf(mode.group)).toFixed(1)} %`,
      spread: `${spread(mode.leftIpr, rows)}, ${spread(mode.rightIpr, columns)}`,
      turn: `${turn(mode.leftError)}, ${turn(mode.rightError)}`,
      learned:
        network === null
          ? ""
          : `${formatNumber(network.strengths[mode.index], digits).text} of ${formatNumber(network.targets[mode.index], digits).text}`,
    }));
}
