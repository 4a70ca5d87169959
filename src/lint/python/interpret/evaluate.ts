import type { Argument, CallExpression, Expression } from "../syntax/types.ts";
import { quantityOf, truthOf } from "../values/quantities.ts";
import { exactly, literal } from "../values/quantity.ts";
import { type CallArguments, NONE, NOTHING_NAMED, type Scope, UNKNOWN, type Value } from "../values/types.ts";
import { binary, unary } from "./arithmetic.ts";
import { assign } from "./assign.ts";
import { fork } from "./fork.ts";
import type { Machine } from "./machine.ts";
import { lookUp } from "./names.ts";
import { subscript } from "./subscript.ts";

/** What an expression is known to be. Never throws for what the source does wrong: then it is unknown. */
export function evaluate(machine: Machine, expression: Expression, scope: Scope): Value {
  machine.step();
  switch (expression.type) {
    case "number":
      return {
        kind: "number",
        value: machine.tracing ? literal(expression.value, expression) : exactly(expression.value),
      };
    case "string":
      return expression.value === null ? UNKNOWN : { kind: "string", value: expression.value };
    case "constant":
      return expression.value === null ? NONE : { kind: "bool", value: expression.value };
    case "name":
      return lookUp(machine, expression.name, scope);
    case "attribute":
      return machine.attribute(machine.evaluate(expression.object, scope), expression.name, expression);
    case "call":
      return callExpression(machine, expression, scope);
    case "subscript":
      return subscript(machine, machine.evaluate(expression.object, scope), expression, scope);
    case "unary":
      return unary(machine, expression.op, machine.evaluate(expression.operand, scope), expression);
    case "binary":
      return binaryExpression(machine, expression, scope);
    case "conditional": {
      const truth = truthOf(machine.evaluate(expression.test, scope));
      if (truth !== null) return machine.evaluate(truth ? expression.chosen : expression.otherwise, scope);
      return fork(
        machine,
        expression,
        () => machine.evaluate(expression.chosen, scope),
        () => machine.evaluate(expression.otherwise, scope),
      );
    }
    case "lambda":
      return {
        kind: "function",
        name: "lambda",
        parameters: expression.parameters,
        body: expression.body,
        scope,
        owner: null,
        definition: null,
        decorator: "",
      };
    case "sequence": {
      const { items, rest } = spread(machine, expression.items, scope);
      return { kind: "list", tuple: !expression.mutable, items, rest, loops: machine.loops.length };
    }
    case "dict":
      return dictOf(machine, expression, scope);
    case "comprehension":
      return comprehension(machine, expression, scope);
    case "star":
      return machine.evaluate(expression.value, scope);
    case "walrus": {
      const value = machine.evaluate(expression.value, scope);
      machine.journal.setEntry(scope.variables, expression.name, value);
      return value;
    }
    default:
      return UNKNOWN;
  }
}

function callExpression(machine: Machine, expression: CallExpression, scope: Scope): Value {
  const { callee, args } = expression;
  if (callee.type === "name" && callee.name === "super")
    return machine.call(lookUp(machine, "super", scope), superArguments(scope), expression);
  const called = machine.evaluate(callee, scope);
  return machine.call(called, argumentsOf(machine, args, scope), expression);
}

/** `super()` needs to know where it stands: the class whose function this is, and that function's first argument. */
function superArguments(scope: Scope): CallArguments {
  const own = nearest(scope, "__class__") ?? UNKNOWN;
  const self = nearest(scope, "__self__") ?? UNKNOWN;
  return { positional: [own, self], named: NOTHING_NAMED, open: false };
}

function nearest(scope: Scope | null, name: string): Value | undefined {
  for (let at = scope; at !== null; at = at.parent) if (at.variables.has(name)) return at.variables.get(name);
  return undefined;
}

function argumentsOf(machine: Machine, args: readonly Argument[], scope: Scope): CallArguments {
  const positional: Value[] = [];
  let named: Map<string, Value> | null = null;
  let open = false;
  for (const { name, star, value } of args) {
    const known = machine.evaluate(value, scope);
    if (star === "*") {
      const { items, rest } = machine.iterate(known);
      positional.push(...items);
      if (rest !== null) {
        // Kept as a list of its own, so that `Sequential(*layers)` sees that there are any number of these.
        positional.push({ kind: "list", tuple: true, items: [], rest, loops: -1 });
        open = true;
      }
    } else if (star === "**") {
      if (known.kind === "dict" && known.entries.size > 0) {
        named ??= new Map();
        for (const [key, entry] of known.entries) named.set(key, entry);
      }
      open ||= known.kind !== "dict" || known.open;
    } else if (name !== null) {
      named ??= new Map();
      named.set(name, known);
    } else positional.push(known);
  }
  return { positional, named: named ?? NOTHING_NAMED, open };
}

function binaryExpression(machine: Machine, expression: Extract<Expression, { type: "binary" }>, scope: Scope): Value {
  const { op } = expression;
  const left = machine.evaluate(expression.left, scope);
  if (op === "and" || op === "or") {
    const truth = truthOf(left);
    if (truth !== null) return truth === (op === "and") ? machine.evaluate(expression.right, scope) : left;
    const right = machine.evaluate(expression.right, scope);
    const other = truthOf(right);
    // `a and False` is false whatever a is.
    return other !== null && other === (op === "or") && right.kind === "bool" ? right : UNKNOWN;
  }
  return binary(machine, op, left, machine.evaluate(expression.right, scope), expression);
}

function spread(machine: Machine, expressions: readonly Expression[], scope: Scope) {
  const items: Value[] = [];
  let rest: ReturnType<Machine["iterate"]>["rest"] = null;
  for (const expression of expressions) {
    const value = machine.evaluate(expression, scope);
    if (expression.type !== "star") {
      items.push(value);
      continue;
    }
    const walked = machine.iterate(value);
    items.push(...walked.items);
    rest = walked.rest ?? rest;
  }
  return { items, rest };
}

function dictOf(machine: Machine, expression: Extract<Expression, { type: "dict" }>, scope: Scope): Value {
  const entries = new Map<string, Value>();
  let open = false;
  for (const { key, value } of expression.entries) {
    const known = machine.evaluate(value, scope);
    const name = key === null ? null : keyOf(machine.evaluate(key, scope));
    if (key === null && known.kind === "dict") for (const [one, entry] of known.entries) entries.set(one, entry);
    else if (name === null) open = true;
    else entries.set(name, known);
  }
  return { kind: "dict", entries, open };
}

function keyOf(value: Value): string | null {
  if (value.kind === "string") return value.value;
  const quantity = value.kind === "number" ? quantityOf(value) : null;
  if (quantity !== null && quantity.powers.length === 0) return String(quantity.factor);
  return value.kind === "external" ? value.path : null;
}

function comprehension(
  machine: Machine,
  expression: Extract<Expression, { type: "comprehension" }>,
  scope: Scope,
): Value {
  const inner: Scope = { variables: new Map(), parent: scope, returned: [] };
  const items: Value[] = [];
  const entries = new Map<string, Value>();
  let rest: { value: Value; count: ReturnType<typeof quantityOf> } | null = null;
  let doubtful = false;
  const walk = (clause: number): void => {
    machine.step();
    const { target, iterable, conditions } = expression.clauses[clause] ?? {};
    if (target === undefined || iterable === undefined || conditions === undefined) {
      const value = machine.evaluate(expression.element, inner);
      if (expression.dict) {
        const key = keyOf(value);
        const entry = expression.value === null ? UNKNOWN : machine.evaluate(expression.value, inner);
        if (key === null) doubtful = true;
        else entries.set(key, entry);
      } else if (machine.loops.length > before) rest = { value, count: machine.loops.at(-1) ?? null };
      else items.push(value);
      return;
    }
    const visit = (item: Value) => {
      assign(machine, target, item, inner);
      for (const condition of conditions) {
        const truth = truthOf(machine.evaluate(condition, inner));
        if (truth === false) return;
        if (truth === null) doubtful = true;
      }
      walk(clause + 1);
    };
    const walked = machine.iterate(machine.evaluate(iterable, clause === 0 ? scope : inner));
    for (const item of walked.items) visit(item);
    if (walked.rest === null) return;
    machine.loops.push(walked.rest.count);
    visit(walked.rest.value);
    machine.loops.pop();
  };
  const before = machine.loops.length;
  walk(0);
  if (expression.dict) return { kind: "dict", entries, open: doubtful || machine.loops.length > before };
  if (doubtful)
    return { kind: "list", tuple: false, items: [], rest: { value: items[0] ?? UNKNOWN, count: null }, loops: before };
  return { kind: "list", tuple: false, items, rest, loops: before };
}
