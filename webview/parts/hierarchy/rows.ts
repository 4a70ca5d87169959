import type { ModeHierarchyResult } from "../../../src/analysis/mode-hierarchy/types.ts";
import type { HierarchyNames } from "./hierarchyReadings.ts";

/** What an end of the tree is called: its item, or the item in the middle of its group. */
export function endName({ leaves }: ModeHierarchyResult, end: number, names: HierarchyNames): string {
  if (leaves === null) return names.item(end);
  const others = leaves.sizes[end]! - 1;
  return `${names.item(leaves.central[end]!)}${others > 0 ? ` and ${others} more` : ""}`;
}

/** What a line is called: its end, or the first of several with the number of items behind it. */
export function rowName(result: ModeHierarchyResult, ends: readonly number[], names: HierarchyNames): string {
  const [first = 0] = ends;
  if (ends.length <= 1) return endName(result, first, names);
  const items = ends.reduce((sum, end) => sum + (result.leaves?.sizes[end] ?? 1), 0);
  return `${names.item(result.leaves?.central[first] ?? first)} and ${items - 1} more`;
}

/** Numbers of the items of these ends, ascending. */
export function itemsOfEnds({ leaves }: ModeHierarchyResult, ends: readonly number[]): readonly number[] {
  if (leaves === null) return [...ends].sort((a, b) => a - b);
  const wanted = new Set(ends);
  return Array.from(leaves.of.keys()).filter((item) => wanted.has(leaves.of[item]!));
}

/** Typicality of each end in a mode, the mean over its items; the largest as 1, so that it can be seen. */
export function endWeights(result: ModeHierarchyResult, mode: number): Float64Array<ArrayBuffer> {
  const { items, leaves } = result;
  const v = result.itemVectors.subarray(mode * items, (mode + 1) * items);
  const out = new Float64Array(result.order.length);
  for (let item = 0; item < items; item++) {
    const end = leaves?.of[item] ?? item;
    out[end] = out[end]! + v[item]! / (leaves?.sizes[end] ?? 1);
  }
  const largest = out.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest === 0 ? out : out.map((value) => value / largest);
}
