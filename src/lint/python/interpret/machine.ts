import type {
  CallExpression,
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Place,
  Statement,
} from "../syntax/types.ts";
import type { Journal } from "../values/journal.ts";
import type { Quantity } from "../values/quantity.ts";
import type {
  CallArguments,
  Framework,
  GraphNode,
  Law,
  ModuleValue,
  ObjectValue,
  Operation,
  ParameterValue,
  Scope,
  SignalValue,
  Value,
} from "../values/types.ts";
import type { Kinship } from "./kinship.ts";

/** How a block of statements ends. */
export type Completion =
  | { readonly type: "next" }
  | { readonly type: "return"; readonly value: Value }
  | { readonly type: "raise" }
  | { readonly type: "break" }
  | { readonly type: "continue" };

/** A call of an initializer that the source makes, with what is known of its arguments. Rules about the call alone look here. */
export interface InitializerCall {
  readonly framework: Framework;
  /** Last part of its path: "trunc_normal_", "RandomUniform". */
  readonly name: string;
  readonly call: CallExpression;
  readonly args: CallArguments;
  readonly law: Law;
  readonly parameter: ParameterValue | null;
  /** "weight" or "bias", from the parameter or from the words of the source. */
  readonly target: string | null;
  /** The parameter's module, where that is known. */
  readonly module: ModuleValue | ObjectValue | null;
  /** What computes the parameter anew at every use, so that nothing written into it stays. */
  readonly lost?: "weight-norm" | "spectral-norm";
}

export interface Tie {
  readonly site: Place;
  readonly module: ModuleValue;
  readonly parameter: ParameterValue;
}

/** The parts of the interpreter, as they see one another. */
export interface Machine {
  /** Whether quantities remember the numbers of the source that they come from. */
  readonly tracing: boolean;
  readonly journal: Journal;
  readonly scope: Scope;
  /** Loops of unknown length that are being run once for all; each with its length, if that has a name. */
  readonly loops: (Quantity | null)[];
  readonly calls: InitializerCall[];
  readonly ties: Tie[];
  /** Modules made since the root began, in order. */
  readonly made: (ModuleValue | ObjectValue)[];
  /** Is told who holds a module and who uses it. */
  readonly kinship: Kinship;
  /** Classes of the source that were instantiated, and functions that were called. */
  readonly instantiated: Set<ClassDefinition>;
  readonly called: Set<FunctionDefinition>;
  /** Is told which names of the module's own scope were looked at; `*` stands for what was imported whole. */
  readonly looked: Set<string>;
  /** `keras.Model(inputs, outputs)`. */
  readonly functional: { readonly site: Place; readonly outputs: readonly GraphNode[] }[];
  /** Modules on which `m.apply(f)`, `modules()` and their like were asked for: the source initializes by walking. */
  readonly walks: {
    readonly site: Place;
    readonly root: ModuleValue | ObjectValue;
    readonly visited: ReadonlySet<ModuleValue | ObjectValue>;
  }[];
  /** Plain gradient descent that the source sets up. */
  readonly optimizers: { readonly site: Place; readonly rate: number | null; readonly momentum: number | null }[];
  /** Names of modules from `from x import *`, and roots of imported libraries. */
  readonly stars: string[];
  evaluate(expression: Expression, scope: Scope): Value;
  execute(statements: readonly Statement[], scope: Scope): Completion;
  call(callee: Value, args: CallArguments, site: CallExpression): Value;
  attribute(object: Value, name: string, site: Place): Value;
  iterate(value: Value): {
    readonly items: readonly Value[];
    readonly rest: { readonly value: Value; readonly count: Quantity | null } | null;
  };
  signal(operation: Operation, inputs: readonly SignalValue[], site: Place, features: Quantity | null): SignalValue;
  /** A fresh number: identities of modules, parameters and unknown arguments. */
  identity(): number;
  /** Costs a step; throws `Exhausted` when there are none left. */
  step(): void;
}

/** The source asks for more steps than a person would wait for. */
export class Exhausted extends Error {}
