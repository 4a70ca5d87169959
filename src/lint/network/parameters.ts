import { ownParameters } from "../python/interpret/parts.ts";
import type { Law, ModuleValue, ObjectValue, ParameterValue } from "../python/values/types.ts";
import type { LayerUse, NetworkModel } from "./types.ts";

/** A parameter of a network as the framework's files name it. */
export interface NamedParameter {
  /** Path of what holds it: "blocks.0.norm"; null where nothing names a layer, and the framework numbers it. */
  readonly holder: string | null;
  readonly name: string;
  readonly module: ModuleValue | ObjectValue;
  readonly parameter: ParameterValue;
  /** At the time when the network was made: later branches undo them. */
  readonly law: Law;
  /** The layer's place in the network; null for norms, and for what no signal was seen to pass. */
  readonly use: LayerUse | null;
}

/** All parameters of the modules below its root, and of layers that were made where they are used. */
export function parametersOf({ layers, names, nodes }: NetworkModel): readonly NamedParameter[] {
  const uses = new Map<ModuleValue | ObjectValue, LayerUse>();
  // Of a layer that is used twice the first use tells its fans.
  for (const use of layers) if (!uses.has(use.module)) uses.set(use.module, use);
  const found: NamedParameter[] = [];
  const add = (holder: string | null, module: ModuleValue | ObjectValue) => {
    const use = uses.get(module) ?? null;
    for (const [name, parameter] of ownParameters(module)) {
      const law = use?.parameters.get(name)?.law ?? parameter.law;
      found.push({ holder, name, module, parameter, law, use });
    }
    if (module.kind !== "module") return;
    // The output projection of attention is a layer within one.
    for (const [name, part] of module.attributes)
      if (part.kind === "module" && !names.has(part)) add(holder === null ? null : `${holder}.${name}`, part);
  };
  for (const [module, path] of names) add(path, module);
  const unnamed = new Set<ModuleValue>();
  for (const { operation } of nodes) {
    if (operation.kind !== "layer" && operation.kind !== "norm") continue;
    const { module } = operation;
    if (module === null || names.has(module) || unnamed.has(module) || module.framework === "torch") continue;
    unnamed.add(module);
    add(null, module);
  }
  return found;
}
