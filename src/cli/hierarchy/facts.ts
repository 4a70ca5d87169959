import type { ModeHierarchyResult, Structure } from "../../analysis/mode-hierarchy/types.ts";
import { numberText } from "../table.ts";
import { printable } from "../terminal.ts";
import type { Names } from "./drawTree.ts";

/** What is said of the items as a whole, a line each: tree or not and what else, basic level, what a summary hides, relatives. */
export function factLines(result: ModeHierarchyResult, names: Names): readonly string[] {
  const { leaves, offered, basicLevel } = result;
  return [
    ...(leaves === null ? [] : summaryLines(result, leaves)),
    nullLine(result),
    ...(offered === null ? [] : [offered.reason]),
    `Share of the similarities explained: ${result.structures
      .filter(({ fit }) => !Number.isNaN(fit))
      .map(fitText)
      .join("; ")}.`,
    ...(basicLevel === null ? [] : [basicLevelLine(basicLevel)]),
    ...relativesLines(result, names),
  ];
}

function nullLine({ draws, copheneticNull, copheneticP, leaves }: ModeHierarchyResult): string {
  const about = leaves === null ? "cophenetic correlation" : "cophenetic correlation of the sample";
  const own = leaves === null ? "" : ` ${numberText(leaves.sampleCophenetic)},`;
  return `Null of ${draws} permutations: ${about}${own} ≤ ${numberText(copheneticNull)} in 95 of 100, p ${numberText(copheneticP)}`;
}

function summaryLines({ items }: ModeHierarchyResult, leaves: NonNullable<ModeHierarchyResult["leaves"]>): string[] {
  return [
    `An estimate: ${items} items as ${leaves.count} groups (${(100 * leaves.withinShare).toFixed(1)} % of their variance is inside groups), made of the leading modes (${(100 * leaves.modesShare).toFixed(1)} % of Σσ²).`,
    `Nulls and structures are those of ${leaves.sample.length} items drawn at random. --only looks into a part: the items of a group are in the JSON, leaves.of.`,
  ];
}

function fitText({ kind, fit, fitNull, p }: Structure): string {
  return `${kind} ${fit.toFixed(3)} (null ≤ ${fitNull.toFixed(3)}, p ${numberText(p)})`;
}

function basicLevelLine({ levels, level, p }: NonNullable<ModeHierarchyResult["basicLevel"]>): string {
  const list = levels.map((one) => `${one.level}: ${numberText(one.lambda)}`).join(", ");
  const said =
    level === 1 ? "The basic level is the first, as in all data that only flip along a tree" : `Basic level ${level}`;
  return `${said}; λ by level ${list} (p of a deeper one ${numberText(p)}).`;
}

const MOST_RELATIVES = 12;
const LEVEL = 0.05;

/** Pairs of items that join lower than any two of a permuted table do. */
function relativesLines({ nodes, leaves }: ModeHierarchyResult, names: Names): string[] {
  if (leaves !== null) return [];
  const pairs = nodes
    .filter(
      ({ children, heightP }) => heightP <= LEVEL && children.length === 2 && children.every((child) => child < 0),
    )
    .sort((a, b) => a.height - b.height)
    .map(({ children, heightP }) => {
      const [one = -1, other = -1] = children;
      return `${printable(names.item(-1 - one))}–${printable(names.item(-1 - other))} (p ${numberText(heightP)})`;
    });
  if (pairs.length === 0) return ["No two items are closer than the closest of permuted ones."];
  const rest = pairs.length - MOST_RELATIVES;
  return [`Relatives: ${pairs.slice(0, MOST_RELATIVES).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`];
}
