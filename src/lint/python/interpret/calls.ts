import { makeModule } from "../frameworks/_shared/make.ts";
import { FRAMEWORKS } from "../frameworks/registry.ts";
import type { CallExpression } from "../syntax/types.ts";
import {
  type CallArguments,
  isModule,
  type ModuleValue,
  type ObjectValue,
  UNKNOWN,
  type Value,
} from "../values/types.ts";
import { callBuiltin } from "./builtins.ts";
import { callModule, callObject, signalsIn } from "./forward.ts";
import { callFunction, instantiate } from "./functions.ts";
import type { Machine } from "./machine.ts";
import { moduleMethod } from "./moduleMethods.ts";
import { ownParameters, setLaw, unknownLaw } from "./parts.ts";
import { containerMethod, pythonMethod } from "./pythonMethods.ts";

/** What a call gives. Whoever is called, arguments whose fate cannot be followed lose what was known of them. */
export function call(machine: Machine, callee: Value, args: CallArguments, site: CallExpression): Value {
  machine.step();
  switch (callee.kind) {
    case "function":
      return callFunction(machine, callee, args, site);
    case "class":
      return instantiate(machine, callee, args, site);
    case "method":
      return typeof callee.of === "string"
        ? callMethod(machine, callee.self, callee.of, args, site)
        : callFunction(machine, callee.of, { ...args, positional: [callee.self, ...args.positional] }, site);
    case "partial": {
      const { positional, named, open } = callee.args;
      return machine.call(
        callee.callee,
        {
          positional: [...positional, ...args.positional],
          named: new Map([...named, ...args.named]),
          open: open || args.open,
        },
        site,
      );
    }
    case "module":
      return callModule(machine, callee, args, site);
    case "object":
      return callObject(machine, callee, args, site);
    case "external":
      return callExternal(machine, callee.path, args, site);
    default:
      return callUnknown(machine, nameOf(callee, site), args, site);
  }
}

function callExternal(machine: Machine, path: string, args: CallArguments, site: CallExpression): Value {
  const builtin = callBuiltin(machine, path, args, site);
  if (builtin !== undefined) return builtin;
  if (/^copy\.(?:deep)?copy$/.test(path)) return args.positional[0] ?? UNKNOWN;
  for (const framework of FRAMEWORKS) {
    const value = framework.call(machine, path, args, site);
    if (value !== undefined) return value;
  }
  const name = path.split(".").at(-1) ?? "";
  if (signalsIn(args).length === 0 && /^[A-Z]/.test(name)) {
    const parts = args.positional.filter(isModule);
    const module = makeModule(machine, site, { type: "other", framework: "torch", path });
    for (const part of parts) machine.kinship.hold(part, module);
    return module;
  }
  return callUnknown(machine, name, args, site);
}

/** What is called is not known: signals come out changed in an unknown way, tensors and (if the name says so) modules may be initialized. */
function callUnknown(machine: Machine, name: string, args: CallArguments, site: CallExpression): Value {
  const values = [...args.positional, ...args.named.values()];
  for (const value of values)
    if (value.kind === "parameter")
      setLaw(machine, value, unknownLaw(`set by ${name === "" ? "a function" : name}`, site));
  if (/init|load|reset|restore|pretrain|weights/i.test(name))
    for (const value of values) if (isModule(value)) forgetLaws(machine, value, name, site);
  const signals = signalsIn(args);
  return signals.length === 0
    ? UNKNOWN
    : machine.signal(
        { kind: "unknown", what: name === "" ? "a call that cannot be followed" : name },
        signals,
        site,
        null,
      );
}

function forgetLaws(machine: Machine, root: ModuleValue | ObjectValue, name: string, site: CallExpression): void {
  const visit = (module: ModuleValue | ObjectValue, depth: number) => {
    machine.step();
    for (const parameter of ownParameters(module).values())
      setLaw(machine, parameter, unknownLaw(`set by ${name}`, site));
    if (depth > 0) for (const part of module.kin.parts ?? []) visit(part, depth - 1);
  };
  visit(root, 6);
}

function nameOf(callee: Value, site: CallExpression): string {
  const { callee: written } = site;
  if (written.type === "attribute" || written.type === "name") return written.name;
  return callee.kind === "unknown" && callee.key !== null ? callee.key.replace(/[#@]\d+/g, "") : "";
}

function callMethod(machine: Machine, self: Value, name: string, args: CallArguments, site: CallExpression): Value {
  if (self.kind === "signal")
    return (
      first((framework) => framework.signalMethod?.(machine, self, name, args, site)) ??
      callUnknown(machine, name, { ...args, positional: [self, ...args.positional] }, site)
    );
  if (self.kind === "parameter")
    return (
      first((framework) => framework.parameterMethod?.(machine, self, name, args, site)) ??
      (/^(?:view|reshape|t|transpose|contiguous|detach|flatten|numpy|to)$/.test(name) ? self : UNKNOWN)
    );
  if (self.kind === "module" || self.kind === "object") {
    if (self.kind === "module") {
      const value = first((framework) => framework.moduleMethod?.(machine, self, name, args, site));
      if (value !== undefined) return value;
      if (name === "append" || name === "extend" || name === "insert")
        return containerMethod(machine, self, name, args);
      if (self.content?.kind === "dict" && /^(?:keys|values|items|get|update)$/.test(name))
        return pythonMethod(machine, self.content, name, args);
    }
    return moduleMethod(machine, self, name, args, site);
  }
  return pythonMethod(machine, self, name, args);
}

function first(ask: (framework: (typeof FRAMEWORKS)[number]) => Value | undefined): Value | undefined {
  for (const framework of FRAMEWORKS) {
    const value = ask(framework);
    if (value !== undefined) return value;
  }
  return undefined;
}
