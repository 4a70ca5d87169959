import type { Scope, Value } from "../values/types.ts";
import { UNKNOWN } from "../values/types.ts";
import { BUILTINS } from "./builtinNames.ts";
import type { Machine } from "./machine.ts";

/** Stands among the names that were looked at for what `from x import *` may have brought. */
export const STAR = "*";

/** A name is the nearest scope's, else Python's own, else perhaps of a library that was imported whole. */
export function lookUp(machine: Machine, name: string, scope: Scope): Value {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const value = at.variables.get(name);
    if (at === machine.scope) machine.looked.add(name);
    if (value !== undefined) return value;
  }
  if (BUILTINS.has(name)) return { kind: "external", path: `builtins.${name}` };
  if (name === "__name__") return { kind: "string", value: "__main__" };
  machine.looked.add(STAR);
  const [star] = machine.stars;
  return star === undefined || machine.stars.length > 1 ? UNKNOWN : { kind: "external", path: `${star}.${name}` };
}

/** "torch.nn.modules.linear.Linear" and "tensorflow.keras.layers.Dense" by the path that people write. */
export function canonicalPath(path: string): string {
  const known = canonical.get(path);
  if (known !== undefined) return known;
  const found = canonicalOf(path);
  if (canonical.size >= MOST_PATHS) canonical.clear();
  canonical.set(path, found);
  return found;
}

const canonical = new Map<string, string>();
const MOST_PATHS = 4_096;

function canonicalOf(path: string): string {
  return path
    .replace(/^tensorflow\.(?:python\.)?keras\b|^tf_keras\b|^tensorflow\.compat\.v\d\.keras\b/, "keras")
    .replace(/^keras\.src\b/, "keras")
    .replace(/^torch\.nn\.modules\.(?:\w+\.)?(?=[A-Z_])/, "torch.nn.")
    .replace(/^flax\.linen\.(?:\w+\.)(?=[A-Z])/, "flax.linen.")
    .replace(/^flax\.nnx\.(?:nn\.)?(?:\w+\.)(?=[A-Z])/, "flax.nnx.")
    .replace(
      /^flax\.linen\.initializers\b|^flax\.nnx\.initializers\b|^jax\.nn\.initializers\b|^flax\.linen\.linear\.default_kernel_init/,
      "jax.nn.initializers",
    )
    .replace(/^(?:numpy|jax\.numpy|tensorflow\.experimental\.numpy)\b/, "numpy");
}
