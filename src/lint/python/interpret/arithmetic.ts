import type { Place } from "../syntax/types.ts";
import { numberValue, quantityOf, truthOf } from "../values/quantities.ts";
import { exactly, knownNumber, named, over, plus, type Quantity, raised, times } from "../values/quantity.ts";
import { type ListValue, type ParameterValue, type SignalValue, UNKNOWN, type Value } from "../values/types.ts";
import type { Machine } from "./machine.ts";

/** A list that is repeated more often than this is data. */
const MOST_ITEMS = 512;
/** Lists that are put together may have more; longer ones are lists of anything. */
export const LONGEST_LIST = 20_000;

export function unary(machine: Machine, op: string, operand: Value, site: Place): Value {
  if (op === "not") {
    const truth = truthOf(operand);
    return truth === null ? UNKNOWN : { kind: "bool", value: !truth };
  }
  if (operand.kind === "signal")
    return op === "-"
      ? machine.signal({ kind: "scale", factor: exactly(-1) }, [operand], site, operand.node.features)
      : UNKNOWN;
  const quantity = quantityOf(operand);
  if (op === "-") return operand.kind === "parameter" ? operand : numberValue(times(quantity, exactly(-1)));
  return op === "+" ? operand : UNKNOWN;
}

export function binary(machine: Machine, op: string, left: Value, right: Value, site: Place): Value {
  if (COMPARISONS.has(op)) return compare(op, left, right);
  if (left.kind === "signal" || right.kind === "signal") return ofSignals(machine, op, left, right, site);
  if (left.kind === "parameter" || right.kind === "parameter") return ofParameters(machine, op, left, right);
  if (op === "+" && left.kind === "string" && right.kind === "string")
    return { kind: "string", value: left.value + right.value };
  if (left.kind === "list" || right.kind === "list") return ofLists(machine, op, left, right);
  return numberValue(ofQuantities(op, quantityOf(left), quantityOf(right)));
}

function ofQuantities(op: string, a: Quantity | null, b: Quantity | null): Quantity | null {
  const [x, y] = [knownNumber(a), knownNumber(b)];
  switch (op) {
    case "+":
      return plus(a, b);
    case "-":
      return plus(a, times(b, exactly(-1)));
    case "*":
      return times(a, b);
    case "/":
      return over(a, b);
    case "//":
      if (y === 1) return a;
      return x !== null && y !== null && y !== 0 ? exactly(Math.floor(x / y)) : named("//", a, b);
    case "%":
      return x !== null && y !== null && y !== 0 ? exactly(((x % y) + y) % y) : named("%", a, b);
    case "**":
      return y === null ? named("**", a, b) : raised(a, y);
    default:
      return null;
  }
}

function ofLists(machine: Machine, op: string, left: Value, right: Value): Value {
  if (op === "+" && left.kind === "list" && right.kind === "list") {
    if (left.items.length + right.items.length > LONGEST_LIST)
      return {
        kind: "list",
        tuple: left.tuple,
        items: [],
        rest: { value: UNKNOWN, count: null },
        loops: machine.loops.length,
      };
    const rest = right.rest ?? left.rest;
    const items = left.rest === null ? [...left.items, ...right.items] : left.items;
    return { kind: "list", tuple: left.tuple, items, rest, loops: machine.loops.length };
  }
  if (op !== "*") return UNKNOWN;
  const list = left.kind === "list" ? left : right;
  const count = quantityOf(left.kind === "list" ? right : left);
  if (list.kind !== "list") return UNKNOWN;
  return repeated(machine, list, count);
}

function repeated(machine: Machine, list: ListValue, count: Quantity | null): Value {
  const times_ = knownNumber(count);
  const loops = machine.loops.length;
  if (times_ !== null && list.rest === null && times_ * list.items.length <= MOST_ITEMS)
    return {
      kind: "list",
      tuple: list.tuple,
      items: Array.from({ length: Math.max(0, times_) }, () => list.items).flat(),
      rest: null,
      loops,
    };
  const [only, ...more] = list.items;
  return {
    kind: "list",
    tuple: list.tuple,
    items: [],
    rest: { value: more.length === 0 ? (only ?? UNKNOWN) : UNKNOWN, count },
    loops,
  };
}

/** Tensors that are drawn and then scaled: `torch.randn(n, m) * 0.01`. */
function ofParameters(machine: Machine, op: string, left: Value, right: Value): Value {
  const tensor = left.kind === "parameter" ? left : right;
  const other = left.kind === "parameter" ? right : left;
  if (tensor.kind !== "parameter") return UNKNOWN;
  const factor =
    op === "*"
      ? quantityOf(other)
      : op === "/" && left.kind === "parameter"
        ? over(exactly(1), quantityOf(other))
        : null;
  return factor === null
    ? { ...unknownCopy(tensor), id: machine.identity() }
    : { ...tensor, id: machine.identity(), law: scaledLaw(tensor, factor), draw: null };
}

function unknownCopy(tensor: ParameterValue): ParameterValue {
  return {
    ...tensor,
    draw: null,
    law: { ...tensor.law, family: "unknown", variance: null, mean: null, label: "an expression" },
  };
}

function scaledLaw({ law }: ParameterValue, factor: Quantity): ParameterValue["law"] {
  // The gain that the initializer was asked for is no longer what is meant.
  return {
    ...law,
    variance: times(law.variance, raised(factor, 2)),
    mean: times(law.mean, factor),
    mode: null,
    gain: null,
  };
}

function ofSignals(machine: Machine, op: string, left: Value, right: Value, site: Place): Value {
  if (left.kind === "signal" && right.kind === "signal") {
    const features = left.node.features ?? right.node.features;
    const kind = op === "+" || op === "-" ? "add" : op === "*" ? "product" : op === "@" ? "matmul" : null;
    if (kind === null)
      return machine.signal({ kind: "unknown", what: `signals joined by ${op}` }, [left, right], site, features);
    return machine.signal({ kind }, [left, right], site, kind === "matmul" ? null : features);
  }
  const signal = (left.kind === "signal" ? left : right) as SignalValue;
  const other = left.kind === "signal" ? right : left;
  const { features } = signal.node;
  const plain = other.kind === "number" || other.kind === "bool";
  if ((op === "+" || op === "-") && plain)
    return machine.signal({ kind: "pass", what: "shift" }, [signal], site, features);
  if (op === "*" || (op === "/" && left.kind === "signal")) {
    const factor = plain || other.kind === "unknown" ? quantityOf(other) : null;
    return machine.signal(
      { kind: "scale", factor: op === "/" ? over(exactly(1), factor) : factor },
      [signal],
      site,
      features,
    );
  }
  const what = other.kind === "parameter" ? "a parameter is joined" : `${op} with what cannot be told`;
  return machine.signal({ kind: "unknown", what }, [signal], site, features);
}

const COMPARISONS = new Set(["==", "!=", "<", ">", "<=", ">=", "in", "not in", "is", "is not", "<>"]);

function compare(op: string, left: Value, right: Value): Value {
  const answer = comparison(op, left, right);
  return answer === null ? UNKNOWN : { kind: "bool", value: answer };
}

function comparison(op: string, left: Value, right: Value): boolean | null {
  if (op === "in" || op === "not in") {
    const found = contains(left, right);
    return found === null ? null : found === (op === "in");
  }
  if (op === "==" || op === "is") return same(left, right);
  if (op === "!=" || op === "is not" || op === "<>") {
    const answer = same(left, right);
    return answer === null ? null : !answer;
  }
  const [a, b] = [knownNumber(quantityOf(left)), knownNumber(quantityOf(right))];
  if (a === null || b === null) return null;
  return op === "<" ? a < b : op === ">" ? a > b : op === "<=" ? a <= b : a >= b;
}

const SOLID: ReadonlySet<Value["kind"]> = new Set(["number", "string", "list", "dict", "module", "object"]);

function same(left: Value, right: Value): boolean | null {
  if (left === right && left.kind !== "unknown") return true;
  if (left.kind === "none" || right.kind === "none") {
    const other = left.kind === "none" ? right : left;
    return other.kind === "unknown" ? null : other.kind === "none";
  }
  if (left.kind === "string" && right.kind === "string") return left.value === right.value;
  if (left.kind === "bool" && right.kind === "bool") return left.value === right.value;
  if (left.kind === "external" && right.kind === "external") return left.path === right.path;
  if (left.kind === "class" || right.kind === "class")
    return left.kind === "unknown" || right.kind === "unknown" ? null : left === right;
  // A word is no number, nor a list or a module: only what is not known may be either.
  if (left.kind !== right.kind && [left, right].every(({ kind }) => SOLID.has(kind))) return false;
  const [a, b] = [quantityOf(left), quantityOf(right)];
  if (a === null || b === null) return null;
  const [x, y] = [knownNumber(a), knownNumber(b)];
  return x !== null && y !== null ? x === y : null;
}

function contains(item: Value, container: Value): boolean | null {
  if (item.kind === "string" && container.kind === "string") return container.value.includes(item.value);
  if (container.kind === "dict" && item.kind === "string")
    return container.entries.has(item.value) ? true : container.open ? null : false;
  if (container.kind !== "list") return null;
  const answers = container.items.map((one) => same(item, one));
  if (answers.includes(true)) return true;
  return answers.includes(null) || container.rest !== null ? null : false;
}
