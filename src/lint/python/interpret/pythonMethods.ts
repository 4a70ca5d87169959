import { numberOf, textOf } from "../values/quantities.ts";
import { exactly } from "../values/quantity.ts";
import { type CallArguments, type DictValue, type ListValue, NONE, UNKNOWN, type Value } from "../values/types.ts";
import { LONGEST_LIST } from "./arithmetic.ts";
import type { Machine } from "./machine.ts";
import { holdPart } from "./parts.ts";

/** Methods of lists, dictionaries and strings that model code uses. */
export function pythonMethod(machine: Machine, self: Value, name: string, args: CallArguments): Value {
  if (self.kind === "list") return ofList(machine, self, name, args);
  if (self.kind === "dict") return ofDict(machine, self, name, args);
  if (self.kind === "string") return ofString(self.value, name, args);
  return UNKNOWN;
}

export function ofList(machine: Machine, list: ListValue, name: string, { positional }: CallArguments): Value {
  const [first] = positional;
  switch (name) {
    case "append":
    case "insert":
      push(machine, list, [positional.at(-1) ?? UNKNOWN]);
      return NONE;
    case "extend": {
      const { items, rest } = machine.iterate(first ?? UNKNOWN);
      push(machine, list, items);
      if (rest !== null) machine.journal.setField(list, "rest", rest);
      return NONE;
    }
    case "pop": {
      const last = numberOf(first) === 0 ? list.items[0] : list.items.at(-1);
      if (list.rest === null)
        machine.journal.setField(list, "items", numberOf(first) === 0 ? list.items.slice(1) : list.items.slice(0, -1));
      return list.rest === null ? (last ?? UNKNOWN) : UNKNOWN;
    }
    case "copy":
      return { ...list };
    default:
      return UNKNOWN;
  }
}

/** In a loop of unknown length what is appended stands for any number of its like. */
function push(machine: Machine, list: ListValue, values: readonly Value[]): void {
  const [first] = values;
  if (first === undefined) return;
  if (machine.loops.length > list.loops && list.loops >= 0) {
    const known = list.rest?.value;
    const value = known === undefined || known === first ? first : sameKind(known, first) ? known : UNKNOWN;
    machine.journal.setField(list, "rest", {
      value,
      count: list.rest === null ? (machine.loops.at(-1) ?? null) : null,
    });
  } else if (list.rest !== null) machine.journal.setField(list, "rest", { value: UNKNOWN, count: null });
  else if (list.items.length + values.length > LONGEST_LIST) {
    machine.journal.setField(list, "items", []);
    machine.journal.setField(list, "rest", { value: UNKNOWN, count: null });
  } else machine.journal.setField(list, "items", [...list.items, ...values]);
}

function sameKind(a: Value, b: Value): boolean {
  return a.kind === "module" && b.kind === "module" && a.path === b.path && a.site === b.site;
}

function ofDict(machine: Machine, dict: DictValue, name: string, { positional, named }: CallArguments): Value {
  const [key, fallback] = positional;
  const text = textOf(key);
  const list = (items: readonly Value[]): Value => ({
    kind: "list",
    tuple: false,
    items,
    rest: dict.open ? { value: UNKNOWN, count: null } : null,
    loops: machine.loops.length,
  });
  switch (name) {
    case "get":
    case "pop":
    case "setdefault":
      return (
        (text === null ? undefined : dict.entries.get(text)) ??
        (dict.open || text === null ? UNKNOWN : (fallback ?? NONE))
      );
    case "keys":
      return list([...dict.entries.keys()].map((value) => ({ kind: "string", value })));
    case "values":
      return list([...dict.entries.values()]);
    case "items":
      return list(
        [...dict.entries].map(([one, value]) => ({
          kind: "list",
          tuple: true,
          items: [{ kind: "string", value: one }, value],
          rest: null,
          loops: 0,
        })),
      );
    case "update":
      if (key?.kind === "dict")
        for (const [one, value] of key.entries) machine.journal.setEntry(dict.entries, one, value);
      else if (key !== undefined) machine.journal.setField(dict, "open", true);
      for (const [one, value] of named) machine.journal.setEntry(dict.entries, one, value);
      return NONE;
    default:
      return UNKNOWN;
  }
}

function ofString(text: string, name: string, { positional }: CallArguments): Value {
  const other = textOf(positional[0]);
  const answer = (value: boolean): Value => ({ kind: "bool", value });
  switch (name) {
    case "find":
    case "index":
      return other === null ? UNKNOWN : { kind: "number", value: exactly(text.indexOf(other)) };
    case "lower":
      return { kind: "string", value: text.toLowerCase() };
    case "upper":
      return { kind: "string", value: text.toUpperCase() };
    case "startswith":
    case "endswith": {
      const choices = positional[0]?.kind === "list" ? positional[0].items.map(textOf) : [other];
      if (choices.includes(null)) return UNKNOWN;
      return answer(
        choices.some((one) => one !== null && (name === "startswith" ? text.startsWith(one) : text.endsWith(one))),
      );
    }
    case "split":
      return {
        kind: "list",
        tuple: false,
        items: text.split(other ?? " ").map((value) => ({ kind: "string", value })),
        rest: null,
        loops: 0,
      };
    default:
      return UNKNOWN;
  }
}

/** `layers.append(m)` of a ModuleList: the list inside, and the module is its part. */
export function containerMethod(
  machine: Machine,
  self: Extract<Value, { kind: "module" }>,
  name: string,
  args: CallArguments,
): Value {
  if (self.content?.kind !== "list") return UNKNOWN;
  for (const value of args.positional) holdPart(machine, self, value);
  ofList(machine, self.content, name, args);
  return name === "append" || name === "extend" ? self : NONE;
}
