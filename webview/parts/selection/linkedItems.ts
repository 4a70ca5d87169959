import type { Disposable } from "../../../src/base/disposable.ts";
import type { Choosing } from "../../charts/pictureInput.ts";
import { ListSelection } from "./listSelection.ts";

/**
 * The items that several pictures speak of, by number: choosing in one marks them in all. Also which ones the pointer or the cursor of any of them is at.
 * Whoever shows items listens; nobody knows the others.
 */
export class LinkedItems {
  readonly #chosen: ListSelection<number>;
  readonly #listeners = new Set<() => void>();
  #pointed: readonly number[] = [];

  constructor(chosen: readonly number[] = []) {
    this.#chosen = new ListSelection(chosen);
  }

  /** In the order in which they were chosen. */
  get chosen(): readonly number[] {
    return [...this.#chosen.keys];
  }

  get count(): number {
    return this.#chosen.keys.size;
  }

  has(item: number): boolean {
    return this.#chosen.has(item);
  }

  get pointed(): readonly number[] {
    return this.#pointed;
  }

  /** `order`: the items in the order of the picture that chooses, for what lies between two. Several items at once are one choice: a block, a branch. */
  choose(items: readonly number[], how: Choosing, order: readonly number[]): void {
    const [first] = items;
    if (first === undefined) return;
    if (how === "only") this.#set(items);
    else if (how === "extend" && items.length === 1) this.#chosen.extendTo(first, order);
    else if (how === "toggle" && items.every((item) => this.has(item)))
      this.#set(this.chosen.filter((item) => !items.includes(item)));
    else this.#set([...new Set([...this.chosen, ...items])], items[items.length - 1]);
    this.#tell();
  }

  all(order: readonly number[]): void {
    this.#chosen.all(order);
    this.#tell();
  }

  /** False where nothing was chosen. */
  clear(): boolean {
    if (this.count === 0) return false;
    this.#set([]);
    this.#tell();
    return true;
  }

  point(items: readonly number[]): void {
    if (items.length === this.#pointed.length && items.every((item, at) => item === this.#pointed[at])) return;
    this.#pointed = items;
    this.#tell();
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  #set(items: readonly number[], anchor = items[0]): void {
    this.#chosen.all(items);
    if (anchor !== undefined) this.#chosen.anchorAt(anchor);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
