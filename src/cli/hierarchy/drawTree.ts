import { GLOBAL } from "../../analysis/mode-hierarchy/attach.ts";
import type { HierarchyMode, HierarchyNode, ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import { counted } from "../../base/counted.ts";
import { numberText } from "../table.ts";
import { printable } from "../terminal.ts";

export interface Names {
  /** Of an end of the tree. */
  item(index: number): string;
  property(index: number): string;
}

/** Names on one line before the rest is counted. */
const MANY = 8;

/** Items that stand in the middle of an end, in the words of the whole matrix. */
export function endName(result: ModeHierarchyResult, end: number, item: (index: number) => string): string {
  const whole = (index: number) => item(result.which?.[index] ?? index);
  const { leaves } = result;
  if (leaves === null) return whole(end);
  const others = leaves.sizes[end]! - 1;
  return `${whole(leaves.central[end]!)}${others > 0 ? ` and ${others} more` : ""}`;
}

/**
 * The tree as text: an end a line, and on each split the modes that make it and what they separate. `poles` names the items of a mode's poles where the
 * tree's ends are groups.
 */
export function drawTree(result: ModeHierarchyResult, ends: Names, poles: Pick<Names, "item"> = ends): string {
  const names: Names = { ...ends, item: poles.item };
  const lines: string[] = [];
  const shared = result.modes.filter(({ nodes }) => nodes.includes(GLOBAL));
  lines.push(`all ${counted(result.items, "item")}${modesText(shared)}`);
  for (const mode of shared) lines.push(...wordsOf(mode, "│  ", names));
  // By hand: a chain-like tree is as deep as it has items.
  const waiting: { child: number; before: string; last: boolean }[] = [{ child: 0, before: "", last: true }];
  while (waiting.length > 0) {
    const { child, before, last } = waiting.pop()!;
    const branch = `${before}${last ? "└─ " : "├─ "}`;
    if (child < 0) {
      lines.push(`${branch}${printable(ends.item(-1 - child))}`);
      continue;
    }
    const node = result.nodes[child]!;
    const modes = result.modes.filter(({ index }) => node.modes.includes(index));
    const inside = `${before}${last ? "   " : "│  "}`;
    lines.push(
      `${branch}split${node.children.length > 2 ? ` into ${node.children.length}` : ""} at ${numberText(node.height)}${coherenceText(node)}${modesText(modes)}`,
    );
    if (modes[0]?.group.length === 1) for (const mode of modes) lines.push(...wordsOf(mode, `${inside}│  `, names));
    for (let at = node.children.length - 1; at >= 0; at--)
      waiting.push({ child: node.children[at]!, before: inside, last: at === node.children.length - 1 });
  }
  return lines.join("\n");
}

/** A category as a block; of other tables the coherence is the mode's own strength, which is said there. */
function coherenceText({ coherence, size }: HierarchyNode): string {
  if (coherence?.kind !== "planted") return "";
  return ` · ${counted(size, "item")}, coherence ${numberText(coherence.value)} (threshold 1, p ${numberText(coherence.p)})`;
}

function modesText(modes: readonly HierarchyMode[]): string {
  const seen = new Set<string>();
  const parts: string[] = [];
  for (const mode of modes) {
    const key = mode.group.join();
    if (seen.has(key)) continue;
    seen.add(key);
    const ranks = mode.group.map((index) => index + 1);
    const name =
      ranks.length === 1 ? `mode ${ranks[0]}` : `modes ${ranks[0]}–${ranks[ranks.length - 1]} (one subspace)`;
    parts.push(
      `${name}: σ ${numberText(mode.singularValue)}${strengthNull(mode)}, purity ${mode.purity.toFixed(3)}${purityNull(mode)}`,
    );
  }
  return parts.length === 0 ? "" : ` · ${parts.join(" · ")}`;
}

function strengthNull({ singularValueNull, singularValueP }: HierarchyMode): string {
  if (Number.isNaN(singularValueP)) return "";
  const bound = Number.isNaN(singularValueNull) ? "" : `null ≤ ${numberText(singularValueNull)}, `;
  return ` (${bound}p ${numberText(singularValueP)})`;
}

/** In a summary of many items a mode that the sample does not have has no null. */
function purityNull({ purityNull: bound, purityP }: HierarchyMode): string {
  return Number.isNaN(purityP) ? "" : ` (null ≤ ${bound.toFixed(3)}, p ${numberText(purityP)})`;
}

/** Which properties go with which items, both poles. */
function wordsOf(mode: HierarchyMode, indent: string, names: Names): string[] {
  const list = (indices: readonly number[], name: (index: number) => string) => {
    const shown = indices.slice(0, MANY).map((index) => printable(name(index)));
    return `${shown.join(", ")}${indices.length > MANY ? ` and ${indices.length - MANY} more` : ""}`;
  };
  return (["positive", "negative"] as const)
    .filter((pole) => mode.itemPoles[pole].length > 0 && mode.propertyPoles[pole].length > 0)
    .map(
      (pole) => `${indent}${list(mode.itemPoles[pole], names.item)}: ${list(mode.propertyPoles[pole], names.property)}`,
    );
}
