import { Bound, signature } from "../../interpret/arguments.ts";
import { holdPart } from "../../interpret/parts.ts";
import { ofList } from "../../interpret/pythonMethods.ts";
import { quantityOf } from "../../values/quantities.ts";
import { type CallArguments, type GraphNode, NONE, type SignalValue, UNKNOWN, type Value } from "../../values/types.ts";
import { activationNamed } from "../_shared/activations.ts";
import type { FrameworkPlugin } from "../types.ts";
import { initializerValue } from "./initializers.ts";
import { KERAS_ACTIVATIONS, kerasLayer } from "./layers.ts";

/** Keras 3, and tf.keras by the same names: Sequential, the functional style and models that are classes. */
export const kerasPlugin: FrameworkPlugin = {
  id: "keras",
  moduleBase: /^keras\.(?:layers\.\w+|Model|models\.Model|Sequential|models\.Sequential|Layer)$|^tensorflow\.Module$/,

  call(machine, path, args, site) {
    if (path.startsWith("keras.")) {
      const name = path.split(".").at(-1) ?? "";
      if (/\.initializers\./.test(path))
        return name === "get" ? (args.positional[0] ?? UNKNOWN) : initializerValue(machine, path, args, site);
      if (name === "Input") return input(args, (features) => machine.signal({ kind: "input" }, [], site, features));
      if (name === "Model" && (args.named.has("outputs") || args.positional.length > 1)) {
        const outputs = nodesOf(args.named.get("outputs") ?? args.positional[1]);
        if (outputs.length > 0) machine.functional.push({ site, outputs });
        return UNKNOWN;
      }
      if (/\.(?:activations|ops|backend)\./.test(path)) return function_(machine, name, args, site);
      if (/\.applications\./.test(path)) return UNKNOWN;
      return kerasLayer(machine, path, args, site);
    }
    if (path.startsWith("tensorflow.")) return function_(machine, path.split(".").at(-1) ?? "", args, site);
    return undefined;
  },

  moduleMethod(machine, self, name, args) {
    if (name !== "add" || self.content?.kind !== "list") return undefined;
    for (const value of args.positional) holdPart(machine, self, value);
    ofList(machine, self.content, "append", args);
    return NONE;
  },
};

function input(args: CallArguments, make: (features: ReturnType<typeof quantityOf>) => SignalValue): Value {
  const shape = new Bound(args, signature("shape")).get("shape");
  return make(shape?.kind === "list" ? quantityOf(shape.items.at(-1)) : null);
}

function nodesOf(value: Value | undefined): readonly GraphNode[] {
  if (value?.kind === "signal") return [value.node];
  return value?.kind === "list" ? value.items.flatMap((item) => (item.kind === "signal" ? [item.node] : [])) : [];
}

const RESHAPES =
  /^(?:reshape|transpose|squeeze|expand_dims|cast|identity|flatten|pad|resize|repeat|tile|convert_to_tensor|stop_gradient|split|slice)$/;

/** Functions of keras.ops, keras.activations and TensorFlow that are given signals. */
function function_(
  machine: Parameters<FrameworkPlugin["call"]>[0],
  name: string,
  args: CallArguments,
  site: Parameters<FrameworkPlugin["call"]>[3],
): Value | undefined {
  const signals = args.positional.flatMap((value) =>
    value.kind === "signal" ? [value] : value.kind === "list" ? value.items.filter((one) => one.kind === "signal") : [],
  );
  const [first] = signals;
  if (first === undefined) return undefined;
  const { features } = first.node;
  const activation = activationNamed(
    name,
    new Bound(args, signature(name === "leaky_relu" ? "x negative_slope" : "x approximate")),
    KERAS_ACTIVATIONS,
  );
  if (activation !== null) return machine.signal({ kind: "activation", name: activation }, [first], site, features);
  if (RESHAPES.test(name)) return machine.signal({ kind: "pass", what: name }, [first], site, null);
  if (name === "softmax" || name === "log_softmax") return machine.signal({ kind: "softmax" }, [first], site, features);
  if (name === "concat" || name === "concatenate" || name === "stack")
    return machine.signal({ kind: "concat" }, signals, site, null);
  if (signals.length > 1 && (name === "add" || name === "subtract"))
    return machine.signal({ kind: "add" }, signals, site, features);
  if (signals.length > 1 && name === "multiply") return machine.signal({ kind: "product" }, signals, site, features);
  if (signals.length > 1 && (name === "matmul" || name === "einsum"))
    return machine.signal({ kind: "matmul" }, signals, site, null);
  return machine.signal({ kind: "unknown", what: name }, signals, site, null);
}
