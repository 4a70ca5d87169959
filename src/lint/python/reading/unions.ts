import type { Unit } from "../syntax/types.ts";

/** Disjoint sets of statements, each in the order of the source. */
export class Unions {
  readonly #parent = new Map<Unit, Unit>();
  readonly #order: readonly Unit[];

  constructor(units: readonly Unit[]) {
    this.#order = units;
  }

  join(a: Unit, b: Unit): void {
    const [one, other] = [this.#root(a), this.#root(b)];
    if (one !== other) this.#parent.set(other, one);
  }

  all(): readonly (readonly Unit[])[] {
    const sets = new Map<Unit, Unit[]>();
    for (const unit of this.#order) {
      const root = this.#root(unit);
      const known = sets.get(root);
      if (known === undefined) sets.set(root, [unit]);
      else known.push(unit);
    }
    return [...sets.values()];
  }

  #root(unit: Unit): Unit {
    let at = unit;
    for (let above = this.#parent.get(at); above !== undefined; above = this.#parent.get(at)) at = above;
    if (at !== unit) this.#parent.set(unit, at);
    return at;
  }
}
