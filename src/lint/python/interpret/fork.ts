import type { Place } from "../syntax/types.ts";
import { joinOutcomes, joinValues } from "../values/join.ts";
import type { Value } from "../values/types.ts";
import type { Completion, Machine } from "./machine.ts";

/** Two values of which a condition that is not known decides. Two signals become one whose origin is not known. */
export function joinedAt(machine: Machine, place: Place): (a: Value, b: Value) => Value {
  return (a, b) => {
    if (a === b || (a.kind === "signal" && b.kind === "signal" && a.node === b.node)) return a;
    const signals = [a, b].filter((value) => value.kind === "signal");
    if (signals.length === 0) return joinValues(a, b);
    return machine.signal({ kind: "unknown", what: "a condition decides" }, signals, place, null);
  };
}

/** Evaluates both of two alternatives from the same state. */
export function fork(machine: Machine, place: Place, first: () => Value, second: () => Value): Value {
  const values = joinedAt(machine, place);
  const a = machine.journal.trial(first);
  const b = machine.journal.trial(second);
  joinOutcomes(machine.journal, a.changes, b.changes, values);
  return values(a.result, b.result);
}

/**
 * The same of two blocks of statements. A branch that raises does not count. Where one returns and the other goes on, what was returned is kept in
 * `returned`, and the state is that of the branch that goes on.
 */
export function forkBlocks(
  machine: Machine,
  place: Place,
  first: () => Completion,
  second: () => Completion,
  returned: Value[],
): Completion {
  const values = joinedAt(machine, place);
  const a = machine.journal.trial(first);
  const b = machine.journal.trial(second);
  const both = () => joinOutcomes(machine.journal, a.changes, b.changes, values);
  const only = (one: typeof a): Completion => {
    for (const change of one.changes) machine.journal.settle(change, change.after);
    return one.result;
  };
  if (a.result.type === "raise") return only(b);
  if (b.result.type === "raise") return only(a);
  if (a.result.type === "return" && b.result.type === "return") {
    both();
    return { type: "return", value: values(a.result.value, b.result.value) };
  }
  if (a.result.type === "return") {
    returned.push(a.result.value);
    return only(b);
  }
  if (b.result.type === "return") {
    returned.push(b.result.value);
    return only(a);
  }
  both();
  return a.result.type === b.result.type ? a.result : { type: "next" };
}
