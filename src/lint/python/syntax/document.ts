import { type Chunk, chunksFrom } from "./chunks.ts";
import { hasMagics, isOtherLanguage } from "./magics.ts";
import { tolerant } from "./tolerant.ts";
import { type Statement, type Unit, unitOf } from "./types.ts";
import { wellFormed } from "./wellFormed/statements.ts";

/** More text than this is data or generated; nobody waits for its lint. */
const LONGEST_SOURCE = 2_000_000;
/** A statement of the module that is longer is data: the longest classes that people write have some 60,000 characters. Reading this much takes a fifth of a second. */
const LONGEST_STATEMENT = 200_000;
/** Brackets inside one another; CPython's own parser ends at 200. */
const DEEPEST_BRACKETS = 1_000;
/** Characters that are parsed between two pauses: about two milliseconds. */
const STRIDE = 10_000;

interface Kept {
  readonly chunk: Chunk;
  readonly unit: Unit;
  readonly statements: readonly Statement[];
  /** Why it was not read; null: it was. */
  readonly refused: string | null;
}

/** A part of the text that was not read. */
interface Refused {
  readonly from: number;
  readonly message: string;
}

/**
 * A Python source that is edited. Each `update` parses and converts only statements of the module whose text is new; the others keep their trees, which the
 * rest of the lint recognizes by their identity. Error-tolerant: code in the middle of being typed gives the statements around it.
 */
export class PythonDocument {
  text = "";
  statements: readonly Statement[] = [];
  /** What was not read, in order. */
  unread: readonly Refused[] = [];
  #kept: readonly Kept[] = [];

  update(text: string): void {
    const updating = this.updating(text);
    while (updating.next().done !== true);
  }

  /** The same in pieces of a few milliseconds. One that is not carried to its end changes nothing. */
  *updating(text: string): Generator<void, void> {
    if (text.length > LONGEST_SOURCE) {
      const message = `The source has ${figures(text.length)} characters; ${figures(LONGEST_SOURCE)} are read at most.`;
      this.#commit(text, [], [{ from: 0, message }]);
      return;
    }
    if (isOtherLanguage(text)) {
      this.#commit(text, [], []);
      return;
    }
    const { head, tail } = this.#same(text);
    const before = this.#kept;
    const shift = text.length - this.text.length;
    // From where the text is other: the statement before it may go on there.
    let first = before.length - 1;
    while (first >= 0 && (before[first]?.chunk.to ?? 0) >= head - 1) first--;
    const rest = new Map(
      before.flatMap(({ chunk }, index) =>
        chunk.from + shift >= text.length - tail ? [[chunk.from + shift, index]] : [],
      ),
    );
    let last = before.length;
    const chunks = chunksFrom(text, before[first]?.chunk.from ?? 0, (beginning) => {
      const known = rest.get(beginning);
      if (known === undefined || known <= first) return false;
      last = known;
      return true;
    });
    const spare = new Map<string, Kept[]>();
    for (const kept of before.slice(Math.max(0, first), last)) {
      const key = this.text.slice(kept.chunk.from, kept.chunk.to);
      const same = spare.get(key);
      if (same === undefined) spare.set(key, [kept]);
      else same.push(kept);
    }
    const fresh: Kept[] = [];
    let parsed = 0;
    for (const chunk of chunks) {
      const slice = text.slice(chunk.from, chunk.to);
      const known = spare.get(slice)?.shift();
      fresh.push(known === undefined ? read(text, slice, chunk) : { ...known, chunk });
      if (known !== undefined) continue;
      parsed += slice.length;
      if (parsed < STRIDE) continue;
      parsed = 0;
      yield;
    }
    const behind = before.slice(last).map((kept) => ({ ...kept, chunk: shifted(kept.chunk, shift) }));
    const kept = [...before.slice(0, Math.max(0, first)), ...fresh, ...behind];
    const refused = kept.flatMap(({ chunk, refused: reason }) =>
      reason === null ? [] : [{ from: chunk.from, message: reason }],
    );
    this.#commit(text, kept, refused);
  }

  #commit(text: string, kept: readonly Kept[], unread: readonly Refused[]): void {
    this.text = text;
    this.unread = unread;
    this.#kept = kept;
    for (const { unit, chunk } of kept) unit.base = chunk.from;
    this.statements = kept.flatMap(({ statements }) => statements);
  }

  /** Lengths of the beginning and of the end that two texts have in common. */
  #same(text: string): { readonly head: number; readonly tail: number } {
    const shorter = Math.min(this.text.length, text.length);
    const [before, a, b] = [this.text, this.text.length, text.length];
    // Strings are compared faster by the thousand than one character after the other.
    let head = 0;
    while (head + BLOCK <= shorter && before.slice(head, head + BLOCK) === text.slice(head, head + BLOCK))
      head += BLOCK;
    while (head < shorter && before.charCodeAt(head) === text.charCodeAt(head)) head++;
    const most = shorter - head;
    let tail = 0;
    while (tail + BLOCK <= most && before.slice(a - tail - BLOCK, a - tail) === text.slice(b - tail - BLOCK, b - tail))
      tail += BLOCK;
    while (tail < most && before.charCodeAt(a - 1 - tail) === text.charCodeAt(b - 1 - tail)) tail++;
    return { head, tail };
  }
}

const BLOCK = 4_096;

function shifted({ from, to, deepest }: Chunk, shift: number): Chunk {
  return { from: from + shift, to: to + shift, deepest };
}

/** Its statements, from whichever of the two parsers reads them; the tolerant one only where something is not well formed. */
function read(text: string, slice: string, chunk: Chunk): Kept {
  const refused =
    slice.length > LONGEST_STATEMENT
      ? `A statement of ${figures(slice.length)} characters is not read; ${figures(LONGEST_STATEMENT)} are at most.`
      : chunk.deepest > DEEPEST_BRACKETS
        ? `A statement with ${figures(chunk.deepest)} brackets inside one another is not read.`
        : null;
  if (refused !== null) return { chunk, unit: unitOf(new Set(), new Set()), statements: [], refused };
  const known = hasMagics(slice) ? null : wellFormed(text, chunk.from, chunk.to);
  const { unit, statements } = known ?? tolerant(slice);
  return statements === null
    ? { chunk, unit, statements: [], refused: "A statement that is nested too deeply is not read." }
    : { chunk, unit, statements, refused: null };
}

function figures(count: number): string {
  return count.toLocaleString("en");
}
