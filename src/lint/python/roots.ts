import { networkOf } from "../network/build.ts";
import type { NetworkModel } from "../network/types.ts";
import { FRAMEWORKS } from "./frameworks/registry.ts";
import { signalsIn } from "./interpret/forward.ts";
import { libraryBases, memberOf, unknownArgument } from "./interpret/functions.ts";
import { Interpreter } from "./interpret/interpreter.ts";
import { Exhausted, type InitializerCall, type Machine, type Tie } from "./interpret/machine.ts";
import type { ClassDefinition, Place, Statement } from "./syntax/types.ts";
import type {
  CallArguments,
  ClassValue,
  FunctionValue,
  GraphNode,
  ModuleValue,
  ObjectValue,
  Value,
} from "./values/types.ts";

/** Steps that one root (the module's own code, a function, a class) may take, and all together. A step is about a microsecond. */
const ROOT_STEPS = 60_000;
const ALL_STEPS = 400_000;

export interface Walk {
  readonly site: Place;
  readonly visited: ReadonlySet<ModuleValue | ObjectValue>;
}

/** A network with the initializer calls and walks over its modules that were made on the way. */
export interface FoundModel {
  readonly network: NetworkModel;
  readonly ties: readonly Tie[];
  readonly walks: readonly Walk[];
  /** All modules that were made for it, used or not. */
  readonly made: readonly (ModuleValue | ObjectValue)[];
}

export interface SourceModel {
  readonly models: readonly FoundModel[];
  readonly calls: readonly InitializerCall[];
  /** What was given up for its length. */
  readonly notes: readonly string[];
}

/**
 * Everything that is a network in a source: what its own code makes, what its functions make with arguments that are not known, and its classes with
 * their default arguments. A class that is part of another network is looked at there and not alone.
 */
export function readSource(statements: readonly Statement[]): SourceModel {
  const machine = new Interpreter();
  const models: FoundModel[] = [];
  const notes: string[] = [];
  const root = (what: string, run: () => void): void => {
    machine.allow(Math.max(0, Math.min(ROOT_STEPS, ALL_STEPS - machine.stepsTaken)));
    try {
      run();
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
      notes.push(`${what} is too large to follow.`);
    }
    machine.loops.length = 0;
  };
  // Names first, statement by statement: one that is too large must not cost the others.
  for (const statement of statements)
    root("Code of the module", () => void machine.execute([statement], machine.scope));
  root("Code of the module", () => models.push(...looseModels(machine, "instance")));
  const top = [...machine.scope.variables.values()];
  for (const value of top)
    if (value.kind === "function")
      root(`Function ${value.name}`, () => trial(machine, () => models.push(...modelsOfFunction(machine, value))));
  const classes = top.filter((value): value is ClassValue => value.kind === "class" && isNetworkClass(value));
  // Parts stand before wholes in most sources: wholes first, so that parts are met inside them.
  for (const value of classes.reverse()) {
    if (machine.instantiated.has(value)) continue;
    root(`Class ${value.name}`, () => trial(machine, () => models.push(...modelsOfClass(machine, value))));
  }
  return { models, calls: machine.calls, notes };
}

/** What a root changes is undone when it has been looked at. */
function trial(machine: Interpreter, run: () => void): void {
  machine.made = [];
  machine.functional = [];
  machine.walks = [];
  machine.journal.trial(run);
}

const NO_ARGUMENTS: CallArguments = { positional: [], named: new Map(), open: false };

function modelsOfFunction(machine: Interpreter, value: FunctionValue): FoundModel[] {
  const positional: Value[] = value.parameters
    .filter(({ star, keywordOnly, initial }) => star === "" && !keywordOnly && initial === null)
    .map(({ name }) => unknownArgument(machine, name));
  const { definition } = value;
  if (definition === null) return [];
  machine.call(value, { ...NO_ARGUMENTS, positional }, callAt(definition));
  return looseModels(machine, "instance");
}

/** Instances and sequences that were made, belong to nothing and were not called: the networks that a piece of code is about. */
function looseModels(machine: Interpreter, kind: "instance"): FoundModel[] {
  const found: FoundModel[] = [];
  for (const { site, outputs } of machine.functional)
    found.push(model(machine, networkOf({ name: "Model", kind: "functional", site, root: null, outputs })));
  for (const one of [...machine.made]) {
    if (machine.parents.has(one) || machine.used.has(one)) continue;
    if (one.kind === "object" && isNetworkClass(one.type))
      found.push(...throughForward(machine, one, one.type.name, kind, one.site));
    else if (one.kind === "module" && one.type === "container" && one.detail === "sequential")
      found.push(...throughForward(machine, one, "Sequential", "sequential", one.site));
  }
  return found;
}

function modelsOfClass(machine: Interpreter, type: ClassValue): FoundModel[] {
  const constructor = memberOf(type, "__init__");
  const needed =
    constructor?.kind === "function"
      ? constructor.parameters
          .slice(1)
          .filter(({ star, keywordOnly, initial }) => star === "" && !keywordOnly && initial === null)
      : [];
  const positional = needed.map(({ name }) => unknownArgument(machine, name));
  const object = machine.call(type, { ...NO_ARGUMENTS, positional }, callAt(type.definition));
  return object.kind === "object" ? throughForward(machine, object, type.name, "class", nameOf(type.definition)) : [];
}

/** A signal goes in, and what comes out is the network. */
function throughForward(
  machine: Interpreter,
  root: ModuleValue | ObjectValue,
  name: string,
  kind: NetworkModel["kind"],
  site: Place,
): FoundModel[] {
  const at = callAt(site);
  const outputs = signalsIn({
    ...NO_ARGUMENTS,
    positional: [machine.call(root, { ...NO_ARGUMENTS, positional: inputsOf(machine, root, site) }, at)],
  }).map(({ node }) => node);
  return [model(machine, networkOf({ name, kind, site, root, outputs: [...new Set(outputs)] satisfies GraphNode[] }))];
}

/** A signal for every argument that must be given, and for the first in any case. */
function inputsOf(machine: Machine, root: ModuleValue | ObjectValue, site: Place): Value[] {
  const signal = () => machine.signal({ kind: "input" }, [], site, null);
  if (root.kind === "module") return [signal()];
  const method = ["forward", "call", "__call__"]
    .map((name) => memberOf(root.type, name))
    .find((value) => value?.kind === "function");
  if (method?.kind !== "function") return [signal()];
  const parameters = method.parameters.slice(1).filter(({ star, keywordOnly }) => star === "" && !keywordOnly);
  return parameters.filter(({ initial }, index) => initial === null || index === 0).map(signal);
}

function model(machine: Interpreter, network: NetworkModel): FoundModel {
  const { root } = network;
  const mine = new Set(network.names.keys());
  return {
    network,
    ties: machine.ties.filter(({ module }) => root === null || mine.has(module)),
    walks: machine.walks
      .filter((walk) => root !== null && (mine.has(walk.root) || walk.root === root))
      .map(({ site, visited }) => ({ site, visited })),
    made: root === null ? machine.made.filter((one) => !machine.parents.has(one)) : [...mine],
  };
}

function isNetworkClass(type: ClassValue): boolean {
  const bases = libraryBases(type);
  return (
    bases.some(
      (base) =>
        FRAMEWORKS.some(({ moduleBase }) => moduleBase.test(base)) || /(?:Module|Model|Layer|Mixin)$/.test(base),
    ) &&
    ["forward", "call", "__call__"].some(
      (name) => memberOf(type, name) !== undefined || bases.some((base) => base.endsWith("Sequential")),
    )
  );
}

function nameOf(definition: ClassDefinition): Place {
  return { unit: definition.unit, from: definition.nameFrom, to: definition.nameFrom + definition.name.length };
}

function callAt({ unit, from, to }: Place) {
  return {
    unit,
    from,
    to,
    type: "call",
    callee: { unit, from, to, type: "unknown" },
    args: [],
    open: to,
    close: to,
  } as const;
}
