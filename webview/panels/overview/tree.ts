import { type Item, type LintFinding, worstFirst } from "./model.ts";
import { type Sort, type Sortable, sortBy } from "./sort.ts";

/** A line on screen. */
export type Row =
  | {
      readonly kind: "group";
      readonly key: string;
      readonly label: string;
      readonly depth: number;
      readonly expanded: boolean;
      readonly tensors: number;
      readonly parameters: number;
      /** Of all tensors in it, worst first. */
      readonly findings: readonly LintFinding[];
    }
  | {
      readonly kind: "item";
      readonly key: string;
      readonly label: string;
      readonly depth: number;
      readonly item: Item;
      readonly expandable: boolean;
      readonly expanded: boolean;
    };

interface Group extends Sortable {
  readonly key: string;
  label: string;
  readonly items: Item[];
  readonly children: Map<string, Group>;
  /** Items and groups in the file's order. */
  readonly entries: (Group | Leaf)[];
}

interface Leaf extends Sortable {
  readonly item: Item;
}

function newGroup(key: string, label: string): Group {
  return { key, label, items: [], children: new Map(), entries: [] };
}

/** "model.layers.0.weight" → ["model.", "layers.", "0.", "weight"]; separators stay with what they close. */
export function splitName(name: string): readonly string[] {
  return name.match(/[^./]*[./]+|[^./]+$/g) ?? [name];
}

function buildTree(items: readonly Item[]): Group {
  const root = newGroup("", "");
  for (const item of items) {
    const steps = splitName(item.tensor.name);
    let group = root;
    group.items.push(item);
    for (const step of steps.slice(0, -1)) {
      let child = group.children.get(step);
      if (child === undefined) {
        child = newGroup(group.key + step, step);
        group.children.set(step, child);
        group.entries.push(child);
      }
      child.items.push(item);
      group = child;
    }
    group.entries.push({ label: steps.at(-1) ?? item.tensor.name, items: [item], item });
  }
  return root;
}

/** A chain of only children reads as one line: "model.encoder.", and "embedding.weight" where it ends in one tensor. */
function collapseChain(group: Group): Group | Leaf {
  let at = group;
  let label = group.label;
  while (at.entries.length === 1) {
    const only = at.entries[0];
    if (only === undefined) break;
    label += only.label;
    if ("item" in only) return { ...only, label };
    at = only;
  }
  return at === group ? group : { ...at, label };
}

/** Layers of one list stand in the order of their numbers: some writers sort names as text, "10" before "2". */
function byIndex(entries: readonly (Group | Leaf)[]): readonly (Group | Leaf)[] {
  if (!entries.every(({ label }) => /^\d+[./]*$/.test(label))) return entries;
  return [...entries].sort((a, b) => Number.parseInt(a.label, 10) - Number.parseInt(b.label, 10));
}

export interface LayoutOptions {
  readonly mode: "tree" | "flat";
  readonly sort: Sort | null;
  /** Keys whose expansion differs from the default. */
  readonly toggled: ReadonlySet<string>;
  /** Whether a group at this depth is open unless toggled. */
  readonly openByDefault: (depth: number) => boolean;
}

/** The lines of the table for the items that passed the filter. */
export function layoutRows(items: readonly Item[], options: LayoutOptions): readonly Row[] {
  const rows: Row[] = [];
  if (options.mode === "flat") {
    const entries = items.map((item) => ({ label: item.tensor.name, items: [item], item }));
    for (const { item, label } of sortBy(entries, options.sort)) pushItem(rows, item, label, 0, options);
    return rows;
  }
  // A stack of its own: names may nest deeper than the engine's call stack likes.
  const stack: { entry: Group | Leaf; depth: number }[] = [];
  const push = (group: Group, depth: number) => {
    const entries = options.sort === null ? byIndex(group.entries) : sortBy(group.entries, options.sort);
    for (const entry of [...entries].reverse()) stack.push({ entry, depth });
  };
  push(buildTree(items), 0);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { depth } = next;
    const group = "item" in next.entry ? next.entry : collapseChain(next.entry);
    if ("item" in group) {
      pushItem(rows, group.item, group.label, depth, options);
      continue;
    }
    const expanded = options.openByDefault(depth) !== options.toggled.has(group.key);
    rows.push({
      kind: "group",
      key: group.key,
      label: group.label,
      depth,
      expanded,
      tensors: group.items.length,
      parameters: group.items.reduce((sum, item) => sum + item.elements, 0),
      findings: worstFirst(group.items.flatMap(({ lint }) => lint?.findings ?? [])),
    });
    if (expanded) push(group, depth + 1);
  }
  return rows;
}

function pushItem(rows: Row[], item: Item, label: string, depth: number, options: LayoutOptions): void {
  const expandable = item.children.length > 0;
  // Parts carry the numbers of a fused tensor, so they are open unless someone closes them.
  const expanded = expandable && !options.toggled.has(item.key);
  rows.push({ kind: "item", key: item.key, label, depth, item, expandable, expanded });
  if (!expanded) return;
  for (const part of item.children) {
    rows.push({
      kind: "item",
      key: part.key,
      label: part.part?.label ?? "",
      depth: depth + 1,
      item: part,
      expandable: false,
      expanded: false,
    });
  }
}

/** Index of the row that a row hangs under; −1 at the top. */
export function parentIndex(rows: readonly Row[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let at = index - 1; at >= 0; at--) {
    const row = rows[at];
    if (row !== undefined && row.depth < depth) return at;
  }
  return -1;
}
