import { numberOf, numberValue, quantityOf, textOf, truthOf } from "../values/quantities.ts";
import { exactly, knownNumber, plus, raised } from "../values/quantity.ts";
import { type CallArguments, NONE, NOTHING_NAMED, UNKNOWN, type Value } from "../values/types.ts";
import { callAtSite, type Site } from "./callSite.ts";
import { instanceOf } from "./instances.ts";
import { range } from "./iterate.ts";
import type { Machine } from "./machine.ts";

/** Python's own functions, and those of math, numpy, functools, collections and copy that models are built with. Undefined: none of these. */
export function callBuiltin(machine: Machine, path: string, args: CallArguments, site: Site): Value | undefined {
  const [first, second, third] = args.positional;
  const list = (items: readonly Value[], rest: ReturnType<Machine["iterate"]>["rest"] = null): Value => ({
    kind: "list",
    tuple: false,
    items,
    rest,
    loops: machine.loops.length,
  });
  const yes = (value: boolean | null): Value => (value === null ? UNKNOWN : { kind: "bool", value });
  switch (path.startsWith("builtins.") ? path.slice("builtins.".length) : path) {
    case "super":
      return { kind: "partial", callee: { kind: "external", path: "super" }, args };
    case "range": {
      const [from, to] =
        second === undefined ? [exactly(0), quantityOf(first)] : [quantityOf(first), quantityOf(second)];
      return range(from, to, third === undefined ? exactly(1) : quantityOf(third));
    }
    case "len": {
      if (first?.kind === "module" && first.content !== null)
        return callBuiltin(machine, path, { ...args, positional: [first.content] }, site);
      if (first?.kind === "list")
        return first.rest === null
          ? { kind: "number", value: exactly(first.items.length) }
          : numberValue(first.items.length === 0 ? first.rest.count : null);
      if (first?.kind === "series") return numberValue(first.count);
      return first?.kind === "unknown" && first.key !== null ? { kind: "unknown", key: `len(${first.key})` } : UNKNOWN;
    }
    case "list":
    case "tuple":
    case "reversed":
    case "iter": {
      if (first === undefined)
        return { ...(list([]) as Extract<Value, { kind: "list" }>), tuple: path.endsWith("tuple") };
      const { items, rest } = machine.iterate(first);
      return list(path.endsWith("reversed") ? [...items].reverse() : items, rest);
    }
    case "enumerate": {
      const { items, rest } = machine.iterate(first ?? UNKNOWN);
      const pair = (index: Value, item: Value): Value => ({
        kind: "list",
        tuple: true,
        items: [index, item],
        rest: null,
        loops: 0,
      });
      return list(
        items.map((item, index) => pair({ kind: "number", value: exactly(index) }, item)),
        rest === null ? null : { value: pair(UNKNOWN, rest.value), count: rest.count },
      );
    }
    case "zip":
      return zip(machine, args.positional);
    case "map": {
      const { items, rest } = machine.iterate(second ?? UNKNOWN);
      const each = (item: Value) =>
        machine.call(first ?? UNKNOWN, { positional: [item], named: NOTHING_NAMED, open: false }, callAtSite(site));
      return list(items.map(each), rest === null ? null : { value: each(rest.value), count: rest.count });
    }
    case "dict":
    case "collections.OrderedDict": {
      const entries = new Map(args.named);
      let open = args.open;
      if (first?.kind === "dict") for (const [key, value] of first.entries) entries.set(key, value);
      else if (first?.kind === "list") {
        for (const item of first.items) {
          const key = item.kind === "list" ? textOf(item.items[0]) : null;
          if (item.kind === "list" && key !== null) entries.set(key, item.items[1] ?? UNKNOWN);
          else open = true;
        }
        open ||= first.rest !== null;
      } else if (first !== undefined) open = true;
      return { kind: "dict", entries, open };
    }
    case "int":
    case "round":
    case "math.floor":
    case "math.ceil": {
      const value = numberOf(first);
      if (value === null) return first === undefined ? UNKNOWN : numberValue(quantityOf(first));
      return {
        kind: "number",
        value: exactly(
          path.endsWith("ceil") ? Math.ceil(value) : path.endsWith("round") ? Math.round(value) : Math.floor(value),
        ),
      };
    }
    case "float":
      return first?.kind === "string" ? UNKNOWN : numberValue(quantityOf(first));
    case "bool":
      return yes(truthOf(first ?? NONE));
    case "str":
      return first?.kind === "string" ? first : UNKNOWN;
    case "abs": {
      const value = numberOf(first);
      return value === null ? UNKNOWN : { kind: "number", value: exactly(Math.abs(value)) };
    }
    case "max":
    case "min":
    case "sum":
    case "math.prod":
    case "numpy.prod":
      return fold(machine, path, args.positional);
    case "math.sqrt":
    case "numpy.sqrt":
      return numberValue(raised(quantityOf(first), 0.5));
    case "math.pow":
    case "pow": {
      const power = numberOf(second);
      return power === null ? UNKNOWN : numberValue(raised(quantityOf(first), power));
    }
    case "math.log":
    case "math.exp":
    case "math.log2":
    case "numpy.log":
    case "numpy.exp":
    case "numpy.log2": {
      const value = numberOf(first);
      const of = path.endsWith("exp") ? Math.exp : path.endsWith("log2") ? Math.log2 : Math.log;
      return value === null || second !== undefined || !Number.isFinite(of(value))
        ? UNKNOWN
        : { kind: "number", value: exactly(of(value)) };
    }
    case "math.pi":
      return { kind: "number", value: exactly(Math.PI) };
    case "isinstance":
      return yes(first === undefined || second === undefined ? null : instanceOf(first, second));
    case "type":
      return first === undefined ? UNKNOWN : machine.attribute(first, "__class__", site);
    case "hasattr":
      return yes(hasAttribute(first, textOf(second)));
    case "getattr": {
      const name = textOf(second);
      if (name === null || first === undefined) return UNKNOWN;
      const has = hasAttribute(first, name);
      return has === false && third !== undefined ? third : machine.attribute(first, name, site);
    }
    case "setattr": {
      const name = textOf(second);
      if (first?.kind === "object" && name !== null && third !== undefined)
        machine.journal.setEntry(first.attributes, name, third);
      return NONE;
    }
    case "any":
    case "all": {
      const { items, rest } = machine.iterate(first ?? UNKNOWN);
      const truths = items.map(truthOf);
      const decided = truths.includes(path.endsWith("any"));
      return yes(
        decided ? path.endsWith("any") : rest !== null || truths.includes(null) ? null : !path.endsWith("any"),
      );
    }
    case "functools.partial":
      return first === undefined
        ? UNKNOWN
        : { kind: "partial", callee: first, args: { ...args, positional: args.positional.slice(1) } };
    case "typing.cast":
      return second ?? UNKNOWN;
    case "print":
      return NONE;
    default:
      return undefined;
  }
}

function zip(machine: Machine, lists: readonly Value[]): Value {
  const walks = lists.map((value) => machine.iterate(value));
  const known = Math.min(...walks.map(({ items, rest }) => (rest === null ? items.length : Number.POSITIVE_INFINITY)));
  const row = (values: readonly Value[]): Value => ({ kind: "list", tuple: true, items: values, rest: null, loops: 0 });
  const length = Number.isFinite(known) ? known : Math.max(0, ...walks.map(({ items }) => items.length));
  const items = Array.from({ length }, (_, index) =>
    row(walks.map(({ items: own, rest }) => own[index] ?? rest?.value ?? UNKNOWN)),
  );
  const rest =
    Number.isFinite(known) || walks.length === 0
      ? null
      : { value: row(walks.map((walk) => walk.rest?.value ?? UNKNOWN)), count: walks[0]?.rest?.count ?? null };
  return { kind: "list", tuple: false, items, rest, loops: machine.loops.length };
}

function fold(machine: Machine, path: string, values: readonly Value[]): Value {
  const walked =
    values.length === 1 && values[0] !== undefined ? machine.iterate(values[0]) : { items: values, rest: null };
  if (walked.rest !== null) return UNKNOWN;
  const quantities = walked.items.map(quantityOf);
  if (path.endsWith("sum")) return numberValue(quantities.reduce(plus, exactly(0)));
  const numbers = quantities.map(knownNumber);
  if (numbers.length === 0 || numbers.some((one) => one === null)) return UNKNOWN;
  const known = numbers.filter((one) => one !== null);
  const value = path.endsWith("prod")
    ? known.reduce((product, one) => product * one, 1)
    : path.endsWith("max")
      ? Math.max(...known)
      : Math.min(...known);
  return { kind: "number", value: exactly(value) };
}

function hasAttribute(object: Value | undefined, name: string | null): boolean | null {
  if (object === undefined || name === null) return null;
  if (object.kind === "module") {
    if (object.parameters.has(name) || object.attributes.has(name)) return true;
    return name === "weight" || name === "bias"
      ? object.type === "other" || object.type === "block"
        ? null
        : false
      : null;
  }
  if (object.kind === "object") return object.attributes.has(name) || object.type.members.has(name) ? true : null;
  return null;
}
