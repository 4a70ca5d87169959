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
  const module: ModuleValue = {
    kind: "module",
    id: machine.identity(),
    site,
    inputs: null,
    outputs: null,
    taps: exactly(1),
    groups: exactly(1),
    trap: null,
    parameters: new Map(),
    activation: null,
    norm: null,
    drop: null,
    alphaDropout: false,
    detail: "",
    attributes: new Map(),
    content: null,
    wrapped: "",
    ...facts,
  };
  machine.made.push(module);
  for (const parameter of module.parameters.values()) machine.owners.set(parameter, module);
  return module;
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
    shape: null,
    dimensions: facts.shape?.length ?? null,
    norm: false,
    fans: null,
    draw: null,
    law,
    ...facts,
  };
}

export function parameterMap(...parameters: readonly (ParameterValue | null)[]): Map<string, ParameterValue> {
  return new Map(parameters.flatMap((one) => (one === null ? [] : [[one.name, one] as const])));
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
