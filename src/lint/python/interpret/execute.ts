import type { Statement } from "../syntax/types.ts";
import { truthOf } from "../values/quantities.ts";
import { type ClassValue, type FunctionValue, type Scope, UNKNOWN, type Value } from "../values/types.ts";
import { binary } from "./arithmetic.ts";
import { assign } from "./assign.ts";
import { forkBlocks } from "./fork.ts";
import { importNames } from "./imports.ts";
import type { Completion, Machine } from "./machine.ts";

const NEXT: Completion = { type: "next" };

/** Runs statements one after another. A condition that cannot be told runs both ways; a loop of unknown length runs once for all. */
export function execute(machine: Machine, statements: readonly Statement[], scope: Scope): Completion {
  for (const statement of statements) {
    machine.step();
    const completion = run(machine, statement, scope);
    if (completion.type !== "next") return completion;
  }
  return NEXT;
}

function run(machine: Machine, statement: Statement, scope: Scope): Completion {
  switch (statement.type) {
    case "assign": {
      const value = machine.evaluate(statement.value, scope);
      for (const target of statement.targets) assign(machine, target, value, scope);
      if (statement.annotated)
        noteField(machine, scope, statement.targets[0]?.type === "name" ? statement.targets[0].name : null, value);
      return NEXT;
    }
    case "declare":
      noteField(machine, scope, statement.target.type === "name" ? statement.target.name : null, UNKNOWN);
      return NEXT;
    case "augment": {
      const before = machine.evaluate(statement.target, scope);
      const value = machine.evaluate(statement.value, scope);
      assign(machine, statement.target, binary(machine, statement.op, before, value, statement), scope);
      return NEXT;
    }
    case "expression":
      machine.evaluate(statement.value, scope);
      return NEXT;
    case "return":
      return {
        type: "return",
        value: statement.value === null ? { kind: "none" } : machine.evaluate(statement.value, scope),
      };
    case "if":
      return runIf(machine, statement, 0, scope);
    case "for":
      return runFor(machine, statement, scope);
    case "while": {
      const truth = truthOf(machine.evaluate(statement.test, scope));
      if (truth === false) return NEXT;
      return runLoop(machine, statement.body, scope, () => {});
    }
    case "with":
      for (const { value, target } of statement.items) {
        const entered = machine.evaluate(value, scope);
        if (target !== null)
          machine.journal.setEntry(
            scope.variables,
            target,
            entered.kind === "module" || entered.kind === "object" ? entered : UNKNOWN,
          );
      }
      return machine.execute(statement.body, scope);
    case "try": {
      const tried = machine.execute(statement.body, scope);
      const after =
        tried.type === "raise" && statement.handlers[0] !== undefined
          ? machine.execute(statement.handlers[0], scope)
          : tried;
      if (after.type !== "next") return after;
      const completion = tried.type === "next" ? machine.execute(statement.otherwise, scope) : NEXT;
      return completion.type === "next" ? machine.execute(statement.last, scope) : completion;
    }
    case "match":
      return statement.bodies.reduceRight<() => Completion>(
        (rest, body) => () => forkBlocks(machine, statement, () => machine.execute(body, scope), rest, scope.returned),
        () => NEXT,
      )();
    case "function":
      machine.journal.setEntry(scope.variables, statement.name, functionOf(machine, statement, scope, null));
      return NEXT;
    case "class":
      machine.journal.setEntry(scope.variables, statement.name, classOf(machine, statement, scope));
      return NEXT;
    case "import":
      importNames(machine, statement, scope);
      return NEXT;
    case "raise":
    case "break":
    case "continue":
      return { type: statement.type };
    default:
      return NEXT;
  }
}

function runIf(machine: Machine, statement: Extract<Statement, { type: "if" }>, at: number, scope: Scope): Completion {
  const branch = statement.branches[at];
  if (branch === undefined) return machine.execute(statement.otherwise, scope);
  const truth = truthOf(machine.evaluate(branch.test, scope));
  if (truth === true) return machine.execute(branch.body, scope);
  if (truth === false) return runIf(machine, statement, at + 1, scope);
  return forkBlocks(
    machine,
    branch.test,
    () => machine.execute(branch.body, scope),
    () => runIf(machine, statement, at + 1, scope),
    scope.returned,
  );
}

function runFor(machine: Machine, statement: Extract<Statement, { type: "for" }>, scope: Scope): Completion {
  const { items, rest } = machine.iterate(machine.evaluate(statement.iterable, scope));
  for (const item of items) {
    assign(machine, statement.target, item, scope);
    const completion = machine.execute(statement.body, scope);
    if (completion.type === "break") return NEXT;
    if (completion.type === "return" || completion.type === "raise") return completion;
  }
  if (rest !== null) {
    machine.loops.push(rest.count);
    const completion = runLoop(machine, statement.body, scope, () =>
      assign(machine, statement.target, rest.value, scope),
    );
    machine.loops.pop();
    if (completion.type !== "next") return completion;
  }
  return machine.execute(statement.otherwise, scope);
}

/** Once, in place of any number of times. What it returns or raises it may not reach. */
function runLoop(machine: Machine, body: readonly Statement[], scope: Scope, before: () => void): Completion {
  before();
  const completion = machine.execute(body, scope);
  if (completion.type === "return") scope.returned.push(completion.value);
  return NEXT;
}

function functionOf(
  machine: Machine,
  definition: Extract<Statement, { type: "function" }>,
  scope: Scope,
  owner: ClassValue | null,
): FunctionValue {
  const { name, parameters, body } = definition;
  const marks = definition.decorators.map((one) =>
    one.type === "name" ? one.name : one.type === "attribute" ? one.name : "?",
  );
  const decorator = marks.some((mark) => /^(?:cached_)?property$/.test(mark))
    ? "property"
    : marks.includes("staticmethod")
      ? "static"
      : marks.includes("classmethod")
        ? "class"
        : "";
  machine.step();
  return { kind: "function", name, parameters, body, scope, owner, definition, decorator };
}

function classOf(machine: Machine, definition: Extract<Statement, { type: "class" }>, scope: Scope): ClassValue {
  const bases = definition.bases.filter(({ name }) => name === null).map(({ value }) => machine.evaluate(value, scope));
  const members = new Map<string, Value>();
  const value: ClassValue = { kind: "class", name: definition.name, definition, bases, members };
  // Functions of a class do not see its other names: their scope is the one around the class.
  const body: Scope = { variables: members, parent: scope, returned: [] };
  for (const statement of definition.body) {
    if (statement.type === "function") members.set(statement.name, functionOf(machine, statement, scope, value));
    else machine.execute([statement], body);
  }
  return value;
}

/** Annotated names of a class body are the fields of a dataclass, which Flax's modules are. Their order is kept in one entry. */
export const FIELDS = "__fields__";

function noteField(machine: Machine, scope: Scope, name: string | null, value: Value): void {
  if (name === null || name.startsWith("__")) return;
  const fields = scope.variables.get(FIELDS);
  const entries = fields?.kind === "dict" ? fields.entries : new Map<string, Value>();
  entries.set(name, value);
  if (fields === undefined) machine.journal.setEntry(scope.variables, FIELDS, { kind: "dict", entries, open: false });
}
