import { FIELDS } from "../interpret/execute.ts";
import type { ClassValue, Scope, Value } from "../values/types.ts";

/**
 * Whether two statements that see this value can see what the other does to it: modules, lists, instances. Numbers, names of libraries and what the module
 * itself defines are the same for everybody.
 */
export function isShared(value: Value, scope: Scope): boolean {
  switch (value.kind) {
    case "number":
    case "bool":
    case "string":
    case "none":
    case "external":
    case "initializer":
    case "unknown":
      return false;
    case "function":
      return value.scope !== scope;
    case "class":
      return isSharedClass(value, scope);
    default:
      return true;
  }
}

function isSharedClass({ members }: ClassValue, scope: Scope): boolean {
  for (const [name, value] of members)
    if (name === FIELDS && value.kind === "dict") {
      for (const field of value.entries.values()) if (isShared(field, scope)) return true;
    } else if (isShared(value, scope)) return true;
  return false;
}
