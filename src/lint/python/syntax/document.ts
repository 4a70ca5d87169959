import { type PartialParse, TreeFragment } from "@lezer/common";
import { parser } from "@lezer/python";
import { expressionOf } from "./expressions.ts";
import { blankMagics } from "./magics.ts";
import type { Reader } from "./read.ts";
import { statementsOf } from "./statements.ts";
import type { Statement, Unit } from "./types.ts";

/** More text than this is data or generated; nobody waits for its lint. */
const LONGEST_SOURCE = 2_000_000;
/** Parsing stops here and what follows is not looked at: one line of a megabyte takes about a second. */
const PARSE_MILLISECONDS = 1_500;

interface Kept {
  readonly unit: Unit;
  readonly statements: readonly Statement[];
}

/**
 * A Python source that is edited: each `update` parses only what changed (Lezer's fragments) and converts only the top-level statements whose text is new.
 * Error-tolerant: code in the middle of being typed gives the statements around it.
 */
export class PythonDocument {
  text = "";
  statements: readonly Statement[] = [];
  /** Why part of the text was not read; null if all of it was. */
  incomplete: string | null = null;
  #fragments: readonly TreeFragment[] = [];
  #plain = "";
  #kept = new Map<string, Kept[]>();

  update(text: string, now: () => number = () => performance.now()): void {
    this.text = text;
    this.incomplete = null;
    if (text.length > LONGEST_SOURCE) {
      this.statements = [];
      this.incomplete = `The source has ${text.length.toLocaleString("en")} characters; ${LONGEST_SOURCE.toLocaleString("en")} are read at most.`;
      return;
    }
    const plain = blankMagics(text);
    const fragments = TreeFragment.applyChanges(this.#fragments, [changeBetween(this.#plain, plain)]);
    const parse = parser.startParse(plain, fragments);
    const tree = this.#run(parse, now() + PARSE_MILLISECONDS, now);
    this.#plain = plain;
    this.#fragments = TreeFragment.addTree(tree);
    const kept = new Map<string, Kept[]>();
    const statements: Statement[] = [];
    for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) {
      const slice = plain.slice(node.from, node.to);
      const known = this.#kept.get(slice)?.pop() ?? convert(plain, node);
      known.unit.base = node.from;
      const same = kept.get(slice);
      if (same === undefined) kept.set(slice, [known]);
      else same.push(known);
      statements.push(...known.statements);
    }
    this.#kept = kept;
    this.statements = statements;
  }

  #run(parse: PartialParse, deadline: number, now: () => number) {
    for (let steps = 0; ; steps++) {
      const tree = parse.advance();
      if (tree !== null) return tree;
      if ((steps & 1023) === 0 && parse.stoppedAt === null && now() > deadline) {
        this.incomplete = "Parsing took too long; what follows was not read.";
        parse.stopAt(parse.parsedPos);
      }
    }
  }
}

function convert(text: string, node: Parameters<typeof statementsOf>[1]): Kept {
  const unit: Unit = { base: node.from };
  const reader: Reader = { text, unit, depth: 0, expression: (one, around) => expressionOf(reader, one, around) };
  return { unit, statements: statementsOf(reader, node) };
}

/** The one change between two texts: what lies between their common beginning and their common end. */
function changeBetween(before: string, after: string): { fromA: number; toA: number; fromB: number; toB: number } {
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let tail = 0;
  while (
    tail < shorter - from &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  return { fromA: from, toA: before.length - tail, fromB: from, toB: after.length - tail };
}
