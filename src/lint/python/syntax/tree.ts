import { parser } from "@lezer/python";

/** A node of Lezer's tree as a plain object, without comments and without what error recovery left of broken code. */
export interface SyntaxNode {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly children: readonly SyntaxNode[];
}

const NONE: readonly SyntaxNode[] = [];

/** Lezer packs its trees for memory, and asking them for a child builds an object each time; one walk with a cursor builds each once. */
export function treeOf(text: string): SyntaxNode {
  const cursor = parser.parse(text).cursor();
  const open: { name: string; from: number; to: number; children: SyntaxNode[] }[] = [];
  const root = { name: "Script", from: 0, to: text.length, children: [] as SyntaxNode[] };
  let top = root;
  if (!cursor.firstChild()) return root;
  for (;;) {
    const { type } = cursor;
    if (!type.isError && type.name !== "Comment") {
      const node = { name: type.name, from: cursor.from, to: cursor.to, children: NONE as SyntaxNode[] };
      top.children.push(node);
      if (cursor.firstChild()) {
        node.children = [];
        open.push(top);
        top = node;
        continue;
      }
    }
    while (!cursor.nextSibling()) {
      const above = open.pop();
      if (above === undefined) return root;
      top = above;
      cursor.parent();
    }
  }
}
