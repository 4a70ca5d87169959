import type { Place } from "../syntax/types.ts";
import { numberValue } from "../values/quantities.ts";
import { type ModuleValue, NONE, NOTHING_NAMED, type ObjectValue, UNKNOWN, type Value } from "../values/types.ts";
import { memberAbove, memberOf } from "./ancestry.ts";
import type { Machine } from "./machine.ts";
import { canonicalPath } from "./names.ts";
import { BASE } from "./parts.ts";

/** Methods that every module of a framework has; the rest of what an instance lacks is unknown. */
const MODULE_METHODS =
  /^(?:apply|modules|named_modules|children|named_children|parameters|named_parameters|add_module|register_module|register_parameter|register_buffer|append|extend|insert|add|to|cuda|cpu|train|eval|half|float|double|bfloat16|requires_grad_|load_state_dict|load_weights|forward|call|__call__|post_init|init_weights|add_weight|param|sow|variable|compile|fit|summary|build|keys|values|items|update|share_memory|type|float32|zero_grad|state_dict|get_submodule|register_forward_hook|save_hyperparameters)$/;

export function attribute(machine: Machine, object: Value, name: string, site: Place): Value {
  switch (object.kind) {
    case "external":
      return name === "__name__"
        ? { kind: "string", value: object.path.split(".").at(-1) ?? "" }
        : { kind: "external", path: canonicalPath(`${object.path}.${name}`) };
    case "unknown":
      return { kind: "unknown", key: object.key === null ? null : `${object.key}.${name}` };
    case "object":
      return ofObject(machine, object, name, site);
    case "class": {
      if (name === "__name__") return { kind: "string", value: object.name };
      return memberOf(object, name) ?? UNKNOWN;
    }
    case "module":
      return ofModule(object, name);
    case "parameter":
      if (name === "data") return object;
      if (name === "shape" && object.shape !== null)
        return { kind: "list", tuple: true, items: object.shape.map(numberValue), rest: null, loops: 0 };
      if (name === "ndim" && object.dimensions !== null)
        return { kind: "number", value: { factor: object.dimensions, powers: [] } };
      return { kind: "method", self: object, of: name };
    case "signal":
      if (name === "T" || name === "mT" || name === "real" || name === "at" || name === "last_hidden_state")
        return machine.signal({ kind: "pass", what: name }, [object], site, null);
      if (name === "shape" || name === "dtype" || name === "device" || name === "ndim" || name === "is_cuda")
        return UNKNOWN;
      return { kind: "method", self: object, of: name };
    case "method":
      // `super().__init__` and the like: what stands before is the instance, seen from above a class.
      return UNKNOWN;
    case "function":
      return name === "__name__" ? { kind: "string", value: object.name } : UNKNOWN;
    case "partial":
      return object.callee.kind === "external" && object.callee.path === "super"
        ? ofSuper(machine, object.args.positional, name)
        : UNKNOWN;
    case "number":
    case "bool":
    case "none":
    case "initializer":
      return UNKNOWN;
    default:
      return { kind: "method", self: object, of: name };
  }
}

function ofObject(machine: Machine, object: ObjectValue, name: string, site: Place): Value {
  const own = object.attributes.get(name);
  if (own !== undefined) return own;
  if (name === "__class__") return object.type;
  const member = memberOf(object.type, name);
  if (member?.kind === "function") {
    if (member.decorator === "property")
      return machine.call(
        { kind: "method", self: object, of: member },
        { positional: [], named: NOTHING_NAMED, open: false },
        callAt(site),
      );
    return member.decorator === "static"
      ? member
      : { kind: "method", self: member.decorator === "class" ? object.type : object, of: member };
  }
  if (member !== undefined) return member;
  // What the library's class, that this one descends from, was made with.
  const base = object.attributes.get(BASE);
  if (base?.kind === "module") {
    const inherited = ofModule(base, name);
    if (inherited.kind !== "method") return inherited;
  }
  if (MODULE_METHODS.test(name)) return { kind: "method", self: object, of: name };
  return { kind: "unknown", key: `${name}@${object.id}` };
}

function ofSuper(machine: Machine, [from, self]: readonly Value[], name: string): Value {
  if (from?.kind !== "class" || self === undefined) return UNKNOWN;
  const member = memberAbove(from, name);
  if (member?.kind === "function") return { kind: "method", self, of: member };
  machine.step();
  if (member !== undefined) return member;
  return name === "__init__" || MODULE_METHODS.test(name) ? { kind: "method", self, of: name } : UNKNOWN;
}

/** Attributes by which code asks a layer for its sizes. */
const SIZES: Readonly<Record<string, (module: ModuleValue) => Value>> = {
  in_features: ({ inputs }) => numberValue(inputs),
  in_channels: ({ inputs }) => numberValue(inputs),
  input_size: ({ inputs }) => numberValue(inputs),
  embedding_dim: ({ outputs }) => numberValue(outputs),
  embed_dim: ({ outputs }) => numberValue(outputs),
  hidden_size: ({ outputs }) => numberValue(outputs),
  out_features: ({ outputs }) => numberValue(outputs),
  out_channels: ({ outputs }) => numberValue(outputs),
  units: ({ outputs }) => numberValue(outputs),
  filters: ({ outputs }) => numberValue(outputs),
  groups: ({ groups }) => numberValue(groups),
};

function ofModule(module: ModuleValue, name: string): Value {
  const own = module.parameters.get(name) ?? module.attributes.get(name);
  if (own !== undefined) return own;
  if (name === "__class__") return { kind: "external", path: module.path };
  const size = SIZES[name];
  if (size !== undefined) return size(module);
  // A layer of a known type that has no such parameter: `if m.bias is not None`.
  if (name === "bias" || name === "weight")
    return module.type === "other" || module.type === "block" || module.type === "container" ? UNKNOWN : NONE;
  if (name === "kernel_size" || name === "stride" || name === "padding") return UNKNOWN;
  if (module.content?.kind === "dict" && module.content.entries.has(name))
    return module.content.entries.get(name) ?? UNKNOWN;
  return { kind: "method", self: module, of: name };
}

/** A call that the source does not write: reading a property. */
function callAt(site: Place) {
  return {
    ...site,
    type: "call",
    callee: { ...site, type: "unknown" },
    args: [],
    open: site.to,
    close: site.to,
  } as const;
}
