import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import type { CallExpression } from "../../syntax/types.ts";
import { numberOf, numberValue, textOf } from "../../values/quantities.ts";
import { exactly } from "../../values/quantity.ts";
import { type CallArguments, NOTHING_NAMED, UNKNOWN, type Value } from "../../values/types.ts";
import type { FrameworkPlugin } from "../types.ts";
import { torchFunction } from "./functional.ts";
import { callInitializer, fillInPlace, gainOf, initializerName } from "./init.ts";
import { torchModule } from "./modules.ts";
import { asParameter, freshTensor } from "./tensors.ts";

/** PyTorch: modules with their own defaults, torch.nn.init, functions and methods of tensors. */
export const torchPlugin: FrameworkPlugin = {
  id: "torch",
  moduleBase: /^torch\.nn\.|(?:^|\.)(?:LightningModule|PreTrainedModel|ModelMixin|BaseModule|ScriptModule)$/,

  call(machine, path, args, site) {
    const initializer = initializerName(path);
    if (initializer !== null) return callInitializer(machine, initializer, args, site);
    if (!path.startsWith("torch.")) return undefined;
    const name = path.slice(path.lastIndexOf(".") + 1);
    if (name === "calculate_gain") return gain(args);
    if (path === "torch.nn.Parameter" || name === "UninitializedParameter") return asParameter(machine, args);
    if (name === "weight_norm" || name === "spectral_norm" || name === "orthogonal")
      return wrapped(machine, path, args);
    if (path.startsWith("torch.nn.") && !path.includes(".functional.")) return torchModule(machine, path, args, site);
    if (path === "torch.optim.SGD") descent(machine, args, site);
    const fresh = freshTensor(machine, name, args, site);
    if (fresh !== undefined) return fresh;
    if (path === "torch.utils.checkpoint.checkpoint") return throughCheckpoint(machine, args, site);
    return torchFunction(machine, name, args, site);
  },

  signalMethod: (machine, self, name, args, site) =>
    torchFunction(machine, name, { ...args, positional: [self, ...args.positional] }, site),

  parameterMethod(machine, self, name, args, site) {
    if (name === "dim" || name === "ndimension")
      return self.dimensions === null ? UNKNOWN : { kind: "number", value: exactly(self.dimensions) };
    if (name === "numel" && self.name === "part") return numberValue(self.fans?.fanIn ?? null);
    return fillInPlace(machine, self, name, args, site);
  },
};

function gain({ positional, named }: CallArguments): Value {
  const nonlinearity = textOf(positional[0] ?? named.get("nonlinearity"));
  const parameter = positional[1] ?? named.get("param");
  const value =
    nonlinearity === null
      ? null
      : gainOf(nonlinearity, parameter === undefined || parameter.kind === "none" ? null : numberOf(parameter));
  return value === null ? UNKNOWN : { kind: "number", value: exactly(value) };
}

/** A parametrization around a layer: weight_norm keeps the initial values, the others do not. */
function wrapped(machine: Machine, path: string, { positional }: CallArguments): Value {
  const [module] = positional;
  if (module?.kind !== "module") return module ?? UNKNOWN;
  module.wrapped = path.endsWith("weight_norm")
    ? "weight-norm"
    : path.endsWith("spectral_norm")
      ? "spectral-norm"
      : "unknown";
  if (path.includes(".parametrizations."))
    machine.journal.setEntry(module.attributes, "parametrizations", { kind: "bool", value: true });
  return module;
}

function descent(machine: Machine, args: CallArguments, site: CallExpression): void {
  const bound = new Bound(args, signature("params lr momentum"));
  const momentum = bound.get("momentum");
  machine.optimizers.push({
    site,
    rate: numberOf(bound.get("lr")),
    momentum: momentum === undefined ? 0 : numberOf(momentum),
  });
}

function throughCheckpoint(machine: Machine, args: CallArguments, site: CallExpression): Value {
  const [called, ...rest] = args.positional;
  return called === undefined
    ? UNKNOWN
    : machine.call(called, { positional: rest, named: NOTHING_NAMED, open: false }, site);
}
