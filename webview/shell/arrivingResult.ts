import { type ApartNote, ARRAYS, putTogether, type Values } from "../../src/protocol/apart.ts";
import type { StudySnapshot } from "../../src/protocol/contract.ts";

interface Arriving {
  readonly values: Values;
  readonly note: ApartNote;
  /** Bytes that are there. */
  filled: number;
}

interface Waiting {
  readonly value: unknown;
  readonly arrays: readonly Arriving[];
}

/** A study's result as it comes: fields that have changed, and large arrays slice by slice. A field is replaced when all of its arrays are there. */
export class ArrivingResult {
  #known: unknown;
  #some = false;
  readonly #waiting = new Map<string, Waiting>();

  /** What is known by now; it has every field as soon as `whole` says so. */
  get result(): unknown {
    return this.#known;
  }

  /** Whether there is something to show. */
  get shown(): boolean {
    return this.#some && [...this.#waiting.keys()].every((name) => Object.hasOwn(Object(this.#known), name));
  }

  get complete(): boolean {
    return this.#waiting.size === 0;
  }

  /** True where something is other than before. */
  take({ result, changes }: Pick<StudySnapshot, "result" | "changes">): boolean {
    if (result !== undefined) {
      this.#known = result;
      this.#waiting.clear();
      this.#some = true;
      return true;
    }
    if (changes === undefined) return false;
    const news: Record<string, unknown> = {};
    for (const [name, packed] of Object.entries(changes)) {
      const arrays: Arriving[] = [];
      const value = putTogether(packed, (note) => {
        const values = new ARRAYS[note.type](note.length);
        arrays.push({ values, note, filled: 0 });
        return values;
      });
      if (arrays.length > 0) this.#waiting.set(name, { value, arrays });
      else {
        this.#waiting.delete(name);
        news[name] = value;
      }
    }
    this.#known = { ...Object(this.#known), ...news };
    this.#some = true;
    return Object.keys(news).length > 0;
  }

  /** The slice to ask for next; null where nothing is missing. */
  get next(): { readonly values: number; readonly from: number } | null {
    for (const { arrays } of this.#waiting.values())
      for (const { note, filled, values } of arrays)
        if (filled < values.byteLength) return { values: note.$apart, from: filled };
    return null;
  }

  /** Nobody has this array any more: its field waits for its successor. */
  lose(id: number): void {
    for (const [name, { value, arrays }] of this.#waiting)
      if (arrays.some(({ note }) => note.$apart === id)) this.#waiting.set(name, { value, arrays: [] });
  }

  /** Takes the slice that `next` named; true where a field is whole with it. An empty slice would be asked for without end. */
  give(id: number, bytes: Uint8Array): boolean {
    for (const [name, { value, arrays }] of this.#waiting) {
      const found = arrays.find(({ note }) => note.$apart === id);
      if (found === undefined) continue;
      const { values, filled } = found;
      const room = values.byteLength - filled;
      if (bytes.byteLength === 0 || bytes.byteLength > room)
        throw new RangeError(`${bytes.byteLength} bytes came of an array that lacks ${room}.`);
      new Uint8Array(values.buffer, values.byteOffset + filled, bytes.byteLength).set(bytes);
      found.filled += bytes.byteLength;
      if (arrays.some((one) => one.filled < one.values.byteLength)) return false;
      this.#known = { ...Object(this.#known), [name]: value };
      this.#waiting.delete(name);
      return true;
    }
    return false;
  }
}
