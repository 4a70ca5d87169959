/**
 * A map between objects that lives as long as they do, with a way back from values to keys, and whose changes during a trial can be taken back. Who holds a
 * module and who uses it is written here, past the journal: a branch that is undone may still have shown that something is part of a network.
 */
export class Relation<Key extends object, Value extends object> {
  readonly #values = new WeakMap<Key, Value>();
  readonly #keys = new WeakMap<Value, Set<Key>>();
  #undo: (() => void)[] | null = null;

  has(key: Key): boolean {
    return this.#values.has(key);
  }

  get(key: Key): Value | undefined {
    return this.#values.get(key);
  }

  set(key: Key, value: Value): void {
    const before = this.#values.get(key);
    if (before === value) return;
    this.#undo?.push(() => this.#write(key, before));
    this.#write(key, value);
  }

  /** All keys with this value, in the order in which they were given it. */
  keysOf(value: Value): readonly Key[] {
    return [...(this.#keys.get(value) ?? [])];
  }

  /** From here on changes can be taken back. */
  begin(): void {
    this.#undo = [];
  }

  takeBack(): void {
    for (const undo of (this.#undo ?? []).reverse()) undo();
    this.#undo = null;
  }

  #write(key: Key, value: Value | undefined): void {
    const before = this.#values.get(key);
    if (before !== undefined) this.#keys.get(before)?.delete(key);
    if (value === undefined) {
      this.#values.delete(key);
      return;
    }
    this.#values.set(key, value);
    const keys = this.#keys.get(value) ?? new Set();
    this.#keys.set(value, keys);
    keys.add(key);
  }
}
