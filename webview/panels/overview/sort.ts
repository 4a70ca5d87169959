import { naturally } from "../../../src/base/naturalOrder.ts";
import type { Column } from "./cells.ts";
import { columnById, leafValues } from "./columns.ts";
import type { Item } from "./model.ts";

export interface Sort {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

/** What takes part in sorting: an item, or a group of the tree with all its items. */
export interface Sortable {
  readonly label: string;
  readonly items: readonly Item[];
}

type Key = number | string | null;

/**
 * Sorts stably; `sort` null keeps the file's order. Missing numbers and NaN come last in both directions. A group, and a fused tensor,
 * stands where its best line would stand (largest if descending); for parameters where its sum does.
 */
export function sortBy<T extends Sortable>(entries: readonly T[], sort: Sort | null): readonly T[] {
  const column = sort === null ? undefined : columnById(sort.column);
  if (sort === null || column === undefined) return entries;
  const sign = sort.direction === "ascending" ? 1 : -1;
  return entries
    .map((entry) => ({ entry, key: keyOf(entry, column, sign) }))
    .sort((a, b) => compareKeys(a.key, b.key, sign))
    .map(({ entry }) => entry);
}

function keyOf(entry: Sortable, column: Column, sign: 1 | -1): Key {
  if (column.id === "name") return entry.label;
  if (column.id === "parameters") return entry.items.reduce((sum, item) => sum + item.elements, 0);
  let best: Key = null;
  for (const item of entry.items) {
    for (const value of leafValues(column, item)) {
      if (typeof value === "number" && Number.isNaN(value)) continue;
      if (best === null || compareKeys(value, best, sign) < 0) best = value;
    }
  }
  return best;
}

function compareKeys(a: Key, b: Key, sign: 1 | -1): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return sign * (a < b ? -1 : a > b ? 1 : 0);
  return sign * naturally(String(a), String(b));
}

/** Click on a header: first the direction that people want of that column, then the other, then the file's order again. */
export function nextSort(current: Sort | null, column: Column): Sort | null {
  const first = column.numeric || column.id === "sparkline" ? "descending" : "ascending";
  if (current?.column !== column.id) return { column: column.id, direction: first };
  if (current.direction !== first) return null;
  return { column: column.id, direction: first === "ascending" ? "descending" : "ascending" };
}
