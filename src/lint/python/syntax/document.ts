import { parser } from "@lezer/python";
import { type Chunk, chunksFrom } from "./chunks.ts";
import { expressionOf } from "./expressions.ts";
import { blankMagics, isOtherLanguage } from "./magics.ts";
import type { Reader } from "./read.ts";
import { statementsOf } from "./statements.ts";
import type { Statement, Unit } from "./types.ts";

/** More text than this is data or generated; nobody waits for its lint. */
const LONGEST_SOURCE = 2_000_000;
/** A statement of the module that is longer is data: the longest classes that people write have some 60,000 characters. Reading this much takes a fifth of a second. */
const LONGEST_STATEMENT = 200_000;
/** Brackets inside one another; CPython's own parser ends at 200. */
const DEEPEST_BRACKETS = 1_000;
/** Parsing stops here and what follows is not looked at: the bounds above keep it from ever being reached on text that anyone writes. */
const PARSE_MILLISECONDS = 1_500;
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
export interface Unread {
  readonly from: number;
  readonly reason: string;
}

/**
 * A Python source that is edited. Each `update` parses and converts only statements of the module whose text is new; the others keep their trees, which the
 * rest of the lint recognizes by their identity. Error-tolerant: code in the middle of being typed gives the statements around it.
 */
export class PythonDocument {
  text = "";
  statements: readonly Statement[] = [];
  /** What was not read, in order. */
  unread: readonly Unread[] = [];
  #kept: readonly Kept[] = [];

  update(text: string, now: () => number = () => performance.now()): void {
    const updating = this.updating(text, now);
    while (updating.next().done !== true);
  }

  /** The same in pieces of a few milliseconds. One that is not carried to its end changes nothing. */
  *updating(text: string, now: () => number = () => performance.now()): Generator<void, void> {
    if (text.length > LONGEST_SOURCE) {
      const reason = `The source has ${figures(text.length)} characters; ${figures(LONGEST_SOURCE)} are read at most.`;
      this.#commit(text, [], [{ from: 0, reason }]);
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
    const unread: Unread[] = [];
    const deadline = now() + PARSE_MILLISECONDS;
    let parsed = 0;
    for (const chunk of chunks) {
      if (now() > deadline) {
        unread.push({ from: chunk.from, reason: "Parsing took too long; what follows was not read." });
        last = before.length;
        break;
      }
      const slice = text.slice(chunk.from, chunk.to);
      const known = spare.get(slice)?.shift();
      fresh.push(known === undefined ? read(slice, chunk) : { ...known, chunk });
      if (known !== undefined) continue;
      parsed += slice.length;
      if (parsed < STRIDE) continue;
      parsed = 0;
      yield;
    }
    const behind = before.slice(last).map((kept) => ({ ...kept, chunk: shifted(kept.chunk, shift) }));
    const kept = [...before.slice(0, Math.max(0, first)), ...fresh, ...behind];
    const refused = kept.flatMap(({ chunk, refused: reason }) =>
      reason === null ? [] : [{ from: chunk.from, reason }],
    );
    this.#commit(text, kept, [...refused, ...unread]);
  }

  #commit(text: string, kept: readonly Kept[], unread: readonly Unread[]): void {
    this.text = text;
    this.unread = unread;
    this.#kept = kept;
    for (const { unit, chunk } of kept) unit.base = chunk.from;
    this.statements = kept.flatMap(({ statements }) => statements);
  }

  /** Lengths of the beginning and of the end that two texts have in common. */
  #same(text: string): { readonly head: number; readonly tail: number } {
    const shorter = Math.min(this.text.length, text.length);
    const head = longest(shorter, (length) => text.startsWith(this.text.slice(0, length)));
    const tail = longest(shorter - head, (length) => text.endsWith(this.text.slice(this.text.length - length)));
    return { head, tail };
  }
}

/** The largest length that holds, of those up to `most`; comparing strings is fast, so halves are tried. */
function longest(most: number, holds: (length: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function shifted({ from, to, deepest }: Chunk, shift: number): Chunk {
  return { from: from + shift, to: to + shift, deepest };
}

function read(slice: string, chunk: Chunk): Kept {
  const names = new Set<string>();
  const unit: Unit = { base: 0, names };
  const refuse = (reason: string): Kept => ({ chunk, unit, statements: [], refused: reason });
  if (slice.length > LONGEST_STATEMENT)
    return refuse(
      `A statement of ${figures(slice.length)} characters is not read; ${figures(LONGEST_STATEMENT)} are at most.`,
    );
  if (chunk.deepest > DEEPEST_BRACKETS)
    return refuse(`A statement with ${figures(chunk.deepest)} brackets inside one another is not read.`);
  const text = blankMagics(slice);
  const reader: Reader = {
    text,
    unit,
    names,
    depth: 0,
    expression: (one, around) => expressionOf(reader, one, around),
  };
  try {
    const statements: Statement[] = [];
    for (let node = parser.parse(text).topNode.firstChild; node !== null; node = node.nextSibling)
      statements.push(...statementsOf(reader, node));
    return { chunk, unit, statements, refused: null };
  } catch (error) {
    // The parser's own recursion, on blocks or operators inside one another some ten thousand times.
    if (error instanceof RangeError) return refuse("A statement that is nested too deeply is not read.");
    throw error;
  }
}

function figures(count: number): string {
  return count.toLocaleString("en");
}
