import { Interpreter } from "./interpret/interpreter.ts";
import { Exhausted, type InitializerCall, type Machine } from "./interpret/machine.ts";
import { type FoundModel, isNetworkClass, looseModels, modelsOfClass, modelsOfFunction } from "./models.ts";
import type { ClassDefinition, FunctionDefinition, Statement, Unit } from "./syntax/types.ts";
import type { ClassValue, FunctionValue, Value } from "./values/types.ts";

/** Steps that one root (a statement of the module, a function, a class) may take, and all together. A step is a microsecond or two. */
const ROOT_STEPS = 40_000;
const ALL_STEPS = 150_000;

export interface SourceModel {
  readonly models: readonly FoundModel[];
  readonly calls: readonly InitializerCall[];
  readonly optimizers: Machine["optimizers"];
  /** What was given up for its length. */
  readonly notes: readonly string[];
}

/** What one root gave, and the names of the module that it looked at: while those mean the same, it gives the same. */
interface Reading extends SourceModel {
  readonly looked: ReadonlySet<string>;
  readonly instantiated: ReadonlySet<ClassDefinition>;
  readonly called: ReadonlySet<FunctionDefinition>;
}

interface Binding {
  readonly unit: Unit;
  readonly looked: ReadonlySet<string>;
}

/**
 * Everything that is a network in a source: what its own code makes, what its functions make with arguments that are not known, and its classes with
 * their default arguments. A class that is part of another network is looked at there and not alone. Kept from one reading to the next: roots whose own
 * text and whatever they looked at have not changed are not run again.
 */
export class SourceReader {
  #readings = new Map<Unit, Reading>();
  /** Where each name of the module was bound, and which names that statement looked at itself. */
  #bound: ReadonlyMap<string, Binding> = new Map();
  #loose: readonly Unit[] = [];

  /** `tracing`: quantities remember the numbers of the source that they come from, for edits. */
  constructor(private readonly tracing = false) {}

  read(statements: readonly Statement[], text: string): SourceModel {
    const machine = new Interpreter(this.tracing);
    const readings: Reading[] = [];
    const bound = new Map<string, Binding>();
    const loose: Unit[] = [];
    const mains: Statement[] = [];
    for (const statement of statements) {
      // What runs only as a script makes networks and binds nothing that others see.
      if (isMain(statement)) {
        mains.push(statement);
        continue;
      }
      const before = new Set(machine.scope.variables.keys());
      const values = new Map(machine.scope.variables);
      readings.push(
        this.#run(
          machine,
          "Code of the module",
          () => void machine.execute([statement], machine.scope),
          () => [],
        ),
      );
      const looked = readings.at(-1)?.looked ?? new Set<string>();
      for (const [name, value] of machine.scope.variables)
        if (!before.has(name) || values.get(name) !== value) bound.set(name, { unit: statement.unit, looked });
      if (statement.type !== "function" && statement.type !== "class" && statement.type !== "import")
        loose.push(statement.unit);
    }
    readings.push(
      this.#run(
        machine,
        "Code of the module",
        () => {},
        () => looseModels(machine),
      ),
    );
    // Statements that change what others made could have changed anything.
    const same = loose.length === this.#loose.length && loose.every((unit, index) => unit === this.#loose[index]);
    const known = same ? this.#readings : new Map<Unit, Reading>();
    const stands = validity(this.#bound, bound);
    const kept = new Map<Unit, Reading>();
    const root = (unit: Unit, what: string, models: () => FoundModel[]) => {
      const old = known.get(unit);
      const reading = old !== undefined && [...old.looked].every(stands) ? old : this.#trial(machine, what, models);
      for (const one of reading.instantiated) machine.instantiated.add(one);
      for (const one of reading.called) machine.called.add(one);
      kept.set(unit, reading);
      readings.push(reading);
    };
    const values = [...machine.scope.variables.values()];
    const relevant = relevantNames(machine, values, text);
    for (const statement of mains)
      root(statement.unit, "The script", () => {
        machine.execute([statement], machine.scope);
        return looseModels(machine);
      });
    const ofFile = (definition: FunctionDefinition | ClassDefinition) =>
      bound.get(definition.name)?.unit === definition.unit;
    // Parts stand before wholes in most sources: wholes first, so that parts are met inside them.
    for (const value of values.filter((one): one is FunctionValue => one.kind === "function").reverse())
      if (
        value.definition !== null &&
        ofFile(value.definition) &&
        !machine.called.has(value.definition) &&
        relevant(value.definition.name)
      )
        root(value.definition.unit, `Function ${value.name}`, () => modelsOfFunction(machine, value));
    for (const value of values
      .filter((one): one is ClassValue => one.kind === "class" && isNetworkClass(one))
      .reverse())
      if (!machine.instantiated.has(value.definition))
        root(value.definition.unit, `Class ${value.name}`, () => modelsOfClass(machine, value));
    this.#readings = kept;
    this.#bound = bound;
    this.#loose = loose;
    return {
      models: readings.flatMap(({ models }) => models),
      calls: readings.flatMap(({ calls }) => calls),
      optimizers: readings.flatMap(({ optimizers }) => optimizers),
      notes: readings.flatMap(({ notes }) => notes),
    };
  }

  /** What a root changes is undone when it has been looked at. */
  #trial(machine: Interpreter, what: string, models: () => FoundModel[]): Reading {
    machine.made = [];
    machine.functional = [];
    machine.walks = [];
    machine.ties = [];
    return machine.journal.trial(() => this.#run(machine, what, () => {}, models)).result;
  }

  #run(machine: Interpreter, what: string, prepare: () => void, models: () => FoundModel[]): Reading {
    const notes: string[] = [];
    let found: FoundModel[] = [];
    const [instantiated, called] = [new Set(machine.instantiated), new Set(machine.called)];
    machine.looked = new Set();
    machine.calls = [];
    machine.optimizers = [];
    machine.allow(Math.max(0, Math.min(ROOT_STEPS, ALL_STEPS - machine.stepsTaken)));
    try {
      prepare();
      found = models();
    } catch (error) {
      if (!(error instanceof Exhausted)) throw error;
      notes.push(`${what} is too large to follow.`);
    }
    machine.loops.length = 0;
    const added = <Item>(after: ReadonlySet<Item>, before: ReadonlySet<Item>) =>
      new Set([...after].filter((one) => !before.has(one)));
    return {
      models: found,
      calls: machine.calls,
      optimizers: machine.optimizers,
      notes,
      looked: machine.looked,
      instantiated: added(machine.instantiated, instantiated),
      called: added(machine.called, called),
    };
  }
}

function isMain(statement: Statement): boolean {
  if (statement.type !== "if") return false;
  const test = statement.branches[0]?.test;
  return (
    test?.type === "binary" &&
    test.op === "==" &&
    [test.left, test.right].some((side) => side.type === "name" && side.name === "__name__")
  );
}

type Bindings = ReadonlyMap<string, Binding>;

/** Whether a name means what it meant: bound by the same statement as before, and so on for the names that this one looked at. */
function validity(before: Bindings, now: Bindings): (name: string) => boolean {
  const known = new Map<string, boolean>();
  const stands = (name: string): boolean => {
    const answer = known.get(name);
    if (answer !== undefined) return answer;
    // A circle stands if all else does.
    known.set(name, true);
    const [old, young] = [before.get(name), now.get(name)];
    const value =
      old === undefined || young === undefined
        ? old === young
        : old.unit === young.unit && [...young.looked].every(stands);
    known.set(name, value);
    return value;
  };
  return stands;
}

const FRAMEWORK = /^(?:torch|keras|tensorflow|flax|jax|timm)\b/;

/** Functions that have to do with networks: they name something of a framework, a network class, or another function that does. */
function relevantNames(machine: Interpreter, values: readonly Value[], text: string): (name: string) => boolean {
  const names = new Set<string>();
  for (const [name, value] of machine.scope.variables)
    if (
      (value.kind === "external" && (FRAMEWORK.test(value.path) || /^\.|init/.test(value.path))) ||
      (value.kind === "class" && isNetworkClass(value)) ||
      value.kind === "module"
    )
      names.add(name);
  if (machine.stars.length > 0) return () => true;
  const functions = values.flatMap((value) =>
    value.kind === "function" && value.definition !== null ? [value.definition] : [],
  );
  const words = new Map(functions.map((definition) => [definition.name, wordsOf(definition, text)]));
  for (let grown = true; grown; ) {
    grown = false;
    for (const [name, used] of words) {
      if (names.has(name) || ![...used].some((word) => names.has(word))) continue;
      names.add(name);
      grown = true;
    }
  }
  return (name) => names.has(name);
}

const wordsOfUnit = new WeakMap<Unit, ReadonlySet<string>>();

function wordsOf({ unit, from, to }: FunctionDefinition, text: string): ReadonlySet<string> {
  const known = wordsOfUnit.get(unit);
  if (known !== undefined) return known;
  const words = new Set(text.slice(unit.base + from, unit.base + to).match(/[A-Za-z_]\w*/g) ?? []);
  wordsOfUnit.set(unit, words);
  return words;
}
