const COLLATOR = new Intl.Collator("en", { numeric: true, sensitivity: "variant" });

/** As people count: layer.2 before layer.10. Names that the collator holds for equal ("01", "1") by their characters, so that there is one order. */
export function naturally(a: string, b: string): number {
  return COLLATOR.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * Indices of a file's tensors in the order in which layers are to be shown. A file that was written layer after layer says in which order they stand
 * (conv1, relu1, fc, logits), and that is kept; one whose numbers run wrongly (layer.1, layer.10, layer.2, as writers that sort by characters leave them)
 * is put into natural order. Wrongly: two names that differ in their numbers alone, and the later one counts less.
 */
export function layerOrder(names: readonly string[]): number[] {
  const last = new Map<string, string>();
  const order = Array.from(names.keys());
  for (const name of names) {
    const without = name.replace(/\d+/g, "#");
    const before = last.get(without);
    if (before !== undefined && naturally(before, name) > 0)
      return order.sort((a, b) => naturally(names[a]!, names[b]!));
    last.set(without, name);
  }
  return order;
}
