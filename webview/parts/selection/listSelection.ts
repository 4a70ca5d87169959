/** The selected entries of a list, by key, as lists of the editor have them: one anchor, ranges from it, single lines toggled. Keys outlive sorting and filtering. */
export class ListSelection<Key> {
  #keys = new Set<Key>();
  #anchor: Key | null = null;

  constructor(keys: readonly Key[] = []) {
    this.#keys = new Set(keys);
    this.#anchor = keys[0] ?? null;
  }

  get keys(): ReadonlySet<Key> {
    return this.#keys;
  }

  has(key: Key): boolean {
    return this.#keys.has(key);
  }

  only(key: Key): void {
    this.#keys = new Set([key]);
    this.#anchor = key;
  }

  toggle(key: Key): void {
    if (!this.#keys.delete(key)) this.#keys.add(key);
    this.#anchor = key;
  }

  /** From the anchor to this line, both included; an anchor that is gone (filtered away) starts anew here. */
  extendTo(key: Key, order: readonly Key[]): void {
    const to = order.indexOf(key);
    const from = this.#anchor === null ? -1 : order.indexOf(this.#anchor);
    if (to < 0) return;
    if (from < 0) this.only(key);
    else this.#keys = new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  all(order: readonly Key[]): void {
    this.#keys = new Set(order);
    this.#anchor ??= order[0] ?? null;
  }

  /** Ranges run from here. */
  anchorAt(key: Key): void {
    this.#anchor = key;
  }
}
