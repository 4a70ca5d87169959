import { expressionOf } from "./expressions.ts";
import { blankMagics } from "./magics.ts";
import type { Reader } from "./read.ts";
import { statementsOf } from "./statements.ts";
import { treeOf } from "./tree.ts";
import { type Statement, type Unit, unitOf } from "./types.ts";

/**
 * Statements of any text, by Lezer's parser: what does not parse leaves a gap, and the rest is read around it. Null where the parser's own recursion ends, on blocks or
 * operators inside one another some ten thousand times.
 */
export function tolerant(source: string): { readonly unit: Unit; readonly statements: readonly Statement[] | null } {
  const names = new Set<string>();
  const walruses = new Set<string>();
  const unit = unitOf(names, walruses);
  const reader: Reader = {
    text: blankMagics(source),
    source,
    unit,
    names,
    walruses,
    depth: 0,
    expression: (one, around) => expressionOf(reader, one, around),
  };
  try {
    return { unit, statements: treeOf(reader.text).children.flatMap((node) => statementsOf(reader, node)) };
  } catch (error) {
    if (error instanceof RangeError) return { unit, statements: null };
    throw error;
  }
}
