import { makeParameter } from "../frameworks/_shared/make.ts";
import type { Expression } from "../syntax/types.ts";
import { quantityOf } from "../values/quantities.ts";
import { knownNumber } from "../values/quantity.ts";
import { type ListValue, type ParameterValue, type Scope, UNKNOWN, type Value } from "../values/types.ts";
import type { Machine } from "./machine.ts";
import { unknownLaw } from "./parts.ts";

export function subscript(
  machine: Machine,
  object: Value,
  expression: Extract<Expression, { type: "subscript" }>,
  scope: Scope,
): Value {
  const [index] = expression.index;
  if (object.kind === "signal") return machine.signal({ kind: "pass", what: "index" }, [object], expression, null);
  if (index === undefined) return UNKNOWN;
  if (object.kind === "parameter" && index.type === "number") return partOf(machine, object);
  // `bias[n:2 * n]`, a gate's.
  if (object.kind === "parameter" && index.type === "slice" && object.dimensions === 1)
    return {
      ...makeParameter(machine, object.name, unknownLaw("part of a tensor"), { dimensions: 1 }),
      sliceOf: object,
    };
  if (object.kind === "module" && object.content !== null) return itemOf(machine, object.content, index, scope);
  return itemOf(machine, object, index, scope);
}

/** `weight[0]`, what one output is summed over: asked for its size, as `weight[0].numel()`. */
function partOf(machine: Machine, { fans }: ParameterValue): ParameterValue {
  return makeParameter(machine, "part", unknownLaw("part of a tensor"), {
    fans: fans === null ? null : { fanIn: fans.fanIn, fanOut: null },
  });
}

function itemOf(machine: Machine, object: Value, index: Expression, scope: Scope): Value {
  if (object.kind === "list" && index.type === "slice") return slice(machine, object, index, scope);
  const key = index.type === "slice" ? UNKNOWN : machine.evaluate(index, scope);
  const at = knownNumber(quantityOf(key));
  if (object.kind === "list") {
    const position = at !== null && at < 0 && object.rest === null ? at + object.items.length : at;
    if (position === null || position < 0) return UNKNOWN;
    return object.items[position] ?? object.rest?.value ?? UNKNOWN;
  }
  if (object.kind === "dict")
    return (
      (key.kind === "string"
        ? object.entries.get(key.value)
        : at === null
          ? undefined
          : object.entries.get(String(at))) ?? UNKNOWN
    );
  if (object.kind === "series" && object.items !== null && at !== null)
    return object.items[at < 0 ? at + object.items.length : at] ?? UNKNOWN;
  if (object.kind === "unknown" && object.key !== null) {
    const name = at !== null ? String(at) : key.kind === "string" ? key.value : key.kind === "unknown" ? key.key : null;
    return { kind: "unknown", key: name === null ? null : `${object.key}[${name}]` };
  }
  if (object.kind === "external") return { kind: "external", path: object.path };
  return UNKNOWN;
}

function slice(
  machine: Machine,
  list: ListValue,
  { lower, upper, stepped }: Extract<Expression, { type: "slice" }>,
  scope: Scope,
): Value {
  const place = (expression: Expression | null) =>
    expression === null ? undefined : knownNumber(quantityOf(machine.evaluate(expression, scope)));
  const [from, to] = [place(lower), place(upper)];
  if (from === null || to === null || stepped)
    return {
      ...list,
      items: [],
      rest: { value: list.items.length === 1 ? (list.items[0] ?? UNKNOWN) : UNKNOWN, count: null },
    };
  if (list.rest !== null)
    return (to ?? -1) < 0 || (from ?? 0) < 0
      ? { ...list, items: list.items.slice(Math.max(0, from ?? 0)) }
      : { ...list, items: list.items.slice(from, to), rest: null };
  return { ...list, items: list.items.slice(from, to) };
}
