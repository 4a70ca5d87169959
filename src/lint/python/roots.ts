import { Interpreter, type World } from "./interpret/interpreter.ts";
import { Kinship } from "./interpret/kinship.ts";
import type { InitializerCall, Machine } from "./interpret/machine.ts";
import { type FoundModel, isNetworkClass, looseModels, modelsOfClass, modelsOfFunction } from "./models.ts";
import { Budget } from "./reading/budget.ts";
import { changesBetween } from "./reading/changes.ts";
import { type Look, standing } from "./reading/dependence.ts";
import { looksOf, type ModuleCode, NO_CODE, readModule } from "./reading/module.ts";
import { relevantNames } from "./reading/relevant.ts";
import { type Reading, trial } from "./reading/run.ts";
import { type Arranged, arrange, footprint } from "./reading/source.ts";
import type { ClassDefinition, FunctionDefinition, Statement, Unit } from "./syntax/types.ts";
import type { Scope } from "./values/types.ts";

/** Steps that all roots of a source may take together; a step is a microsecond or two. Ten thousand lines of nothing but networks take half of them. */
const ALL_STEPS = 400_000;

export interface SourceModel {
  readonly models: readonly FoundModel[];
  readonly calls: readonly InitializerCall[];
  readonly optimizers: Machine["optimizers"];
  /** What was given up for its length. */
  readonly notes: readonly string[];
  /** Where the steps ended: networks of what follows were not looked at. */
  readonly end: Unit | null;
}

/** What one root gave, and what that rests on: while it stands, the root gives the same. */
interface Root {
  readonly reading: Reading;
  readonly looks: readonly Look[];
}

type RootOf = FunctionDefinition | ClassDefinition | Statement;

/**
 * Everything that is a network in a source: what its own code makes, what its functions make with arguments that are not known, and its classes with
 * their default arguments. A class that is part of another network is looked at there and not alone. Kept from one reading to the next: code whose own
 * text and whatever it asked for have not changed is not run again, and its networks are the same objects as before.
 */
export class SourceReader {
  readonly #scope: Scope = { variables: new Map(), parent: null, returned: [] };
  readonly #world: World = {
    kinship: new Kinship(),
    identities: 0,
  };
  #order: readonly Unit[] = [];
  #code: ModuleCode = NO_CODE;
  #roots: ReadonlyMap<RootOf, Root> = new Map();

  /** `tracing`: quantities remember the numbers of the source that they come from, for edits. */
  constructor(private readonly tracing = false) {}

  read(statements: readonly Statement[], text: string): SourceModel {
    const reading = this.reading(statements, text);
    for (;;) {
      const { done, value } = reading.next();
      if (done === true) return value;
    }
  }

  /** The same in pieces of a millisecond or a few. One that is not carried to its end leaves what was kept before. */
  *reading(statements: readonly Statement[], text: string): Generator<void, SourceModel> {
    const source = arrange(statements);
    for (;;) {
      const model = yield* this.#attempt(source, text);
      if (model !== null) return model;
      this.#forget();
    }
  }

  #forget(): void {
    this.#order = [];
    this.#code = NO_CODE;
    this.#roots = new Map();
  }

  *#attempt(source: Arranged, text: string): Generator<void, SourceModel | null> {
    const order = [...source.units.keys()];
    const changes = changesBetween(this.#order, order, (unit) => footprint(unit, source.units.get(unit) ?? []).binds);
    const stands = standing(this.#code.groups, changes);
    this.#scope.variables.clear();
    const machine = new Interpreter(this.#scope, this.#world, this.tracing);
    const budget = new Budget(ALL_STEPS);
    const module = yield* readModule(machine, source, this.#code, stands.unit, budget);
    if (module === null) return null;
    const { code } = module;
    const readings = [...module.readings];
    const instantiated = new Set<ClassDefinition>();
    const called = new Set<FunctionDefinition>();
    const note = (reading: Reading) => {
      for (const one of reading.instantiated) instantiated.add(one);
      for (const one of reading.called) called.add(one);
    };
    for (const reading of readings) note(reading);
    const roots = new Map<RootOf, Root>();
    let kept = 0;
    const look = (of: RootOf, name: string | null, what: string, models: () => readonly FoundModel[]) => {
      if (!budget.goesOn(of.unit)) return;
      const known = this.#roots.get(of);
      const old = known !== undefined && (name === null || stands.unit(of.unit)) && stands.looks(known.looks);
      const reading = old ? known.reading : trial(machine, what, models);
      const names = name === null ? reading.looked : new Set([...reading.looked, name]);
      roots.set(of, { reading, looks: old ? known.looks : looksOf(names, source, null) });
      if (old) kept++;
      budget.spend(reading.steps);
      note(reading);
      readings.push(reading);
    };
    for (const statement of source.scripts) {
      look(statement, null, "The script", () => {
        machine.execute([statement], machine.scope);
        return looseModels(machine);
      });
      yield;
    }
    const values = [...this.#scope.variables].reverse();
    const relevant = relevantNames(this.#scope.variables, machine.stars, text);
    const ofFile = ({ name, unit }: FunctionDefinition) => source.binderBefore(name, null) === unit;
    // Parts stand before wholes in most sources: wholes first, so that parts are met inside them.
    for (const [name, value] of values) {
      const definition = value.kind === "function" ? value.definition : null;
      if (value.kind !== "function" || definition === null) continue;
      if (!ofFile(definition) || called.has(definition) || !relevant(definition.name)) continue;
      look(definition, name, `Function ${value.name}`, () => modelsOfFunction(machine, value));
      yield;
    }
    for (const [name, value] of values) {
      if (value.kind !== "class" || !isNetworkClass(value) || instantiated.has(value.definition)) continue;
      look(value.definition, name, `Class ${value.name}`, () => modelsOfClass(machine, value));
      yield;
    }
    // Where there are too many steps, which roots are left out depends on all that were run.
    if (budget.spent && (kept > 0 || this.#order.length > 0)) return null;
    if (budget.spent) this.#forget();
    else [this.#order, this.#code, this.#roots] = [order, code, roots];
    return {
      models: readings.flatMap(({ models }) => models),
      calls: readings.flatMap(({ calls }) => calls),
      optimizers: readings.flatMap(({ optimizers }) => optimizers),
      notes: readings.flatMap(({ notes }) => notes),
      end: budget.end,
    };
  }
}
