import { numberValue, stringValue } from "./literals.ts";
import { regrouped } from "./negations.ts";
import { DEEPEST_NESTING, insideBrackets, placeOf, type Reader, sourceOf, splitAtCommas, textOf } from "./read.ts";
import { comprehensionOf, sequenceOf } from "./sequences.ts";
import type { SyntaxNode } from "./tree.ts";
import type { Argument, Expression, Parameter } from "./types.ts";

/** One expression of Lezer's tree. Whatever is broken or not understood is `unknown`. */
export function expressionOf(reader: Reader, node: SyntaxNode | undefined, around?: SyntaxNode): Expression {
  const place = placeOf(reader, node ?? around ?? { from: reader.unit.base, to: reader.unit.base });
  if (node === undefined || reader.depth >= DEEPEST_NESTING)
    return { unit: place.unit, from: place.from, to: place.to, type: "unknown" };
  reader.depth++;
  try {
    return read(reader, node);
  } finally {
    reader.depth--;
  }
}

function read(reader: Reader, node: SyntaxNode): Expression {
  const place = placeOf(reader, node);
  const unknown: Expression = { unit: place.unit, from: place.from, to: place.to, type: "unknown" };
  switch (node.name) {
    case "VariableName": {
      const name = textOf(reader, node);
      reader.names.add(name);
      return { unit: place.unit, from: place.from, to: place.to, type: "name", name };
    }
    case "Number":
      return numberOf(textOf(reader, node), place, unknown);
    case "String":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "string",
        value: stringValue(sourceOf(reader, node)),
      };
    case "ContinuedString": {
      const parts = node.children.map((part) => (part.name === "String" ? stringValue(sourceOf(reader, part)) : null));
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "string",
        value: parts.includes(null) ? null : parts.join(""),
      };
    }
    case "FormatString":
      return { unit: place.unit, from: place.from, to: place.to, type: "string", value: null };
    case "Boolean":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "constant",
        value: textOf(reader, node) === "True",
      };
    case "None":
      return { unit: place.unit, from: place.from, to: place.to, type: "constant", value: null };
    case "ParenthesizedExpression": {
      const [inner] = insideBrackets(node.children);
      return inner === undefined ? unknown : { ...expressionOf(reader, inner), ...place };
    }
    case "MemberExpression":
      return memberOf(reader, node);
    case "CallExpression":
      return callOf(reader, node);
    case "UnaryExpression": {
      const whole = regrouped(node);
      if (whole.name === "BinaryExpression") return binaryOf(reader, whole);
      const [op, operand] = whole.children;
      return op === undefined || operand === undefined
        ? unknown
        : {
            unit: place.unit,
            from: place.from,
            to: place.to,
            type: "unary",
            op: textOf(reader, op),
            operand: expressionOf(reader, operand),
          };
    }
    case "BinaryExpression":
      return binaryOf(reader, regrouped(node));
    case "ConditionalExpression": {
      const parts = node.children.filter(({ name }) => name !== "if" && name !== "else");
      const [chosen, test, otherwise] = parts;
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "conditional",
        test: expressionOf(reader, test, node),
        chosen: expressionOf(reader, chosen, node),
        otherwise: expressionOf(reader, otherwise, node),
      };
    }
    case "LambdaExpression": {
      const children = node.children;
      const list = children.find(({ name }) => name === "ParamList");
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "lambda",
        parameters: list === undefined ? [] : parametersOf(reader, list),
        body: expressionOf(reader, children.at(-1), node),
      };
    }
    case "TupleExpression":
    case "ArrayExpression":
    case "SetExpression":
      return {
        ...sequenceOf(reader, splitAtCommas(insideBrackets(node.children)), node.name !== "TupleExpression"),
        unit: place.unit,
        from: place.from,
        to: place.to,
      };
    case "DictionaryExpression":
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "dict",
        entries: splitAtCommas(insideBrackets(node.children)).map((group) => entryOf(reader, group)),
      };
    case "ComprehensionExpression":
    case "ArrayComprehensionExpression":
    case "SetComprehensionExpression":
    case "DictionaryComprehensionExpression":
      return comprehensionOf(reader, insideBrackets(node.children), place);
    case "NamedExpression": {
      const [target, , value] = node.children;
      if (target === undefined) return unknown;
      const name = textOf(reader, target);
      reader.walruses.add(name);
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        type: "walrus",
        name,
        value: expressionOf(reader, value, node),
      };
    }
    case "AwaitExpression":
      return expressionOf(reader, node.children[1], node);
    default:
      return unknown;
  }
}

function entryOf(reader: Reader, group: readonly SyntaxNode[]): { key: Expression | null; value: Expression } {
  if (group[0]?.name === "**") return { key: null, value: expressionOf(reader, group[1]) };
  return { key: expressionOf(reader, group[0]), value: expressionOf(reader, group.at(-1)) };
}

function memberOf(reader: Reader, node: SyntaxNode): Expression {
  const place = placeOf(reader, node);
  const children = node.children;
  const object = expressionOf(reader, children[0], node);
  const property = children.find(({ name }) => name === "PropertyName");
  if (children[1]?.name === ".")
    return property === undefined
      ? { unit: place.unit, from: place.from, to: place.to, type: "unknown" }
      : { unit: place.unit, from: place.from, to: place.to, type: "attribute", object, name: textOf(reader, property) };
  const inside = splitAtCommas(insideBrackets(children.slice(1)));
  return {
    unit: place.unit,
    from: place.from,
    to: place.to,
    type: "subscript",
    object,
    index: inside.map((group) => indexOf(reader, group)),
  };
}

function indexOf(reader: Reader, group: readonly SyntaxNode[]): Expression {
  const colons = group.flatMap((node, at) => (node.name === ":" ? [at] : []));
  const [first] = group;
  if (first === undefined || colons[0] === undefined) return expressionOf(reader, first);
  const lower = colons[0] > 0 ? first : undefined;
  const upper = group.slice(colons[0] + 1, colons[1])[0];
  return {
    ...placeOf(reader, { from: first.from, to: group.at(-1)?.to ?? first.to }),
    type: "slice",
    lower: lower === undefined ? null : expressionOf(reader, lower),
    upper: upper === undefined ? null : expressionOf(reader, upper),
    stepped: colons.length > 1,
  };
}

function callOf(reader: Reader, node: SyntaxNode): Expression {
  const [callee, list] = node.children;
  const place = placeOf(reader, node);
  const callee_ = expressionOf(reader, callee, node);
  if (list === undefined)
    return {
      unit: place.unit,
      from: place.from,
      to: place.to,
      type: "call",
      callee: callee_,
      args: [],
      open: place.to,
      close: place.to,
    };
  return {
    unit: place.unit,
    from: place.from,
    to: place.to,
    type: "call",
    callee: callee_,
    args: argumentsOf(reader, list),
    open: list.from - reader.unit.base,
    close: list.to - reader.unit.base - 1,
  };
}

export function argumentsOf(reader: Reader, list: SyntaxNode): Argument[] {
  return splitAtCommas(insideBrackets(list.children)).map((group): Argument => {
    const [first, second, third] = group;
    const place = placeOf(reader, { from: first?.from ?? list.from, to: group.at(-1)?.to ?? list.to });
    if (first?.name === "*" || first?.name === "**")
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        name: null,
        star: first.name,
        value: expressionOf(reader, second, list),
      };
    if (first?.name === "VariableName" && second !== undefined && isWalrus(reader, second)) {
      const name = textOf(reader, first);
      reader.walruses.add(name);
      const value: Expression = { ...place, type: "walrus", name, value: expressionOf(reader, third, list) };
      return { unit: place.unit, from: place.from, to: place.to, name: null, star: "", value };
    }
    if (first?.name === "VariableName" && second?.name === "AssignOp")
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        name: textOf(reader, first),
        star: "",
        value: expressionOf(reader, third, list),
      };
    if (group.some(({ name }) => name === "for"))
      return {
        unit: place.unit,
        from: place.from,
        to: place.to,
        name: null,
        star: "",
        value: comprehensionOf(reader, group, place),
      };
    return {
      unit: place.unit,
      from: place.from,
      to: place.to,
      name: null,
      star: "",
      value: expressionOf(reader, first, list),
    };
  });
}

/** `f(x := 1)` names nothing of `f`: it is an expression that binds. */
function isWalrus(reader: Reader, node: SyntaxNode): boolean {
  return node.name === "AssignOp" && textOf(reader, node) === ":=";
}

export function parametersOf(reader: Reader, list: SyntaxNode): Parameter[] {
  const parameters: Parameter[] = [];
  let keywordOnly = false;
  for (const group of splitAtCommas(insideBrackets(list.children))) {
    const star = group[0]?.name === "*" ? "*" : group[0]?.name === "**" ? "**" : "";
    const name = group.find((node) => node.name === "VariableName");
    if (star === "*") keywordOnly = true;
    if (name === undefined) continue;
    const equals = group.findIndex((node) => node.name === "AssignOp");
    parameters.push({
      ...placeOf(reader, { from: name.from, to: group.at(-1)?.to ?? name.to }),
      name: textOf(reader, name),
      star,
      keywordOnly: star === "" && keywordOnly,
      initial: equals < 0 ? null : expressionOf(reader, group[equals + 1], list),
    });
  }
  return parameters;
}

function binaryOf(reader: Reader, node: SyntaxNode): Expression {
  const children = node.children;
  const left = children[0];
  const right = children.at(-1);
  const op = children
    .slice(1, -1)
    .map((part) => textOf(reader, part))
    .join(" ");
  return {
    ...placeOf(reader, node),
    type: "binary",
    op,
    left: expressionOf(reader, left, node),
    right: expressionOf(reader, children.length > 1 ? right : undefined, node),
  };
}

function numberOf(text: string, place: ReturnType<typeof placeOf>, unknown: Expression): Expression {
  const value = numberValue(text);
  return Number.isNaN(value) ? unknown : { unit: place.unit, from: place.from, to: place.to, type: "number", value };
}
