import type {
  CallExpression,
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Place,
  Statement,
} from "../syntax/types.ts";
import { Journal } from "../values/journal.ts";
import { exactly, type Quantity, times } from "../values/quantity.ts";
import type { CallArguments, ModuleValue, ObjectValue, Operation, Scope, SignalValue, Value } from "../values/types.ts";
import { attribute } from "./attributes.ts";
import { call } from "./calls.ts";
import { evaluate } from "./evaluate.ts";
import { execute } from "./execute.ts";
import { iterate } from "./iterate.ts";
import type { Kinship } from "./kinship.ts";
import { type Completion, Exhausted, type InitializerCall, type Machine, type Tie } from "./machine.ts";

/** What outlives one reading of a source: who belongs to whom, and how many identities were given out. */
export interface World {
  readonly kinship: Kinship;
  identities: number;
}

const ONCE = exactly(1);

/** Expressions and blocks inside one another, through calls. Our own recursion has about three times this before the engine's stack ends. */
const DEEPEST_EVALUATION = 500;

/**
 * Runs a source on what can be told of its values: numbers where they are written, names where they are not, layers, laws of their weights, and signals
 * that remember which operations they went through. Nothing of it is executed as Python; every step costs one of a bounded number.
 */
export class Interpreter implements Machine {
  readonly journal = new Journal();
  readonly loops: (Quantity | null)[] = [];
  calls: InitializerCall[] = [];
  ties: Tie[] = [];
  made: (ModuleValue | ObjectValue)[] = [];
  readonly kinship: Kinship;
  instantiated = new Set<ClassDefinition>();
  called = new Set<FunctionDefinition>();
  looked = new Set<string>();
  functional: Machine["functional"] = [];
  walks: Machine["walks"] = [];
  optimizers: Machine["optimizers"] = [];
  readonly stars: string[] = [];
  readonly #world: World;
  #steps = 0;
  #limit = 0;
  #depth = 0;

  constructor(
    readonly scope: Scope,
    world: World,
    readonly tracing = false,
  ) {
    this.#world = world;
    this.kinship = world.kinship;
  }

  /** From here on `steps` more are allowed. */
  allow(steps: number): void {
    this.#limit = this.#steps + steps;
    this.#depth = 0;
  }

  get stepsTaken(): number {
    return this.#steps;
  }

  evaluate(expression: Expression, scope: Scope): Value {
    this.#descend();
    const value = evaluate(this, expression, scope);
    this.#depth--;
    return value;
  }

  execute(statements: readonly Statement[], scope: Scope): Completion {
    this.#descend();
    const completion = execute(this, statements, scope);
    this.#depth--;
    return completion;
  }

  call(callee: Value, args: CallArguments, site: CallExpression): Value {
    return call(this, callee, args, site);
  }

  attribute(object: Value, name: string, site: Place): Value {
    return attribute(this, object, name, site);
  }

  iterate(value: Value): ReturnType<Machine["iterate"]> {
    return iterate(this, value);
  }

  signal(operation: Operation, inputs: readonly SignalValue[], site: Place, features: Quantity | null): SignalValue {
    this.step();
    let repeat: Quantity | null = ONCE;
    for (const count of this.loops) repeat = times(repeat, count);
    return {
      kind: "signal",
      node: { id: this.identity(), operation, inputs: inputs.map(({ node }) => node), site, features, repeat },
    };
  }

  identity(): number {
    return ++this.#world.identities;
  }

  #descend(): void {
    if (++this.#depth > DEEPEST_EVALUATION) throw new Exhausted("Too deep.");
  }

  step(): void {
    if (++this.#steps > this.#limit) throw new Exhausted("Too many steps.");
  }
}
