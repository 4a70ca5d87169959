import { makeParameter } from "../frameworks/_shared/make.ts";
import type { CallExpression } from "../syntax/types.ts";
import { LOADED } from "../values/join.ts";
import { textOf } from "../values/quantities.ts";
import {
  type CallArguments,
  isModule,
  type ModuleValue,
  NONE,
  type ObjectValue,
  UNKNOWN,
  type Value,
} from "../values/types.ts";
import { libraryBases, memberOf } from "./ancestry.ts";
import { callModule, callObject } from "./forward.ts";
import type { Machine } from "./machine.ts";
import { BASE, holdPart, modulesBelow, ownParameters, partsOf, unknownLaw } from "./parts.ts";

const NO_ARGUMENTS = { named: new Map<string, Value>(), open: false };

/** Methods that every module has from its framework. */
export function moduleMethod(
  machine: Machine,
  self: ModuleValue | ObjectValue,
  name: string,
  args: CallArguments,
  site: CallExpression,
): Value {
  const [first, second] = args.positional;
  const list = (items: readonly Value[]): Value => ({
    kind: "list",
    tuple: false,
    items,
    rest: null,
    loops: machine.loops.length,
  });
  const pair = (key: string, value: Value): Value => ({
    kind: "list",
    tuple: true,
    items: [{ kind: "string", value: key }, value],
    rest: null,
    loops: 0,
  });
  switch (name) {
    case "__init__":
      return makeBase(machine, self, args, site);
    case "apply":
      return applyTo(machine, self, first ?? UNKNOWN, site);
    case "modules":
      return list(walk(machine, self, site).map(([module]) => module));
    case "named_modules":
      return list(walk(machine, self, site).map(([module, path]) => pair(path, module)));
    case "children":
      return list(partsOf(self).map(({ part }) => part));
    case "named_children":
      return list(partsOf(self).map((one) => pair(one.name, one.part)));
    case "parameters":
    case "named_parameters": {
      const found = walk(machine, self, site).flatMap(([module, path]) =>
        [...ownParameters(module)].map(([key, parameter]) => ({
          key: path === "" ? key : `${path}.${key}`,
          parameter,
        })),
      );
      return list(found.map(({ key, parameter }) => (name === "parameters" ? parameter : pair(key, parameter))));
    }
    case "add_module":
    case "register_module":
    case "register_parameter": {
      const key = textOf(first);
      if (key === null || second === undefined) return NONE;
      if (self.kind === "object") machine.journal.setEntry(self.attributes, key, second);
      else if (self.content?.kind === "list" && isModule(second))
        machine.journal.setField(self.content, "items", [...self.content.items, second]);
      else machine.journal.setEntry(self.attributes, key, second);
      holdPart(machine, self, second);
      return NONE;
    }
    case "load_state_dict":
    case "load_weights":
      if (self.kind === "object") machine.journal.setField(self, "state", "loaded");
      for (const module of modulesBelow(self).keys())
        for (const parameter of ownParameters(module).values())
          machine.journal.setField(parameter, "law", unknownLaw(LOADED, site));
      return NONE;
    case "forward":
    case "call":
    case "__call__":
      return self.kind === "object" ? callObject(machine, self, args, site) : callModule(machine, self, args, site);
    case "post_init":
    case "init_weights": {
      // Transformers' base class applies the class's own `_init_weights`.
      const own = self.kind === "object" ? memberOf(self.type, "_init_weights") : undefined;
      return own?.kind === "function" ? applyTo(machine, self, { kind: "method", self, of: own }, site) : NONE;
    }
    case "add_weight":
    case "param":
      return makeParameter(machine, textOf(first) ?? "weight", unknownLaw("made by the layer itself", site));
    case "add":
      return NONE;
    case "get_submodule":
    case "state_dict":
    case "summary":
    case "build":
    case "compile":
    case "fit":
      return UNKNOWN;
    default:
      return self;
  }
}

/** `super().__init__(…)` where the class above is the library's: `class ConvBlock(nn.Sequential)`. */
function makeBase(machine: Machine, self: ModuleValue | ObjectValue, args: CallArguments, site: CallExpression): Value {
  if (self.kind !== "object") return NONE;
  const path = libraryBases(self.type).find((base) => !/\.Module$|\.Model$|\.Layer$/.test(base));
  if (path === undefined) return NONE;
  const base = machine.call({ kind: "external", path }, args, site);
  if (base.kind !== "module") return NONE;
  machine.journal.setEntry(self.attributes, BASE, base);
  holdPart(machine, self, base);
  return NONE;
}

function walk(
  machine: Machine,
  root: ModuleValue | ObjectValue,
  site: CallExpression,
): (readonly [ModuleValue | ObjectValue, string])[] {
  const found = modulesBelow(root);
  machine.walks.push({ site, root, visited: new Set(found.keys()) });
  // An instance and the library's module below it are one module there.
  const bases = new Set([...found.keys()].map((one) => (one.kind === "object" ? one.attributes.get(BASE) : undefined)));
  return [...found].filter(([module]) => !bases.has(module));
}

/** Parts first, the module itself last, as nn.Module.apply does. */
function applyTo(machine: Machine, self: ModuleValue | ObjectValue, visitor: Value, site: CallExpression): Value {
  for (const [module] of walk(machine, self, site).reverse())
    machine.call(visitor, { positional: [module], ...NO_ARGUMENTS }, site);
  return self;
}
