import { KEYWORDS } from "./tokens.ts";

/** More different words than any source has: then the table begins anew. */
const MOST_WORDS = 1 << 15;
const SLOTS = 1 << 17;
/** Places that are looked at for one word. Whoever makes thousands of words with the same hash gets strings of their own, and no slower lint. */
const MOST_PROBES = 64;

/**
 * Every word of the sources read, once. The same name is then the same string, whose hash the sets and maps that follow find ready, and a keyword is known by its place
 * in the table.
 */
export class Names {
  readonly #slots = new Int32Array(SLOTS);
  readonly #hashes = new Int32Array(MOST_WORDS + 1);
  #words: string[] = [];

  constructor() {
    this.#begin();
  }

  /** How many are kept. */
  get size(): number {
    return this.#words.length;
  }

  /** Place of the word at `from`; keywords have the first ones, in their order. Negative: a word that is not kept. */
  find(text: string, from: number, to: number, hash: number): number {
    const words = this.#words;
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    let probes = 0;
    for (let place = this.#slots[slot] ?? 0; place !== 0; place = this.#slots[slot] ?? 0) {
      const word = words[place - 1] ?? "";
      if (this.#hashes[place - 1] === hash && word.length === to - from && text.startsWith(word, from))
        return place - 1;
      if (++probes >= MOST_PROBES) return -1;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (words.length >= MOST_WORDS) {
      this.#begin();
      return this.find(text, from, to, hash);
    }
    // A slice would keep the whole source alive.
    words.push(copied(text.slice(from, to)));
    this.#hashes[words.length - 1] = hash;
    this.#slots[slot] = words.length;
    return words.length - 1;
  }

  at(place: number): string {
    return this.#words[place] ?? "";
  }

  #begin(): void {
    this.#slots.fill(0);
    this.#words = [];
    for (const word of KEYWORDS) this.find(word, 0, word.length, hashOf(word));
  }
}

/** As the scanner adds it up, one character after the other. */
export function hashOf(word: string): number {
  let hash = 0;
  for (let at = 0; at < word.length; at++) hash = (Math.imul(hash, 31) + word.charCodeAt(at)) | 0;
  return hash;
}

/** Slices of up to twelve characters are copies already. */
function copied(slice: string): string {
  return slice.length < 13 ? slice : slice.split("").join("");
}
