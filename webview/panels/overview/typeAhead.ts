/** Letters typed within this time belong to one word. */
const PAUSE_MILLISECONDS = 800;

/** Typing jumps to the next line whose label begins with what was typed; one letter again and again walks through its lines. */
export class TypeAhead {
  #typed = "";
  #last = Number.NEGATIVE_INFINITY;

  /** The index to go to, or null where no label begins so. */
  find(character: string, now: number, labels: { readonly length: number; at(index: number): string }, from: number) {
    const fresh = now - this.#last > PAUSE_MILLISECONDS;
    const letter = character.toLowerCase();
    const repeated = !fresh && this.#typed === letter;
    this.#typed = fresh || repeated ? letter : this.#typed + letter;
    this.#last = now;
    // A word that goes on may still be the line it is on; a first or repeated letter means another one.
    const start = this.#typed.length > 1 ? from : from + 1;
    for (let step = 0; step < labels.length; step++) {
      const index = (Math.max(0, start) + step) % labels.length;
      if (labels.at(index).toLowerCase().startsWith(this.#typed)) return index;
    }
    return null;
  }
}
