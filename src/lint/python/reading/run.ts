import type { Interpreter } from "../interpret/interpreter.ts";
import { Exhausted, type InitializerCall, type Machine } from "../interpret/machine.ts";
import type { FoundModel } from "../models.ts";
import type { ClassDefinition, FunctionDefinition } from "../syntax/types.ts";

/** Steps that one root (a statement of the module, a function, a class) may take. A step is a microsecond or two. */
const ROOT_STEPS = 40_000;

/** What one root gave. */
export interface Reading {
  readonly models: readonly FoundModel[];
  readonly calls: readonly InitializerCall[];
  readonly optimizers: Machine["optimizers"];
  /** What was given up for its length. */
  readonly notes: readonly string[];
  /** Names of the module that it asked for. */
  readonly looked: ReadonlySet<string>;
  readonly instantiated: ReadonlySet<ClassDefinition>;
  readonly called: ReadonlySet<FunctionDefinition>;
  readonly steps: number;
}

/** What the walks, ties and modules so far are: a statement of the module adds to them, a root begins with none. */
export interface Made {
  readonly made: Machine["made"];
  readonly functional: Machine["functional"];
  readonly walks: Machine["walks"];
  readonly ties: Machine["ties"];
}

export function beginWith(machine: Interpreter, { made, functional, walks, ties }: Made): void {
  machine.made = [...made];
  machine.functional = [...functional];
  machine.walks = [...walks];
  machine.ties = [...ties];
}

const NOTHING_MADE: Made = { made: [], functional: [], walks: [], ties: [] };

export function run(machine: Interpreter, what: string, models: () => readonly FoundModel[]): Reading {
  const notes: string[] = [];
  let found: readonly FoundModel[] = [];
  machine.instantiated = new Set();
  machine.called = new Set();
  machine.looked = new Set();
  machine.calls = [];
  machine.optimizers = [];
  const before = machine.stepsTaken;
  machine.allow(ROOT_STEPS);
  try {
    found = models();
  } catch (error) {
    if (!(error instanceof Exhausted)) throw error;
    notes.push(`${what} is too large to follow.`);
  }
  machine.loops.length = 0;
  return {
    models: found,
    calls: machine.calls,
    optimizers: machine.optimizers,
    notes,
    looked: machine.looked,
    instantiated: machine.instantiated,
    called: machine.called,
    steps: machine.stepsTaken - before,
  };
}

/** What a root changes is undone when it has been looked at. */
export function trial(machine: Interpreter, what: string, models: () => readonly FoundModel[]): Reading {
  beginWith(machine, NOTHING_MADE);
  machine.kinship.begin();
  const stars = machine.stars.length;
  try {
    return machine.journal.undone(() => run(machine, what, models));
  } finally {
    machine.kinship.takeBack();
    machine.stars.length = stars;
  }
}
