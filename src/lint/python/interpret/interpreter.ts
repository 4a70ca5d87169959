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
import type {
  CallArguments,
  ModuleValue,
  ObjectValue,
  Operation,
  ParameterValue,
  Scope,
  SignalValue,
  Value,
} from "../values/types.ts";
import { attribute } from "./attributes.ts";
import { call } from "./calls.ts";
import { evaluate } from "./evaluate.ts";
import { execute } from "./execute.ts";
import { iterate } from "./iterate.ts";
import { type Completion, Exhausted, type InitializerCall, type Machine, type Tie } from "./machine.ts";

/**
 * Runs a source on what can be told of its values: numbers where they are written, names where they are not, layers, laws of their weights, and signals
 * that remember which operations they went through. Nothing of it is executed as Python; every step costs one of a bounded number.
 */
export class Interpreter implements Machine {
  readonly journal = new Journal();
  readonly scope: Scope = { variables: new Map(), parent: null };
  readonly loops: (Quantity | null)[] = [];
  calls: InitializerCall[] = [];
  ties: Tie[] = [];
  made: (ModuleValue | ObjectValue)[] = [];
  readonly parents = new Map<ModuleValue | ObjectValue, ModuleValue | ObjectValue>();
  readonly used = new Set<ModuleValue | ObjectValue>();
  readonly instantiated = new Set<ClassDefinition>();
  readonly called = new Set<FunctionDefinition>();
  looked = new Set<string>();
  readonly owners = new Map<ParameterValue, ModuleValue | ObjectValue>();
  functional: Machine["functional"] = [];
  walks: Machine["walks"] = [];
  optimizers: Machine["optimizers"] = [];
  readonly stars: string[] = [];
  #identities = 0;
  #steps = 0;
  #limit = 0;

  constructor(readonly tracing = false) {}

  /** From here on `steps` more are allowed. */
  allow(steps: number): void {
    this.#limit = this.#steps + steps;
  }

  get stepsTaken(): number {
    return this.#steps;
  }

  evaluate(expression: Expression, scope: Scope): Value {
    return evaluate(this, expression, scope);
  }

  execute(statements: readonly Statement[], scope: Scope): Completion {
    return execute(this, statements, scope);
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
    const repeat = this.loops.reduce<Quantity | null>((product, count) => times(product, count), exactly(1));
    return {
      kind: "signal",
      node: { id: this.identity(), operation, inputs: inputs.map(({ node }) => node), site, features, repeat },
    };
  }

  identity(): number {
    return ++this.#identities;
  }

  step(): void {
    if (++this.#steps > this.#limit) throw new Exhausted("Too many steps.");
  }
}
