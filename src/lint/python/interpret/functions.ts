import type { CallExpression, Place } from "../syntax/types.ts";
import {
  type CallArguments,
  type ClassValue,
  type FunctionValue,
  NONE,
  NOTHING_NAMED,
  type ObjectValue,
  type Scope,
  UNKNOWN,
  type Value,
} from "../values/types.ts";
import { ancestry, memberOf, rootPath } from "./ancestry.ts";
import { callAtSite } from "./callSite.ts";
import { FIELDS } from "./execute.ts";
import { joinedAt } from "./fork.ts";
import type { Machine } from "./machine.ts";

/** Calls of calls: deeper ones are not followed. Recursion ends here as well. */
const DEEPEST_CALL = 24;
/** A function may be active this often at once. */
const MOST_RECURSION = 2;
const active = new WeakMap<Machine, FunctionValue["body"][]>();

export function callFunction(machine: Machine, called: FunctionValue, args: CallArguments, site: Place): Value {
  const stack = active.get(machine) ?? [];
  active.set(machine, stack);
  if (stack.length >= DEEPEST_CALL || stack.filter((body) => body === called.body).length >= MOST_RECURSION)
    return UNKNOWN;
  if (called.definition !== null) machine.called.add(called.definition);
  const scope: Scope = { variables: new Map(), parent: called.scope, returned: [] };
  bindParameters(machine, called, args, scope);
  if (called.owner !== null) scope.variables.set("__class__", called.owner);
  const [first] = called.parameters;
  if (called.owner !== null && first !== undefined)
    scope.variables.set("__self__", scope.variables.get(first.name) ?? UNKNOWN);
  stack.push(called.body);
  try {
    if (!Array.isArray(called.body))
      return machine.evaluate(called.body as Extract<typeof called.body, { type: string }>, scope);
    const completion = machine.execute(called.body, scope);
    const values = [...scope.returned, completion.type === "return" ? completion.value : NONE];
    // A branch that returned and a body that ends without a value: the value that some path gives.
    const given = completion.type === "return" || values.length === 1 ? values : values.slice(0, -1);
    return given.reduce(joinedAt(machine, site));
  } finally {
    stack.pop();
  }
}

function bindParameters(machine: Machine, called: FunctionValue, args: CallArguments, scope: Scope): void {
  const named = new Map(args.named);
  let next = 0;
  for (const { name, star, keywordOnly, initial } of called.parameters) {
    if (star === "*") {
      scope.variables.set(name, {
        kind: "list",
        tuple: true,
        items: args.positional.slice(next),
        rest: args.open ? { value: UNKNOWN, count: null } : null,
        loops: machine.loops.length,
      });
      next = args.positional.length;
      continue;
    }
    if (star === "**") {
      scope.variables.set(name, { kind: "dict", entries: named, open: args.open });
      continue;
    }
    const given = keywordOnly ? named.get(name) : (args.positional[next] ?? named.get(name));
    if (!keywordOnly && next < args.positional.length) next++;
    named.delete(name);
    scope.variables.set(
      name,
      given ??
        (initial === null || args.open ? unknownArgument(machine, name) : machine.evaluate(initial, called.scope)),
    );
  }
}

/** An argument that nobody gives: the same unknown wherever the function uses it. */
export function unknownArgument(machine: Machine, name: string): Value {
  return { kind: "unknown", key: `${name}#${machine.identity()}` };
}

/** Makes an instance: fields first (dataclasses and Flax's modules), then `__init__`, then Flax's `setup`. */
export function instantiate(
  machine: Machine,
  type: ClassValue,
  args: CallArguments,
  site: CallExpression | Place,
): ObjectValue {
  const object: ObjectValue = {
    kind: "object",
    type,
    attributes: new Map(),
    site,
    id: machine.identity(),
    state: "initialized",
    kin: { holder: null, parts: null, used: false },
  };
  machine.made.push(object);
  machine.instantiated.add(type.definition);
  const maker = memberOf(type, "__init__");
  const fields = fieldsOf(type);
  if (maker === undefined && fields.length > 0) {
    fields.forEach(({ name, value }, index) => {
      const given = args.named.get(name) ?? args.positional[index];
      object.attributes.set(name, given ?? (value.kind === "unknown" ? unknownArgument(machine, name) : value));
    });
  }
  if (maker?.kind === "function")
    callFunction(machine, maker, { ...args, positional: [object, ...args.positional] }, site);
  if (maker === undefined && fields.length === 0)
    machine.call({ kind: "method", self: object, of: "__init__" }, args, callAtSite(site));
  const setup = memberOf(type, "setup");
  if (maker === undefined && setup?.kind === "function" && rootPath(type)?.startsWith("flax.") === true)
    callFunction(machine, setup, { positional: [object], named: NOTHING_NAMED, open: false }, site);
  return object;
}

function fieldsOf(type: ClassValue): readonly { readonly name: string; readonly value: Value }[] {
  const fields = new Map<string, Value>();
  for (const one of [...ancestry(type)].reverse()) {
    const own = one.members.get(FIELDS);
    if (own?.kind !== "dict") continue;
    for (const [name, value] of own.entries) {
      // What a class says again it says where it stands.
      fields.delete(name);
      fields.set(name, value);
    }
  }
  return [...fields].map(([name, value]) => ({ name, value }));
}
