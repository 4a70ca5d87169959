import type { CallExpression } from "../syntax/types.ts";
import {
  type CallArguments,
  type GraphNode,
  type ModuleValue,
  NOTHING_NAMED,
  type ObjectValue,
  type Operation,
  type SignalValue,
  UNKNOWN,
  type Value,
} from "../values/types.ts";
import { memberOf } from "./ancestry.ts";
import { callAtSite } from "./callSite.ts";
import type { Machine } from "./machine.ts";
import { BASE } from "./parts.ts";

/** Signals among what is passed, those in lists included. */
export function signalsIn(args: CallArguments): SignalValue[] {
  const found: SignalValue[] = [];
  // A list inside others is looked into once, however often they hold it.
  const seen = new Set<Value>();
  for (const value of args.positional)
    if (value.kind === "signal") found.push(value);
    else if (value.kind === "list" || value.kind === "dict") collect(value, found, seen);
  if (args.named.size > 0) for (const value of args.named.values()) collect(value, found, seen);
  return found;
}

function collect(value: Value, found: SignalValue[], seen: Set<Value>): void {
  if (value.kind === "signal") found.push(value);
  else if (value.kind === "list") {
    if (seen.has(value)) return;
    seen.add(value);
    for (const item of value.items) collect(item, found, seen);
    if (value.rest !== null) collect(value.rest.value, found, seen);
  } else if (value.kind === "dict") for (const item of value.entries.values()) collect(item, found, seen);
}

const METHODS = ["forward", "call", "__call__"];

/** An instance that is called: its own forward, or that of the library class below it. */
export function callObject(machine: Machine, object: ObjectValue, args: CallArguments, site: CallExpression): Value {
  if (signalsIn(args).length > 0) machine.kinship.use(object);
  for (const name of METHODS) {
    const method = memberOf(object.type, name);
    if (method?.kind === "function") return machine.call({ kind: "method", self: object, of: method }, args, site);
  }
  const base = object.attributes.get(BASE);
  if (base?.kind === "module") return callModule(machine, base, args, site);
  const signals = signalsIn(args);
  return signals.length === 0 ? UNKNOWN : machine.signal(guessed(object.type.name), signals, site, null);
}

/** A class that nobody here defines, by the last word of its name: `RMSNorm`, `DropPath`. Anything else is unknown. */
function guessed(name: string): Operation {
  if (/Norm(?:\d[dD]|alization)?$|^norm_layer$|^norm$/.test(name))
    return { kind: "norm", centred: !/rms/i.test(name), batch: /batch/i.test(name), module: null };
  if (/Drop(?:out|Path)?(?:\d[dD])?$|StochasticDepth$/.test(name)) return { kind: "dropout", drop: null, alpha: false };
  if (/^Identity$/.test(name)) return { kind: "pass", what: "identity" };
  return { kind: "unknown", what: name };
}

export function callModule(machine: Machine, module: ModuleValue, args: CallArguments, site: CallExpression): Value {
  const signals = signalsIn(args);
  const [first] = signals;
  if (first === undefined) return UNKNOWN;
  machine.kinship.use(module);
  if (module.type === "container")
    return module.detail === "sequential"
      ? throughAll(machine, module, args, site)
      : machine.signal({ kind: "unknown", what: module.path }, signals, site, null);
  const { features } = first.node;
  const after = machine.signal(
    operationOf(module),
    module.type === "attention" || module.type === "join" ? signals : [first],
    site,
    widthAfter(module, first.node),
  );
  if (module.activation === null || module.type === "activation") return after;
  const name = module.activation;
  return machine.signal(
    name === "softmax" ? { kind: "softmax" } : { kind: "activation", name },
    [after],
    site,
    after.node.features ?? features,
  );
}

function throughAll(machine: Machine, module: ModuleValue, args: CallArguments, site: CallExpression): Value {
  if (module.content?.kind !== "list") return UNKNOWN;
  let value: Value | undefined;
  const apply = (item: Value) => {
    // `keras.Input` at the head of a Sequential says what comes in.
    if (item.kind === "signal") {
      value ??= item;
      return;
    }
    // Inside a sequence a module stands where it is made: nothing else calls it.
    const at = item.kind === "module" || item.kind === "object" ? callAtSite({ ...item.site }) : site;
    value = machine.call(
      item,
      value === undefined ? args : { positional: [value], named: NOTHING_NAMED, open: false },
      at,
    );
  };
  for (const item of module.content.items) apply(item);
  if (module.content.rest !== null) {
    machine.loops.push(module.content.rest.count);
    apply(module.content.rest.value);
    machine.loops.pop();
  }
  return value ?? args.positional[0] ?? UNKNOWN;
}

function operationOf(module: ModuleValue): Operation {
  switch (module.type) {
    case "activation":
      return { kind: "activation", name: module.activation ?? "unknown" };
    case "norm":
      return { kind: "norm", centred: module.norm?.centred ?? true, batch: module.norm?.batch ?? false, module };
    case "dropout":
      return { kind: "dropout", drop: module.drop, alpha: module.alphaDropout };
    case "pass":
      return { kind: "pass", what: module.detail };
    case "pool":
      return { kind: "pass", what: "pool" };
    case "join":
      return module.detail === "add"
        ? { kind: "add" }
        : module.detail === "concat"
          ? { kind: "concat" }
          : module.detail === "product"
            ? { kind: "product" }
            : { kind: "matmul" };
    case "block":
      return { kind: "unknown", what: "a block with its own normalisation and skips" };
    case "other":
      return module.detail === "softmax" ? { kind: "softmax" } : guessed(module.path.split(".").at(-1) ?? "");
    default:
      return { kind: "layer", module };
  }
}

function widthAfter(module: ModuleValue, before: GraphNode) {
  switch (module.type) {
    case "linear":
    case "conv":
    case "conv-transpose":
    case "depthwise":
    case "embedding":
    case "recurrent":
    case "bilinear":
      return module.outputs;
    case "activation":
    case "norm":
    case "dropout":
    case "pool":
    case "attention":
      return before.features;
    default:
      return module.type === "pass" && (module.detail === "identity" || module.detail === "preprocessing")
        ? before.features
        : null;
  }
}
