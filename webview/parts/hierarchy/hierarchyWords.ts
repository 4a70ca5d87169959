import { html, nothing } from "lit";
import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import { make } from "../../charts/dom.ts";
import { summaryText } from "./factsTemplate.ts";
import { type HierarchyNames, itemSentence, modeSentence, nodeSentence, relativesText } from "./hierarchyReadings.ts";
import { endName, itemsOfEnds, rowName } from "./rows.ts";
import type { VisibleTree } from "./visible.ts";

/** What is marked: a mode, a split, or an item (by its number); the others follow. */
export type Selection =
  | { readonly kind: "mode"; readonly mode: number }
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "row"; readonly ends: readonly number[]; readonly item: number | null };

/** What stands above the tree: the verdict, and what else was found. */
export function leadOf(result: ModeHierarchyResult, names: HierarchyNames): readonly HTMLElement[] {
  const verdict = make("p", "ms-verdict", result.degenerate ?? result.treeLike.reason);
  const offered =
    result.offered === null || result.degenerate !== null ? [] : [make("p", "ms-offer", result.offered.reason)];
  const summary = result.leaves === null ? [] : [make("p", "ms-quiet", summaryText(result))];
  const relatives = relativesText(result, names);
  return [verdict, ...offered, ...summary, ...(relatives === "" ? [] : [make("p", "ms-relatives", relatives)])];
}

/** What is marked, in sentences. */
export function wordsTemplate(
  result: ModeHierarchyResult,
  names: HierarchyNames,
  of: Selection,
  mode: ModeHierarchyResult["modes"][number] | undefined,
) {
  if (of.kind === "row") {
    const sentence =
      of.item === null
        ? `${rowName(result, of.ends, names)}: ${itemsOfEnds(result, of.ends).length} items.`
        : itemSentence(result, of.item, names);
    const group =
      of.item === null || result.leaves === null
        ? nothing
        : html`<p>${`It stands in the group of ${endName(result, of.ends[0]!, names)}.`}</p>`;
    return html`<p>${sentence}</p>${group}`;
  }
  const sentence =
    of.kind === "node" ? nodeSentence(result, of.node, names) : mode === undefined ? "" : modeSentence(mode, names);
  const note =
    mode?.group.length === 1
      ? html`<p class="ms-quiet">Items: orange is the positive pole, doubled blue the negative. Flipping all signs of a mode changes nothing.</p>`
      : nothing;
  return html`<p>${sentence}</p>${note}`;
}

/** Which part of the tree is on show. */
export function trailText(result: ModeHierarchyResult, shown: VisibleTree): string {
  const size = result.nodes[shown.root]?.size ?? result.items;
  const part = result.which === null ? "" : ` of ${result.allItems.toLocaleString("en")}`;
  const of =
    shown.root === 0 ? `All ${result.items.toLocaleString("en")} items${part}` : `${size} of ${result.items} items`;
  return shown.rows.length < endsOf(shown) ? `${of}, in ${shown.rows.length} lines` : of;
}

function endsOf({ rows }: VisibleTree): number {
  return rows.reduce((sum, { ends }) => sum + ends.length, 0);
}
