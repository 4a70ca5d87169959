import { type Reader, splitAtCommas } from "./read.ts";
import type { SyntaxNode } from "./tree.ts";
import type { ComprehensionClause, Expression, Place } from "./types.ts";

/** Several expressions between commas; a star before one of them spreads it. */
export function sequenceOf(reader: Reader, groups: readonly SyntaxNode[][], mutable: boolean): Expression {
  const items = groups.map((group): Expression => {
    const value = reader.expression(group.at(-1));
    return group[0]?.name === "*" ? { unit: value.unit, from: value.from, to: value.to, type: "star", value } : value;
  });
  const [first] = items;
  const last = items.at(-1);
  const at = { unit: reader.unit, from: first?.from ?? 0, to: last?.to ?? 0 };
  return { ...at, type: "sequence", mutable, items };
}

/** `element for target in iterable if condition …`, without its brackets; for dictionaries `key : value for …`. */
export function comprehensionOf(reader: Reader, nodes: readonly SyntaxNode[], place: Place): Expression {
  const first = nodes.findIndex(({ name }) => name === "for" || name === "async");
  const head = first < 0 ? nodes : nodes.slice(0, first);
  const colon = head.findIndex(({ name }) => name === ":");
  return {
    unit: place.unit,
    from: place.from,
    to: place.to,
    type: "comprehension",
    dict: colon > 0,
    element: reader.expression(head[0]),
    value: colon > 0 ? reader.expression(head[colon + 1]) : null,
    clauses: first < 0 ? [] : clausesOf(reader, nodes.slice(first)),
  };
}

function clausesOf(reader: Reader, nodes: readonly SyntaxNode[]): ComprehensionClause[] {
  const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
  for (let at = 0; at < nodes.length; at++) {
    const { name } = nodes[at] ?? {};
    if (name === "for") {
      const within = nodes.findIndex((node, index) => index > at && node.name === "in");
      if (within < 0) break;
      clauses.push({
        target: targetOf(reader, nodes.slice(at + 1, within)),
        iterable: reader.expression(nodes[within + 1]),
        conditions: [],
      });
      at = within + 1;
    } else if (name === "if") clauses.at(-1)?.conditions.push(reader.expression(nodes[at + 1]));
  }
  return clauses;
}

/** One name, or several between commas. */
export function targetOf(reader: Reader, nodes: readonly SyntaxNode[]): Expression {
  if (nodes.length === 1 && nodes[0]?.name !== "*") return reader.expression(nodes[0]);
  const groups = splitAtCommas(nodes);
  const [only] = groups;
  return groups.length === 1 && only?.[0]?.name !== "*" && !nodes.some(({ name }) => name === ",")
    ? reader.expression(only?.[0])
    : sequenceOf(reader, groups, false);
}
