import type { SyntaxNode } from "./tree.ts";
import type { Expression, Place, Unit } from "./types.ts";

/** What every step of the conversion needs: the text, and the unit that places are relative to. */
export interface Reader {
  readonly text: string;
  /** The same before anything in it was blanked. */
  readonly source: string;
  readonly unit: Unit;
  /** The unit's, while they are being collected. */
  readonly names: Set<string>;
  readonly walruses: Set<string>;
  /** Bracket levels are bounded: a file of ten thousand opening brackets is no program, and our recursion must survive it. */
  depth: number;
  /** One expression; of `around` where there is none. Given here, so that the parts of the conversion need not know one another. */
  readonly expression: (node: SyntaxNode | undefined, around?: SyntaxNode) => Expression;
}

/** Deeper nesting is read as unknown. CPython's own parser gives up at 100 to 200 levels. */
export const DEEPEST_NESTING = 120;

export function textOf(reader: Reader, node: SyntaxNode): string {
  return reader.text.slice(node.from, node.to);
}

/** As it was written. */
export function sourceOf(reader: Reader, node: SyntaxNode): string {
  return reader.source.slice(node.from, node.to);
}

export function placeOf(reader: Reader, node: { readonly from: number; readonly to: number }): Place {
  const { unit } = reader;
  return { unit, from: node.from - unit.base, to: node.to - unit.base };
}

/** Groups between commas; empty ones are dropped. Commas between `for` and `in` are those of one group. */
export function splitAtCommas(nodes: readonly SyntaxNode[]): SyntaxNode[][] {
  const groups: SyntaxNode[][] = [];
  let group: SyntaxNode[] | null = null;
  let bound = false;
  for (const node of nodes) {
    if (node.name === "for") bound = true;
    else if (node.name === "in") bound = false;
    if (node.name === "," && !bound) group = null;
    else if (group !== null) group.push(node);
    else {
      group = [node];
      groups.push(group);
    }
  }
  return groups;
}

/** Without the brackets around them. */
export function insideBrackets(nodes: readonly SyntaxNode[]): SyntaxNode[] {
  return nodes.filter(({ name }) => name.length > 1 || !"()[]{}".includes(name));
}
