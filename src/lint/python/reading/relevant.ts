import { isNetworkClass } from "../models.ts";
import type { FunctionDefinition } from "../syntax/types.ts";
import type { Value } from "../values/types.ts";

const FRAMEWORK = /^(?:torch|keras|tensorflow|flax|jax|timm)\b/;

/** Functions that have to do with networks: they name something of a framework, a network class, or another function that does. */
export function relevantNames(
  variables: ReadonlyMap<string, Value>,
  stars: readonly string[],
  text: string,
): (name: string) => boolean {
  if (stars.length > 0) return () => true;
  const names = new Set<string>();
  const functions = new Map<string, ReadonlySet<string>>();
  for (const [name, value] of variables) {
    if (
      (value.kind === "external" && (FRAMEWORK.test(value.path) || /^\.|init/.test(value.path))) ||
      (value.kind === "class" && isNetworkClass(value)) ||
      value.kind === "module"
    )
      names.add(name);
    if (value.kind === "function" && value.definition !== null)
      functions.set(value.definition.name, wordsOf(value.definition, text));
  }
  // Who names whom, backwards: one walk from the names that are relevant by themselves.
  const users = new Map<string, string[]>();
  for (const [name, used] of functions)
    for (const word of used) {
      if (!names.has(word) && !functions.has(word)) continue;
      const known = users.get(word);
      if (known === undefined) users.set(word, [name]);
      else known.push(name);
    }
  const waiting = [...names];
  for (let word = waiting.pop(); word !== undefined; word = waiting.pop())
    for (const user of users.get(word) ?? [])
      if (!names.has(user)) {
        names.add(user);
        waiting.push(user);
      }
  return (name) => names.has(name);
}

const words = new WeakMap<FunctionDefinition, ReadonlySet<string>>();

function wordsOf(definition: FunctionDefinition, text: string): ReadonlySet<string> {
  const known = words.get(definition);
  if (known !== undefined) return known;
  const { unit, from, to } = definition;
  const found = new Set(text.slice(unit.base + from, unit.base + to).match(/[A-Za-z_]\w*/g) ?? []);
  words.set(definition, found);
  return found;
}
