import { placeOf, type Reader, splitAtCommas, textOf } from "./read.ts";
import type { SyntaxNode } from "./tree.ts";
import type { Statement } from "./types.ts";

/** `import a.b as c, d` and `from .a.b import (c as d, e)`. A star imports what nobody here can list. */
export function importOf(reader: Reader, node: SyntaxNode): Statement {
  const children = node.children.filter(({ name }) => name !== "(" && name !== ")");
  const at = children.findIndex(({ name }) => name === "import");
  const from = children[0]?.name === "from" ? pathOf(reader, children.slice(1, at)) : null;
  const names = splitAtCommas(children.slice(at + 1)).flatMap((group) => {
    if (group[0]?.name === "*") return [{ path: "*", as: "*" }];
    const as = group.findIndex(({ name }) => name === "as");
    const path = pathOf(reader, as < 0 ? group : group.slice(0, as));
    const alias = as < 0 ? undefined : group[as + 1];
    return path === "" ? [] : [{ path, as: alias === undefined ? "" : textOf(reader, alias) }];
  });
  return { ...placeOf(reader, node), type: "import", module: from, names };
}

function pathOf(reader: Reader, nodes: readonly SyntaxNode[]): string {
  return nodes.map((node) => textOf(reader, node)).join("");
}
