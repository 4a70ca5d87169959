import type { LabelList } from "../../base/labels.ts";

/** More kinds than this are no groups that a picture could show. */
const MOST_KINDS = 64;
/** What tells items of one kind apart in their names: "cat 12", "cat_03", "7 (2)". */
const COUNTED = /[\s_\-.#]*\(?\d+\)?$/;

/**
 * Groupings of the items: lists of words as long as there are items, in which words come back, and the names of the items without the number at their end
 * where that groups them. `rows`: which of all items are used, null for all.
 */
export function categoriesOf(
  names: readonly string[] | null,
  lists: readonly LabelList[],
  all: number,
  rows: ArrayLike<number> | null,
): LabelList[] {
  const used = (labels: readonly string[]) =>
    rows === null ? [...labels] : Array.from(rows, (item) => labels[item] ?? "");
  const found = lists
    .filter(({ labels }) => labels.length === all)
    .map(({ name, labels }) => ({ name: name || "labels", labels: used(labels) }));
  if (names !== null)
    found.push({ name: "names without their number", labels: names.map((name) => name.replace(COUNTED, "") || name) });
  const groups = found.filter(({ labels }) => {
    const kinds = new Set(labels).size;
    return kinds >= 2 && kinds <= Math.min(MOST_KINDS, labels.length / 2);
  });
  // A list of classes and names made of them say the same once.
  return groups.filter(
    ({ labels }, at) => !groups.slice(0, at).some((other) => other.labels.every((label, k) => label === labels[k])),
  );
}
