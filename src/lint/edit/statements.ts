import {
  type ClassDefinition,
  end,
  type FunctionDefinition,
  type Place,
  type Statement,
  start,
} from "../python/syntax/types.ts";
import { lineEnd } from "./edits.ts";

/** The statements around a place, outermost first. */
export function around(statements: readonly Statement[], place: Place): readonly Statement[] {
  return aroundOffsets(statements, start(place), end(place));
}

export function aroundOffsets(statements: readonly Statement[], from: number, to: number): readonly Statement[] {
  const path: Statement[] = [];
  let level: readonly Statement[] = statements;
  for (;;) {
    const inside = level.find((statement) => start(statement) <= from && to <= end(statement));
    if (inside === undefined) return path;
    path.push(inside);
    level = blocksOf(inside).flat();
  }
}

function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.type) {
    case "function":
    case "class":
    case "while":
    case "with":
      return [statement.body];
    case "for":
      return [statement.body, statement.otherwise];
    case "if":
      return [...statement.branches.map(({ body }) => body), statement.otherwise];
    case "try":
      return [statement.body, ...statement.handlers, statement.otherwise, statement.last];
    case "match":
      return statement.bodies;
    default:
      return [];
  }
}

/** Where a line can be put behind a statement, and the indentation that it needs there. Null: the statement shares its lines with others. */
export function lineAfter(statement: Statement, text: string): { readonly at: number; readonly indent: string } | null {
  const begin = text.lastIndexOf("\n", start(statement) - 1) + 1;
  const indent = text.slice(begin, start(statement));
  if (!/^[ \t]*$/.test(indent)) return null;
  // The last statement of a block may end in line breaks that belong to nobody.
  const last = end(statement) - (/\s*$/.exec(text.slice(start(statement), end(statement)))?.[0].length ?? 0);
  const at = lineEnd(text, last);
  return /^[ \t]*(?:#.*)?$/.test(text.slice(last, at)) ? { at, indent } : null;
}

/** The method of a class in which a place lies, by its path. */
export function methodAround(
  path: readonly Statement[],
): { readonly type: ClassDefinition; readonly method: FunctionDefinition } | null {
  for (let k = path.length - 1; k > 0; k--) {
    const [outer, inner] = [path[k - 1], path[k]];
    if (outer?.type === "class" && inner?.type === "function") return { type: outer, method: inner };
    if (inner?.type === "function") return null;
  }
  return null;
}
