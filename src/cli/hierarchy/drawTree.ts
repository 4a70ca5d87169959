import { GLOBAL } from "../../analysis/mode-hierarchy/attach.ts";
import type { HierarchyMode, ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import { numberText } from "../table.ts";
import { printable } from "../terminal.ts";

export interface Names {
  item(index: number): string;
  property(index: number): string;
}

/** Names on one line before the rest is counted. */
const MANY = 8;

/** The tree as text: an item a line, and on each split the modes that make it and what they separate. */
export function drawTree(result: ModeHierarchyResult, names: Names): string {
  const lines: string[] = [];
  const shared = result.modes.filter(({ nodes }) => nodes.includes(GLOBAL));
  lines.push(`all ${result.items} items${modesText(shared)}`);
  for (const mode of shared) lines.push(...wordsOf(mode, "│  ", names));
  // By hand: a chain-like tree is as deep as it has items.
  const waiting: { child: number; before: string; last: boolean }[] = [{ child: 0, before: "", last: true }];
  while (waiting.length > 0) {
    const { child, before, last } = waiting.pop()!;
    const branch = `${before}${last ? "└─ " : "├─ "}`;
    if (child < 0) {
      lines.push(`${branch}${printable(names.item(-1 - child))}`);
      continue;
    }
    const node = result.nodes[child]!;
    const modes = result.modes.filter(({ index }) => node.modes.includes(index));
    const inside = `${before}${last ? "   " : "│  "}`;
    lines.push(
      `${branch}split${node.children.length > 2 ? ` into ${node.children.length}` : ""} at ${numberText(node.height)}${modesText(modes)}`,
    );
    if (modes[0]?.group.length === 1) for (const mode of modes) lines.push(...wordsOf(mode, `${inside}│  `, names));
    for (let at = node.children.length - 1; at >= 0; at--)
      waiting.push({ child: node.children[at]!, before: inside, last: at === node.children.length - 1 });
  }
  return lines.join("\n");
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
      `${name}: σ ${numberText(mode.singularValue)}, purity ${mode.purity.toFixed(3)} (null ≤ ${mode.purityNull.toFixed(3)}, p ${numberText(mode.purityP)})`,
    );
  }
  return parts.length === 0 ? "" : ` · ${parts.join(" · ")}`;
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
