import type { Expression } from "../syntax/types.ts";
import { DICTIONARIES } from "../values/join.ts";
import { type Scope, UNKNOWN, type Value } from "../values/types.ts";
import type { Machine } from "./machine.ts";
import { holdPart, replaceParameter } from "./parts.ts";

/** Binds a target of an assignment, a loop or a comprehension. */
export function assign(machine: Machine, target: Expression, value: Value, scope: Scope): void {
  switch (target.type) {
    case "name":
      machine.journal.setEntry(scope.variables, target.name, value);
      return;
    case "sequence":
      unpack(machine, target.items, value, scope);
      return;
    case "star":
      assign(machine, target.value, UNKNOWN, scope);
      return;
    case "attribute":
      assignAttribute(machine, machine.evaluate(target.object, scope), target, value);
      return;
    case "subscript":
      assignItem(machine, machine.evaluate(target.object, scope), target, value, scope);
      return;
    default:
  }
}

function unpack(machine: Machine, targets: readonly Expression[], value: Value, scope: Scope): void {
  const { items, rest } = machine.iterate(value);
  const star = targets.findIndex(({ type }) => type === "star");
  targets.forEach((target, index) => {
    const at = star >= 0 && index > star ? items.length - (targets.length - index) : index;
    const item = index === star ? undefined : items[at];
    if (item !== undefined) assign(machine, target, item, scope);
    else if (value.kind === "unknown")
      assign(machine, target, { kind: "unknown", key: value.key === null ? null : `${value.key}[${index}]` }, scope);
    else assign(machine, target, index === star || rest === null ? UNKNOWN : rest.value, scope);
  });
}

function assignAttribute(
  machine: Machine,
  object: Value,
  target: Extract<Expression, { type: "attribute" }>,
  value: Value,
): void {
  const { name } = target;
  if (object.kind === "parameter" && name === "data") {
    replaceParameter(machine, object, value);
    return;
  }
  if (object.kind === "object") {
    machine.journal.setEntry(object.attributes, name, value);
    holdPart(machine, object, value);
    return;
  }
  if (object.kind !== "module") return;
  if (!object.parameters.has(name)) {
    machine.journal.setEntry(object.attributes, name, value);
    return;
  }
  if (value.kind === "parameter") {
    // The weight of another module: tied. A fresh tensor: a new parameter.
    if (isParameterOfModule(machine, value)) machine.ties.push({ site: target, module: object, parameter: value });
    machine.journal.setEntry(object.parameters, name, value);
  } else if (value.kind === "none") {
    // Taken away.
    const old = object.parameters.get(name);
    if (old !== undefined) replaceParameter(machine, old, value);
  } else {
    const old = object.parameters.get(name);
    if (old !== undefined) replaceParameter(machine, old, UNKNOWN);
  }
}

function isParameterOfModule(machine: Machine, parameter: Value): boolean {
  return machine.made.some(
    (module) => module.kind === "module" && [...module.parameters.values()].some((one) => one === parameter),
  );
}

function assignItem(
  machine: Machine,
  object: Value,
  target: Extract<Expression, { type: "subscript" }>,
  value: Value,
  scope: Scope,
): void {
  if (object.kind === "parameter") {
    replaceParameter(machine, object, UNKNOWN);
    return;
  }
  const [index] = target.index;
  const key = index === undefined ? UNKNOWN : machine.evaluate(index, scope);
  if (object.kind === "dict") {
    DICTIONARIES.add(object.entries);
    if (key.kind === "string") machine.journal.setEntry(object.entries, key.value, value);
    else machine.journal.setField(object, "open", true);
  } else if (object.kind === "list") {
    const at = key.kind === "number" && key.value.powers.length === 0 ? key.value.factor : null;
    const known = at !== null && at < object.items.length && at >= -object.items.length;
    const place = at !== null && at < 0 ? at + object.items.length : at;
    machine.journal.setField(
      object,
      "items",
      object.items.map((item, position) => (known ? (position === place ? value : item) : UNKNOWN)),
    );
  } else if (
    object.kind === "module" &&
    object.content !== null &&
    object.content.kind === "dict" &&
    key.kind === "string"
  ) {
    machine.journal.setEntry(object.content.entries, key.value, value);
    holdPart(machine, object, value);
  }
}
