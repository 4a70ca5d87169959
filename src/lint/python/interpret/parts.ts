import { exactly } from "../values/quantity.ts";
import {
  isModule,
  type Law,
  type ModuleValue,
  type ObjectValue,
  type ParameterValue,
  type Value,
} from "../values/types.ts";
import type { Machine } from "./machine.ts";

/** A module that becomes part of another is no network of its own. */
export function holdPart(machine: Machine, holder: ModuleValue | ObjectValue, value: Value): void {
  if (isModule(value) && value !== holder && value.kin.holder === null) machine.kinship.hold(value, holder);
  if (value.kind === "parameter" && value.owner === null) machine.kinship.own(value, holder);
  if (value.kind === "list") {
    // Lists in lists may hold one another over and over.
    machine.step();
    for (const item of value.items) holdPart(machine, holder, item);
    if (value.rest !== null) holdPart(machine, holder, value.rest.value);
  }
}

/** Under this attribute an instance keeps what its library class made: `class Head(nn.Linear)`, `class Block(nn.Sequential)`. */
export const BASE = "__base__";

export function unknownLaw(label: string, call: Law["call"] = null): Law {
  return { family: "unknown", variance: null, mean: null, call, label, mode: null, gain: null };
}

export function constantLaw(value: number | null, label: string, call: Law["call"] = null): Law {
  return {
    family: "constant",
    variance: exactly(0),
    mean: value === null ? null : exactly(value),
    call,
    label,
    mode: null,
    gain: null,
  };
}

export function setLaw(machine: Machine, parameter: ParameterValue, law: Law): void {
  machine.journal.setField(parameter, "law", law);
  machine.journal.setField(parameter, "draw", null);
  if (parameter.sliceOf !== undefined) setLaw(machine, parameter.sliceOf, unknownLaw("drawn in parts", law.call));
}

/** `p.data = …`: the law of what it is set to, if that is a tensor whose law is known. */
export function replaceParameter(machine: Machine, parameter: ParameterValue, value: Value): void {
  setLaw(machine, parameter, value.kind === "parameter" ? value.law : unknownLaw("set by an expression"));
}

/** The parts of a module that its framework registers, with their names: attributes of an instance, items of a container. */
export function partsOf(
  module: ModuleValue | ObjectValue,
): readonly { readonly name: string; readonly part: ModuleValue | ObjectValue; readonly many: boolean }[] {
  const parts: { name: string; part: ModuleValue | ObjectValue; many: boolean }[] = [];
  const add = (name: string, value: Value, many: boolean) => {
    if (isModule(value)) parts.push({ name, part: value, many });
  };
  if (module.kind === "object") {
    for (const [name, value] of module.attributes) add(name, value, false);
    return parts;
  }
  const { content } = module;
  if (content?.kind === "list") {
    for (const [index, item] of content.items.entries()) add(String(index), item, false);
    if (content.rest !== null) add("*", content.rest.value, true);
  } else if (content?.kind === "dict") for (const [name, value] of content.entries) add(name, value, false);
  return parts;
}

/** Itself and all below, outermost first, each once, with the path by which it is reached. */
export function modulesBelow(root: ModuleValue | ObjectValue): ReadonlyMap<ModuleValue | ObjectValue, string> {
  const found = new Map<ModuleValue | ObjectValue, string>([[root, ""]]);
  const walk = (module: ModuleValue | ObjectValue, path: string) => {
    for (const { name, part } of partsOf(module)) {
      if (found.has(part)) continue;
      const below = name === BASE ? path : path === "" ? name : `${path}.${name}`;
      found.set(part, below);
      walk(part, below);
    }
  };
  walk(root, "");
  return found;
}

/** The parameters that a module holds itself. */
export function ownParameters(module: ModuleValue | ObjectValue): ReadonlyMap<string, ParameterValue> {
  if (module.kind === "module") return module.parameters;
  return new Map(
    [...module.attributes].flatMap(([name, value]) => (value.kind === "parameter" ? [[name, value] as const] : [])),
  );
}
