import type { Machine } from "../../interpret/machine.ts";
import type { Place } from "../../syntax/types.ts";
import { quantityOf } from "../../values/quantities.ts";
import { exactly, type Quantity, raised, times } from "../../values/quantity.ts";
import type { Law, ListValue, ModuleValue, ParameterValue, Value } from "../../values/types.ts";

type Needed = "type" | "framework" | "path";

/** A module with what is said of it, and nothing else. */
export function makeModule(
  machine: Machine,
  site: Place,
  facts: Pick<ModuleValue, Needed> & Partial<ModuleValue>,
): ModuleValue {
  // Field by field: spreading over defaults costs several times as much, and a large source makes ten thousand modules.
  const module: ModuleValue = {
    kind: "module",
    id: machine.identity(),
    site,
    type: facts.type,
    framework: facts.framework,
    path: facts.path,
    inputs: facts.inputs ?? null,
    outputs: facts.outputs ?? null,
    taps: given(facts.taps, ONE),
    groups: given(facts.groups, ONE),
    miscounted: facts.miscounted ?? NONE_MISCOUNTED,
    parameters: facts.parameters ?? new Map(),
    activation: facts.activation ?? null,
    norm: facts.norm ?? null,
    drop: facts.drop ?? null,
    alphaDropout: facts.alphaDropout ?? false,
    detail: facts.detail ?? "",
    attributes: facts.attributes ?? new Map(),
    content: facts.content ?? null,
    wrapped: facts.wrapped ?? "",
    kin: { holder: null, parts: null, used: false },
  };
  machine.made.push(module);
  for (const parameter of module.parameters.values()) machine.kinship.own(parameter, module);
  return module;
}

/** `name="head"`, by which Keras' and Flax' files keep it. */
export function withName(module: ModuleValue | undefined, name: Value | undefined): ModuleValue | undefined {
  if (module !== undefined && name?.kind === "string") module.attributes.set("name", name);
  return module;
}

const ONE = exactly(1);
const NONE_MISCOUNTED: ModuleValue["miscounted"] = [];

/** What is null was said to be unknown. */
function given<Item>(value: Item | null | undefined, initial: Item): Item | null {
  return value === undefined ? initial : value;
}

export function makeParameter(
  machine: Machine,
  name: string,
  law: Law,
  facts: Partial<Pick<ParameterValue, "shape" | "dimensions" | "norm" | "fans" | "draw">> = {},
): ParameterValue {
  return {
    kind: "parameter",
    name,
    id: machine.identity(),
    shape: facts.shape ?? null,
    dimensions: facts.dimensions ?? facts.shape?.length ?? null,
    norm: facts.norm ?? false,
    fans: facts.fans ?? null,
    draw: facts.draw ?? null,
    owner: null,
    law,
  };
}

export function parameterMap(...parameters: readonly (ParameterValue | null)[]): Map<string, ParameterValue> {
  const map = new Map<string, ParameterValue>();
  for (const one of parameters) if (one !== null) map.set(one.name, one);
  return map;
}

export function zeroMean(
  family: Law["family"],
  variance: Quantity | null,
  label: string,
  call: Law["call"] = null,
): Law {
  return { family, variance, mean: exactly(0), call, label, mode: null, gain: null };
}

/** Positions of a kernel with one number for all of its `dimensions`, or one for each. */
export function tapsOf(value: Value | undefined, dimensions: number): Quantity | null {
  if (value?.kind === "list") {
    if (value.rest !== null) return null;
    return value.items.length === 1
      ? raised(quantityOf(value.items[0]), dimensions)
      : value.items.map((item) => quantityOf(item)).reduce(times, exactly(1));
  }
  return raised(quantityOf(value), dimensions);
}

export function listOf(machine: Machine, items: readonly Value[], rest: ListValue["rest"]): ListValue {
  return { kind: "list", tuple: false, items, rest, loops: machine.loops.length };
}
