import { end, type Statement, start } from "../python/syntax/types.ts";
import type { TextEdit } from "../types.ts";
import type { Spot, Writing } from "./spot.ts";
import { aroundOffsets } from "./statements.ts";

const MOST_LINES = 6;

/** Where numbers that are edited at a distance (a constant, an entry of a dictionary) are read besides: what the lint does not follow may depend on them. */
export function otherReaders(
  edits: readonly TextEdit[],
  spots: readonly Spot[],
  { text, statements }: Writing,
): readonly string[] {
  const calls = spots.flatMap(({ parts }) => parts.map(({ law, use }) => law.call ?? use.module.site));
  return edits.flatMap(({ from, to }) => {
    if (from === to || calls.some((call) => start(call) <= from && to <= end(call))) return [];
    const name = boundName(aroundOffsets(statements, from, to).at(-1));
    if (name === null) return [];
    const home = lineAt(text, from);
    const lines = new Set<number>();
    for (const match of text.matchAll(new RegExp(`\\b${name}\\b`, "g"))) {
      const inside = calls.some((call) => start(call) <= match.index && match.index <= end(call));
      const line = lineAt(text, match.index);
      if (!inside && line !== home) lines.add(line);
    }
    if (lines.size === 0) return [];
    const shown = [...lines].slice(0, MOST_LINES).join(", ");
    const more = lines.size > MOST_LINES ? ` and ${lines.size - MOST_LINES} more` : "";
    return [`${name} in line ${home} is read in ${lines.size === 1 ? "line" : "lines"} ${shown}${more}, too`];
  });
}

/** The one name that a statement binds. */
function boundName(statement: Statement | undefined): string | null {
  if (statement?.type !== "assign" || statement.targets.length !== 1) return null;
  const [target] = statement.targets;
  return target?.type === "name" ? target.name : null;
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}
