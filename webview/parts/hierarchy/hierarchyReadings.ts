import type { HierarchyMode, ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import { formatNumber } from "../../shell/format.ts";

/** What all items share stands on no split. */
const GLOBAL = -1;
const MANY = 6;

export interface HierarchyNames {
  item(index: number): string;
  property(index: number): string;
}

/** "3" or "3–4". */
function groupName(group: readonly number[]): string {
  const [first = 0] = group;
  const last = group[group.length - 1] ?? first;
  return first === last ? String(first + 1) : `${first + 1}–${last + 1}`;
}

/** The modes of a node as its mark: the strongest group, and a plus where there are more. */
export function nodeMark(result: ModeHierarchyResult, node: number): string {
  const groups = groupsOf(result, node);
  const [first] = groups;
  if (first === undefined) return "";
  return groups.length > 1 ? `${groupName(first.group)}+` : groupName(first.group);
}

/** One mode for each group that is attached to the node. */
export function groupsOf(result: ModeHierarchyResult, node: number): readonly HierarchyMode[] {
  return result.modes.filter(({ nodes, group, index }) => nodes.includes(node) && group[0] === index);
}

export function nodeSentence(result: ModeHierarchyResult, node: number, names: HierarchyNames): string {
  const { size, children, height } = result.nodes[node]!;
  const kind = `Split of ${size} items into ${children.length} at distance ${formatNumber(height, 3).text}`;
  const groups = groupsOf(result, node);
  if (groups.length === 0) return `${kind}. No mode is attached to it.`;
  return `${kind}. ${groups.map((mode) => modeSentence(mode, names)).join(" ")}`;
}

/** A mode in words: what it is, how pure, and what goes with what. */
export function modeSentence(mode: HierarchyMode, names: HierarchyNames): string {
  const single = mode.group.length === 1;
  const name = single ? `Mode ${groupName(mode.group)}` : `Modes ${groupName(mode.group)}, one subspace`;
  const facts = `${name}: σ ${formatNumber(mode.singularValue, 4).text}, purity ${mode.purity.toFixed(3)}`;
  if (!single) return `${facts}. Equal strengths: inside the subspace no single vector has a meaning.`;
  const [positive, negative] = [poleText(mode, "positive", names), poleText(mode, "negative", names)];
  const words = [positive, negative].filter((text) => text !== "").join("; against ");
  return `${facts}. ${words}.`;
}

function poleText(mode: HierarchyMode, pole: "positive" | "negative", names: HierarchyNames): string {
  const list = (indices: readonly number[], name: (index: number) => string) => {
    const rest = indices.length - MANY;
    return `${indices.slice(0, MANY).map(name).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  };
  const items = mode.itemPoles[pole];
  const properties = mode.propertyPoles[pole];
  if (items.length === 0) return "";
  return properties.length === 0
    ? list(items, names.item)
    : `${list(items, names.item)} (${list(properties, names.property)})`;
}

export interface HierarchyRow {
  readonly mode: HierarchyMode;
  readonly name: string;
  readonly sigma: string;
  readonly share: string;
  readonly place: string;
  readonly purity: string;
  readonly null: string;
  readonly p: string;
}

/** A line a group. "cross-cutting": less than half of it lies in the splits it is attached to. */
export function hierarchyRows(result: ModeHierarchyResult, digits: number): readonly HierarchyRow[] {
  return result.modes
    .filter(({ group, index }) => group[0] === index)
    .map((mode) => ({
      mode,
      name: groupName(mode.group),
      sigma: formatNumber(mode.singularValue, digits).text,
      share: `${(100 * mode.share * mode.group.length).toFixed(1)} %`,
      place:
        mode.purity < 0.5
          ? "cross-cutting"
          : mode.nodes.every((node) => node === GLOBAL)
            ? "all items"
            : mode.nodes.length === 1
              ? `split of ${result.nodes[mode.nodes[0]!]?.size ?? 0}`
              : `${mode.nodes.length} splits`,
      purity: mode.purity.toFixed(3),
      null: `≤ ${mode.purityNull.toFixed(3)}`,
      p: formatNumber(mode.purityP, 2).text,
    }));
}
