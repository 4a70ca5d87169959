import { networkOf } from "../network/build.ts";
import { type NamedParameter, parametersOf } from "../network/parameters.ts";
import type { NetworkModel } from "../network/types.ts";
import { FRAMEWORKS } from "./frameworks/registry.ts";
import { libraryBases, memberOf } from "./interpret/ancestry.ts";
import { callAtSite } from "./interpret/callSite.ts";
import { signalsIn } from "./interpret/forward.ts";
import { unknownArgument } from "./interpret/functions.ts";
import type { Interpreter } from "./interpret/interpreter.ts";
import type { Machine, Tie } from "./interpret/machine.ts";
import type { ClassDefinition, Place } from "./syntax/types.ts";
import {
  type CallArguments,
  type ClassValue,
  type FunctionValue,
  type Law,
  type ModuleValue,
  NOTHING_NAMED,
  type ObjectValue,
  type Value,
} from "./values/types.ts";

export interface Walk {
  readonly site: Place;
  readonly visited: ReadonlySet<ModuleValue | ObjectValue>;
}

/** A network with the ties and walks over its modules that were made on the way. */
export interface FoundModel {
  readonly network: NetworkModel;
  readonly ties: readonly Tie[];
  readonly walks: readonly Walk[];
  /** Law of every module's weight (of attention the fused projection's) at the time when the network was made. */
  readonly weights: ReadonlyMap<ModuleValue, Law>;
  readonly biases: ReadonlyMap<ModuleValue, Law>;
  /** Every parameter with its law at that time. */
  readonly parameters: readonly NamedParameter[];
}

const NO_ARGUMENTS: CallArguments = { positional: [], named: NOTHING_NAMED, open: false };
const FORWARD = ["forward", "call", "__call__"];

/** What a function makes when its arguments are not known. */
export function modelsOfFunction(machine: Interpreter, value: FunctionValue): FoundModel[] {
  const { definition } = value;
  if (definition === null) return [];
  const positional = requiredOf(value, 0).map(({ name }) => unknownArgument(machine, name));
  machine.call(value, { ...NO_ARGUMENTS, positional }, callAtSite(definition));
  return looseModels(machine);
}

/** A class with its default arguments; what has none is not known. */
export function modelsOfClass(machine: Interpreter, type: ClassValue): FoundModel[] {
  const maker = memberOf(type, "__init__");
  const positional =
    maker?.kind === "function" ? requiredOf(maker, 1).map(({ name }) => unknownArgument(machine, name)) : [];
  const object = machine.call(type, { ...NO_ARGUMENTS, positional }, callAtSite(type.definition));
  return object.kind === "object" ? throughForward(machine, object, type.name, "class", nameOf(type.definition)) : [];
}

/** Instances and sequences that were made, belong to nothing and were not called: the networks that a piece of code is about. */
export function looseModels(machine: Interpreter): FoundModel[] {
  const found: FoundModel[] = [];
  for (const { site, outputs } of machine.functional)
    found.push(model(machine, networkOf({ name: "Model", kind: "functional", site, root: null, outputs })));
  for (const one of [...machine.made]) {
    if (one.kin.holder !== null || one.kin.used) continue;
    if (one.kind === "object" && isNetworkClass(one.type))
      found.push(...throughForward(machine, one, one.type.name, "instance", one.site));
    else if (one.kind === "module" && one.type === "container" && one.detail === "sequential")
      found.push(...throughForward(machine, one, "Sequential", "sequential", one.site));
  }
  return found;
}

function requiredOf({ parameters }: FunctionValue, from: number) {
  return parameters
    .slice(from)
    .filter(({ star, keywordOnly, initial }) => star === "" && !keywordOnly && initial === null);
}

/** A signal goes in, and what comes out is the network. */
function throughForward(
  machine: Interpreter,
  root: ModuleValue | ObjectValue,
  name: string,
  kind: NetworkModel["kind"],
  site: Place,
): FoundModel[] {
  const result = machine.call(root, { ...NO_ARGUMENTS, positional: inputsOf(machine, root, site) }, callAtSite(site));
  const outputs = [...new Set(signalsIn({ ...NO_ARGUMENTS, positional: [result] }).map(({ node }) => node))];
  return [model(machine, networkOf({ name, kind, site, root, outputs }))];
}

/** A signal for every argument that must be given, and for the first in any case. */
function inputsOf(machine: Machine, root: ModuleValue | ObjectValue, site: Place): Value[] {
  const signal = () => machine.signal({ kind: "input" }, [], site, null);
  const method =
    root.kind === "module"
      ? undefined
      : FORWARD.map((name) => memberOf(root.type, name)).find((value) => value?.kind === "function");
  if (method?.kind !== "function") return [signal()];
  const parameters = method.parameters.slice(1).filter(({ star, keywordOnly }) => star === "" && !keywordOnly);
  return parameters.filter(({ initial }, index) => initial === null || index === 0).map(signal);
}

function model(machine: Interpreter, network: NetworkModel): FoundModel {
  const { root } = network;
  const mine = new Set(network.names.keys());
  const weights = new Map<ModuleValue, Law>();
  const biases = new Map<ModuleValue, Law>();
  for (const module of mine) {
    if (module.kind !== "module") continue;
    const weight = module.parameters.get("weight") ?? module.parameters.get("in_proj_weight");
    const bias = module.parameters.get("bias");
    if (weight !== undefined) weights.set(module, weight.law);
    if (bias !== undefined) biases.set(module, bias.law);
  }
  return {
    network,
    ties: machine.ties.filter(({ module }) => root === null || mine.has(module)),
    walks: machine.walks
      .filter((walk) => root !== null && mine.has(walk.root))
      .map(({ site, visited }) => ({ site, visited })),
    weights,
    biases,
    parameters: parametersOf(network),
  };
}

export function isNetworkClass(type: ClassValue): boolean {
  const bases = libraryBases(type);
  if (
    !bases.some(
      (base) =>
        FRAMEWORKS.some(({ moduleBase }) => moduleBase.test(base)) || /(?:Module|Model|Layer|Mixin)$/.test(base),
    )
  )
    return false;
  return (
    FORWARD.some((name) => memberOf(type, name) !== undefined) || bases.some((base) => base.endsWith("Sequential"))
  );
}

function nameOf({ unit, nameFrom, name }: ClassDefinition): Place {
  return { unit, from: nameFrom, to: nameFrom + name.length };
}
