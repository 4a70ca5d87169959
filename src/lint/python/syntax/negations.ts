import type { SyntaxNode } from "./tree.ts";

/** One that was put together here already. */
const grouped = new WeakSet<SyntaxNode>();

/**
 * `not a and b` is `(not a) and b`; Lezer's grammar takes everything behind `not` as its operand. Whatever hangs together by `and`, `or` and `not` is laid out in a line and grouped
 * again as Python does.
 */
export function regrouped(node: SyntaxNode): SyntaxNode {
  if (grouped.has(node) || !(isNegation(node) || isLogical(node))) return node;
  const line = laidOut(node);
  let at = 0;
  const negation = (): SyntaxNode | undefined => {
    const signs: SyntaxNode[] = [];
    for (; line[at]?.name === "not"; at++) {
      const sign = line[at];
      if (sign !== undefined) signs.push(sign);
    }
    let operand = line[at++];
    for (const sign of signs.reverse()) if (operand !== undefined) operand = made("UnaryExpression", [sign, operand]);
    return operand;
  };
  const chain = (word: string, part: () => SyntaxNode | undefined): SyntaxNode | undefined => {
    let left = part();
    while (left !== undefined && line[at]?.name === word) {
      const sign = line[at++];
      const right = part();
      if (sign === undefined || right === undefined) break;
      left = made("BinaryExpression", [left, sign, right]);
    }
    return left;
  };
  return chain("or", () => chain("and", negation)) ?? node;
}

/** Operands and words between them, in their order. */
function laidOut(node: SyntaxNode): SyntaxNode[] {
  const line: SyntaxNode[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    if (isNegation(next) || isLogical(next)) waiting.push(...[...next.children].reverse());
    else line.push(next);
  return line;
}

function isNegation({ name, children }: SyntaxNode): boolean {
  return name === "UnaryExpression" && children.length === 2 && children[0]?.name === "not";
}

function isLogical({ name, children }: SyntaxNode): boolean {
  const word = children[1]?.name;
  return name === "BinaryExpression" && children.length === 3 && (word === "and" || word === "or");
}

function made(name: string, children: readonly SyntaxNode[]): SyntaxNode {
  const node = { name, from: children[0]?.from ?? 0, to: children.at(-1)?.to ?? 0, children };
  grouped.add(node);
  return node;
}
