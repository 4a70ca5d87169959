import { argumentsOf, expressionOf, parametersOf } from "./expressions.ts";
import { importOf } from "./imports.ts";
import { DEEPEST_NESTING, placeOf, type Reader, splitAtCommas, textOf } from "./read.ts";
import { targetOf } from "./sequences.ts";
import type { SyntaxNode } from "./tree.ts";
import type { Expression, Statement } from "./types.ts";

/** The statements that one of Lezer's makes: several on a line are one group there. */
export function statementsOf(reader: Reader, node: SyntaxNode): readonly Statement[] {
  if (node.name === "StatementGroup")
    return node.children.flatMap((child) => (child.name === ";" ? [] : statementsOf(reader, child)));
  if (reader.depth >= DEEPEST_NESTING) return [{ ...placeOf(reader, node), type: "other" }];
  reader.depth++;
  try {
    const statement = statementOf(reader, node, []);
    return statement === null ? [] : [statement];
  } finally {
    reader.depth--;
  }
}

function statementOf(reader: Reader, node: SyntaxNode, decorators: readonly Expression[]): Statement | null {
  const place = placeOf(reader, node);
  const children = node.children;
  switch (node.name) {
    case "DecoratedStatement": {
      const inner = children.at(-1);
      const marks = children.filter(({ name }) => name === "Decorator").map((one) => decoratorOf(reader, one));
      return inner === undefined ? null : statementOf(reader, inner, marks);
    }
    case "FunctionDefinition":
    case "ClassDefinition": {
      const name = children.find((child) => child.name === "VariableName");
      if (name === undefined) return null;
      const named = {
        unit: place.unit,
        from: place.from,
        to: place.to,
        name: textOf(reader, name),
        nameFrom: name.from - reader.unit.base,
        body: bodiesOf(reader, children)[0] ?? [],
        decorators,
      };
      const list = children.find((child) => child.name === "ParamList" || child.name === "ArgList");
      return node.name === "FunctionDefinition"
        ? { ...named, type: "function", parameters: list === undefined ? [] : parametersOf(reader, list) }
        : { ...named, type: "class", bases: list === undefined ? [] : argumentsOf(reader, list) };
    }
    case "AssignStatement":
      return assignmentOf(reader, node);
    case "UpdateStatement": {
      const at = children.findIndex(({ name }) => name === "UpdateOp");
      const op = children[at];
      if (op === undefined) return null;
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "augment",
        target: targetOf(reader, children.slice(0, at)),
        op: textOf(reader, op).slice(0, -1),
        value: targetOf(reader, children.slice(at + 1)),
      };
    }
    case "ExpressionStatement":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "expression",
        value: targetOf(reader, children),
      };
    case "ReturnStatement":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "return",
        value: children.length > 1 ? targetOf(reader, children.slice(1)) : null,
      };
    case "IfStatement":
      return ifOf(reader, node);
    case "ForStatement": {
      const at = children.findIndex(({ name }) => name === "for");
      const within = children.findIndex(({ name }) => name === "in");
      const [body = [], otherwise = []] = bodiesOf(reader, children);
      if (within < 0) return { unit: place.unit, from: place.from, to: place.to, type: "other" };
      const firstBody = children.findIndex(({ name }) => name === "Body");
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "for",
        target: targetOf(reader, children.slice(at + 1, within)),
        iterable: targetOf(reader, children.slice(within + 1, firstBody < 0 ? undefined : firstBody)),
        body,
        otherwise,
      };
    }
    case "WhileStatement":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "while",
        test: expressionOf(reader, children[1], node),
        body: bodiesOf(reader, children)[0] ?? [],
      };
    case "WithStatement":
      return withOf(reader, node);
    case "TryStatement":
      return tryOf(reader, node);
    case "MatchStatement":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "match",
        bodies: (children.find(({ name }) => name === "MatchBody")?.children ?? [])
          .filter(({ name }) => name === "MatchClause")
          .map((clause) => bodiesOf(reader, clause.children)[0] ?? []),
      };
    case "ImportStatement":
      return importOf(reader, node);
    case "RaiseStatement":
      return { unit: place.unit, from: place.from, to: place.to, type: "raise" };
    case "BreakStatement":
      return { unit: place.unit, from: place.from, to: place.to, type: "break" };
    case "ContinueStatement":
      return { unit: place.unit, from: place.from, to: place.to, type: "continue" };
    default:
      return { unit: place.unit, from: place.from, to: place.to, type: "other" };
  }
}

function decoratorOf(reader: Reader, node: SyntaxNode): Expression {
  const names = node.children.filter(({ name }) => name === "VariableName");
  const [first] = names;
  let path = expressionOf(reader, first, node);
  for (const name of names.slice(1))
    path = { ...placeOf(reader, node), type: "attribute", object: path, name: textOf(reader, name) };
  return path;
}

function bodiesOf(reader: Reader, children: readonly SyntaxNode[]): (readonly Statement[])[] {
  return children
    .filter(({ name }) => name === "Body")
    .map((body) => body.children.flatMap((child) => (child.name === ":" ? [] : statementsOf(reader, child))));
}

function assignmentOf(reader: Reader, node: SyntaxNode): Statement {
  const place = placeOf(reader, node);
  const parts: SyntaxNode[][] = [[]];
  let annotated = false;
  for (const child of node.children) {
    if (child.name === "AssignOp") parts.push([]);
    else if (child.name === "TypeDef") annotated = true;
    else parts.at(-1)?.push(child);
  }
  const targets = parts.slice(0, -1).map((nodes) => targetOf(reader, nodes));
  if (targets.length === 0)
    return {
      unit: place.unit,
      from: place.from,
      to: place.to,
      type: "declare",
      target: targetOf(reader, parts[0] ?? []),
    };
  return {
    unit: place.unit,
    from: place.from,
    to: place.to,
    type: "assign",
    targets,
    value: targetOf(reader, parts.at(-1) ?? []),
    annotated,
  };
}

function ifOf(reader: Reader, node: SyntaxNode): Statement {
  const branches: { test: Expression; body: readonly Statement[] }[] = [];
  let otherwise: readonly Statement[] = [];
  let test: SyntaxNode | null | undefined = null;
  for (const child of node.children) {
    if (child.name === "if" || child.name === "elif") test = undefined;
    else if (child.name === "else") test = null;
    else if (child.name === "Body") {
      const [body = []] = bodiesOf(reader, [child]);
      if (test === null) otherwise = body;
      else branches.push({ test: expressionOf(reader, test, node), body });
    } else test = child;
  }
  return { ...placeOf(reader, node), type: "if", branches, otherwise };
}

function withOf(reader: Reader, node: SyntaxNode): Statement {
  const children = node.children;
  const heads = children.slice(
    children.findIndex(({ name }) => name === "with") + 1,
    children.findIndex(({ name }) => name === "Body"),
  );
  const items = splitAtCommas(heads).map((group) => {
    const as = group.findIndex(({ name }) => name === "as");
    const name = as < 0 ? undefined : group[as + 1];
    return { value: expressionOf(reader, group[0], node), target: name === undefined ? null : textOf(reader, name) };
  });
  return { ...placeOf(reader, node), type: "with", items, body: bodiesOf(reader, children)[0] ?? [] };
}

function tryOf(reader: Reader, node: SyntaxNode): Statement {
  const parts = {
    body: [] as readonly Statement[],
    handlers: [] as (readonly Statement[])[],
    otherwise: [] as readonly Statement[],
    last: [] as readonly Statement[],
  };
  let word = "try";
  for (const child of node.children) {
    if (/^(try|except|else|finally)$/.test(child.name)) word = child.name;
    if (child.name !== "Body") continue;
    const [body = []] = bodiesOf(reader, [child]);
    if (word === "try") parts.body = body;
    else if (word === "except") parts.handlers.push(body);
    else if (word === "else") parts.otherwise = body;
    else parts.last = body;
  }
  return { ...placeOf(reader, node), type: "try", ...parts };
}
