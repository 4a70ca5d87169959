import { chunksFrom } from "../chunks.ts";
import { hasMagics } from "../magics.ts";
import { tolerant } from "../tolerant.ts";
import { wellFormed } from "./statements.ts";

/** Statements that are longer, or nested deeper, are given to neither parser by the document. */
const [LONGEST, DEEPEST] = [200_000, 1_000];

export interface Agreement {
  /** Statements of the module, and which of them are left to the tolerant parser. */
  readonly statements: number;
  readonly left: readonly string[];
  /** Each statement that the two read differently, with what both made of it. */
  readonly differences: readonly { readonly source: string; readonly ours: string; readonly theirs: string }[];
}

/** Both parsers on every statement of a source: trees with all places, and the names that they ask for. */
export function agreement(text: string): Agreement {
  let statements = 0;
  const left: string[] = [];
  const differences: { source: string; ours: string; theirs: string }[] = [];
  for (const { from, to, deepest } of chunksFrom(text, 0, () => false)) {
    const source = text.slice(from, to);
    statements++;
    const known = source.length > LONGEST || deepest > DEEPEST || hasMagics(source) ? null : wellFormed(text, from, to);
    if (known === null) {
      left.push(source);
      continue;
    }
    const [ours, theirs] = [written(known), written(tolerant(source))];
    if (ours !== theirs) differences.push({ source, ours, theirs });
  }
  return { statements, left, differences };
}

/** As text, whatever the order of its fields. */
function written({ unit, statements }: Pick<ReturnType<typeof tolerant>, "unit" | "statements">): string {
  return JSON.stringify([statements, [...unit.names].sort(), [...unit.walruses].sort()], (key, value: unknown) => {
    if (key === "unit") return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
