import { naturally } from "../../../../src/base/naturalOrder.ts";
import type { ItemHierarchy, SimilarityResult, TreeMerge } from "../../../../src/studies/similarity/types.ts";
import type { TreeNodeData } from "../../../charts/treeLayout.ts";
import { nodeSentence } from "../../../parts/hierarchy/hierarchyReadings.ts";
import { revived } from "../../../parts/hierarchy/revive.ts";
import { nameOfItem } from "../data.ts";

/** An order that can be asked for, by a word that survives a reload. */
export interface OrderChoice {
  readonly id: string;
  readonly label: string;
}

/** In which order items stand in every picture, and what beside the matrices says why. */
export interface ItemOrder {
  /** Row k shows `shownItems[positions[k]]` of the result. */
  readonly positions: readonly number[];
  readonly tree: readonly TreeNodeData[];
  branchSentence(node: number): string;
  readonly groups: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  /** Said beside the choice. */
  readonly sentence: string;
}

const KIND = "kind:";

export function orderChoices(result: SimilarityResult, hierarchyOffered: boolean): readonly OrderChoice[] {
  return [
    { id: "tree", label: "their own tree" },
    ...(hierarchyOffered ? [{ id: "hierarchy", label: "mode hierarchy of the representation" }] : []),
    ...result.items.categories.map(({ name }) => ({ id: `${KIND}${name}`, label: `kind: ${name}` })),
    { id: "given", label: "as given in the files" },
  ];
}

/** Kinds that the order is by; null for any other order. */
export function kindsOf({ items }: SimilarityResult, choice: string): readonly string[] | null {
  return items.categories.find(({ name }) => `${KIND}${name}` === choice)?.labels ?? null;
}

const nothing = () => "";

/** What cannot be had (a hierarchy that is still computed, a list that is gone) is the items' own tree, and the sentence says so. */
export function itemOrder(result: SimilarityResult, choice: string, hierarchy: ItemHierarchy | null): ItemOrder {
  const { shownItems } = result;
  const own = Array.from(shownItems.keys());
  if (choice === "given")
    return {
      positions: own.sort((a, b) => shownItems[a]! - shownItems[b]!),
      tree: [],
      branchSentence: nothing,
      groups: [],
      sentence: "Items as they are given in the files.",
    };
  const kinds = kindsOf(result, choice);
  if (kinds !== null) return byKind(result, kinds, choice.slice(KIND.length));
  if (choice === "hierarchy" && hierarchy !== null && hierarchy.tree.order.length === shownItems.length)
    return byHierarchy(result, hierarchy);
  const tree = "Items by average linkage of their dissimilarities, pooled over all layers.";
  return {
    positions: own,
    tree: nodesOf(result.itemTree, shownItems.length),
    branchSentence: nothing,
    groups: [],
    sentence: choice === "hierarchy" ? `Computing the hierarchy; until then: ${tree}` : tree,
  };
}

function byKind({ shownItems }: SimilarityResult, kinds: readonly string[], name: string): ItemOrder {
  const kindAt = (position: number) => kinds[shownItems[position]!] ?? "";
  const positions = Array.from(shownItems.keys()).sort((a, b) => naturally(kindAt(a), kindAt(b)) || a - b);
  const groups: { from: number; to: number; label: string }[] = [];
  for (const [row, position] of positions.entries()) {
    const label = kindAt(position);
    const last = groups[groups.length - 1];
    if (last?.label === label) last.to = row;
    else groups.push({ from: row, to: row, label });
  }
  return {
    positions,
    tree: [],
    branchSentence: nothing,
    groups,
    sentence: `Items by kind (${name}), within a kind by their own tree.`,
  };
}

function byHierarchy(result: SimilarityResult, hierarchy: ItemHierarchy): ItemOrder {
  const tree = revived(hierarchy.tree);
  const ascending = Array.from(result.shownItems.keys()).sort((a, b) => result.shownItems[a]! - result.shownItems[b]!);
  const rowOfEnd = new Map(Array.from(tree.order, (end, row) => [end, row] as const));
  const names = {
    item: (end: number) => nameOfItem(result, result.shownItems[ascending[end]!]!),
    property: (index: number) => `dimension ${index}`,
  };
  return {
    positions: Array.from(tree.order, (end) => ascending[end]!),
    tree: tree.nodes.map(({ children, height }) => ({
      height,
      children: children.map((child) => (child < 0 ? -1 - rowOfEnd.get(-1 - child)! : child)),
    })),
    branchSentence: (node) => nodeSentence(tree, node, names),
    groups: [],
    sentence: `Items by the mode hierarchy of ${layerName(result, hierarchy)}. ${tree.degenerate ?? tree.treeLike.reason}`,
  };
}

function layerName({ layers }: SimilarityResult, { layer }: ItemHierarchy): string {
  return layers.find(({ file, tensor }) => file === layer.file && tensor === layer.tensor)?.label ?? layer.tensor;
}

/** Merges from below as nodes from the root down; their leaves are the rows already. */
function nodesOf(merges: readonly TreeMerge[], n: number): readonly TreeNodeData[] {
  const last = merges.length - 1;
  const child = (node: number) => (node < n ? -1 - node : last - (node - n));
  return [...merges].reverse().map(({ left, right, height }) => ({ height, children: [child(left), child(right)] }));
}
