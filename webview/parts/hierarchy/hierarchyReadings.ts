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
  const facts = `${kind}.${nodeFacts(result, node, names)}`;
  if (groups.length === 0) return `${facts} No mode is attached to it.`;
  return `${facts} ${groups.map((mode) => modeSentence(mode, names)).join(" ")}`;
}

/** Relatives are closer than any two items of a permuted table; a category's coherence stands against its threshold. */
const LEVEL = 0.05;

export function isClose(result: ModeHierarchyResult, node: number): boolean {
  return (result.nodes[node]?.heightP ?? 1) <= LEVEL;
}

const MOST_RELATIVES = 12;

/** Pairs of items that are relatives, the closest first; "" for none. */
export function relativesText(result: ModeHierarchyResult, names: HierarchyNames): string {
  const pairs = result.nodes
    .filter(({ children }, node) => isClose(result, node) && children.length === 2 && children.every((end) => end < 0))
    .sort((a, b) => a.height - b.height)
    .map(({ children: [one = -1, other = -1], heightP }) => {
      return `${names.item(-1 - one)} – ${names.item(-1 - other)} (p ${formatNumber(heightP, 2).text})`;
    });
  if (pairs.length === 0) return "";
  const rest = pairs.length - MOST_RELATIVES;
  return `Relatives, closer than any two items of permuted tables: ${pairs.slice(0, MOST_RELATIVES).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}

function nodeFacts(result: ModeHierarchyResult, node: number, names: HierarchyNames): string {
  const { heightP, coherence } = result.nodes[node]!;
  const p = (value: number) => (Number.isNaN(value) ? "" : `, p ${formatNumber(value, 2).text}`);
  const relatives = isClose(result, node) ? ` Closer than any two items of permuted tables${p(heightP)}.` : "";
  if (coherence === null) return relatives;
  const value = coherence.value === Number.POSITIVE_INFINITY ? "∞ (no noise)" : formatNumber(coherence.value, 3).text;
  if (coherence.kind === "mode") {
    if (Number.isNaN(coherence.threshold)) return relatives;
    const bound = formatNumber(coherence.threshold, 3).text;
    return `${relatives} Coherence: σ ${value} against ≤ ${bound} of permuted tables${p(coherence.p)}.`;
  }
  const named = coherence.named.slice(0, MANY).map(names.property).join(", ");
  const learnable = coherence.value > 1 ? "above" : "below";
  return `${relatives} Coherence C = ${value}, ${learnable} the threshold 1${p(coherence.p)}${named === "" ? "" : `, by ${coherence.count} properties: ${named}${coherence.count > MANY ? " …" : ""}`}.`;
}

/** What an item takes part in: its strongest distinctions, by typicality. */
export function itemSentence(result: ModeHierarchyResult, item: number, names: HierarchyNames): string {
  const found = result.modes
    .filter(({ group }) => group.length === 1)
    .map(({ index }) => ({ index, v: result.itemVectors[index * result.items + item]! }))
    .sort((a, b) => Math.abs(b.v) - Math.abs(a.v))
    .slice(0, 3)
    .map(({ index, v }) => `${typicalityText(v)} in mode ${index + 1}`);
  return `${names.item(item)}: typicality ${found.join(", ")}${found.length === 0 ? "is not defined inside degenerate groups" : ""}.`;
}

export function typicalityText(v: number): string {
  return `${v < 0 ? "−" : "+"}${Math.abs(v).toFixed(3)}`;
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
  readonly sigmaNull: string;
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
      sigmaNull: Number.isNaN(mode.singularValueNull)
        ? Number.isNaN(mode.singularValueP)
          ? "–"
          : `p ${formatNumber(mode.singularValueP, 2).text}`
        : `≤ ${formatNumber(mode.singularValueNull, digits).text}, p ${formatNumber(mode.singularValueP, 2).text}`,
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
      null: Number.isNaN(mode.purityNull) ? "–" : `≤ ${mode.purityNull.toFixed(3)}`,
      p: Number.isNaN(mode.purityP) ? "–" : formatNumber(mode.purityP, 2).text,
    }));
}
