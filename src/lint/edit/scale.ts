import { type Argument, type CallExpression, type Expression, end, start } from "../python/syntax/types.ts";
import type { TextEdit } from "../types.ts";
import { written } from "./numbers.ts";

/**
 * Multiplies what an expression gives by a factor, at the number that carries it where there is one: `2.0 / n` becomes `3.0 / n`, `sqrt(2.0 / n)` becomes
 * `sqrt(3.0 / n)`. What holds no such number is written with a factor before it: `1.5 * std`.
 */
export function scaled(expression: Expression, factor: number, text: string): readonly TextEdit[] {
  return atNumber(expression, factor) ?? [withFactor(expression, factor, text)];
}

function atNumber(expression: Expression, factor: number): readonly TextEdit[] | null {
  if (!Number.isFinite(factor) || factor <= 0) return null;
  switch (expression.type) {
    case "number":
      return expression.value === 0
        ? null
        : [{ from: start(expression), to: end(expression), text: written(expression.value * factor) }];
    case "unary":
      return expression.op === "-" || expression.op === "+" ? atNumber(expression.operand, factor) : null;
    case "binary": {
      const { op, left, right } = expression;
      if (op === "*") return atNumber(left, factor) ?? atNumber(right, factor);
      if (op === "/") return atNumber(left, factor) ?? (isSize(right) ? null : atNumber(right, 1 / factor));
      if (op === "**" && right.type === "number" && right.value !== 0)
        return isSize(left) ? null : atNumber(left, factor ** (1 / right.value));
      return null;
    }
    case "call": {
      const [only, ...more] = expression.args;
      const { callee } = expression;
      const root = (callee.type === "attribute" || callee.type === "name") && callee.name === "sqrt";
      return root && only !== undefined && more.length === 0 && only.star === ""
        ? atNumber(only.value, factor * factor)
        : null;
    }
    default:
      return null;
  }
}

/** A width written as a number: no place for a factor, though the product would be right. */
function isSize(expression: Expression): boolean {
  return expression.type === "number" && isSizeLike(expression.value);
}

export function isSizeLike(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) > 9;
}

function withFactor(expression: Expression, factor: number, text: string): TextEdit {
  const negative = expression.type === "unary" && expression.op === "-";
  const place = negative ? expression.operand : expression;
  return { from: start(place), to: end(place), text: times(place, factor, text) };
}

/** Whatever binds less than a product gets brackets. */
function times(expression: Expression, factor: number, text: string): string {
  const inside = text.slice(start(expression), end(expression));
  const binary = expression.type === "binary" && !["*", "/", "**"].includes(expression.op);
  const loose =
    binary || expression.type === "conditional" || expression.type === "lambda" || expression.type === "walrus";
  return `${written(factor)} * ${loose ? `(${inside})` : inside}`;
}

/** The argument that a call passes to a parameter of this name; null where it leaves it to the default, "open" where that cannot be told. */
export function argumentOf(call: CallExpression, signature: readonly string[], name: string): Argument | null | "open" {
  if (call.args.some(({ star }) => star !== "")) return "open";
  const named = call.args.find((one) => one.name === name);
  if (named !== undefined) return named;
  return call.args.filter((one) => one.name === null)[signature.indexOf(name)] ?? null;
}

/** One more argument at the end of a call, in the call's own manner of commas and lines. */
export function appended(call: CallExpression, argument: string, text: string): TextEdit {
  const close = call.unit.base + call.close;
  const last = call.args.at(-1);
  if (last === undefined) return { from: close, to: close, text: argument };
  const after = text.slice(end(last), close);
  const comma = after.search(/^[ \t\r\n]*,/) === 0 ? end(last) + after.indexOf(",") + 1 : null;
  if (comma === null) return { from: end(last), to: end(last), text: `, ${argument}` };
  const line = text.slice(text.lastIndexOf("\n", start(last)) + 1, start(last));
  const own = /\n/.test(text.slice(comma, close)) && /^[ \t]*$/.test(line);
  return { from: comma, to: comma, text: own ? `\n${line}${argument},` : ` ${argument}` };
}
