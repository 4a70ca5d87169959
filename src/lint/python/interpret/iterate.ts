import { exactly, knownNumber, type Quantity } from "../values/quantity.ts";
import { UNKNOWN, type Value } from "../values/types.ts";
import type { Machine } from "./machine.ts";

interface Walk {
  readonly items: readonly Value[];
  readonly rest: { readonly value: Value; readonly count: Quantity | null } | null;
}

/** Loops longer than this are run once for all. */
const MOST_ROUNDS = 256;

/** What a loop over a value would meet. */
export function iterate(machine: Machine, value: Value): Walk {
  switch (value.kind) {
    case "list":
      return { items: value.items, rest: value.rest };
    case "dict":
      return {
        items: [...value.entries.keys()].map((key) => ({ kind: "string", value: key })),
        rest: value.open ? { value: UNKNOWN, count: null } : null,
      };
    case "module":
      return value.content === null
        ? { items: [], rest: { value: UNKNOWN, count: null } }
        : iterate(machine, value.content);
    case "series":
      return value.items === null
        ? { items: [], rest: { value: value.first, count: value.count } }
        : { items: value.items, rest: null };
    case "signal":
      return {
        items: [],
        rest: { value: machine.signal({ kind: "pass", what: "split" }, [value], value.node.site, null), count: null },
      };
    default:
      return { items: [], rest: { value: UNKNOWN, count: null } };
  }
}

/** `range(from, to, step)`: its numbers, or one unknown number in place of all. */
export function range(from: Quantity | null, to: Quantity | null, step: Quantity | null): Value {
  const [a, b, by] = [knownNumber(from), knownNumber(to), knownNumber(step)];
  if (a === null || b === null || by === null || by === 0)
    return { kind: "series", count: a === 0 && by === 1 ? to : null, first: UNKNOWN, items: null };
  const count = Math.max(0, Math.ceil((b - a) / by));
  if (count > MOST_ROUNDS) return { kind: "series", count: exactly(count), first: UNKNOWN, items: null };
  return {
    kind: "series",
    count: exactly(count),
    first: { kind: "number", value: exactly(a) },
    items: Array.from({ length: count }, (_, index) => ({ kind: "number", value: exactly(a + index * by) })),
  };
}
