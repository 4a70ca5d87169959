import type { Unit } from "../syntax/types.ts";

/** How many steps a whole source may take, and where they ended. */
export class Budget {
  #left: number;
  #end: Unit | null = null;

  constructor(steps: number) {
    this.#left = steps;
  }

  spend(steps: number): void {
    this.#left -= steps;
  }

  /** Whether the next root is looked at; the first that is not is remembered, and so is that all are not. */
  goesOn(unit: Unit): boolean {
    if (this.#left > 0) return true;
    this.#end ??= unit;
    return false;
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  /** The first root that was left out. */
  get end(): Unit | null {
    return this.#end;
  }
}
