import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import type { CallExpression, Place } from "../../syntax/types.ts";
import { numberOf, truthOf } from "../../values/quantities.ts";
import { exactly } from "../../values/quantity.ts";
import {
  type CallArguments,
  type Operation,
  type ParameterValue,
  type SignalValue,
  UNKNOWN,
  type Value,
} from "../../values/types.ts";
import { activationNamed } from "../_shared/activations.ts";
import { makeModule } from "../_shared/make.ts";
import { TORCH_ACTIVATIONS } from "./modules.ts";

const RESHAPES =
  /^(?:flatten|unflatten|reshape|view|view_as|permute|transpose|swapaxes|movedim|moveaxis|squeeze|unsqueeze|expand|expand_as|repeat|repeat_interleave|tile|contiguous|clone|detach|to|type|type_as|float|half|bfloat16|double|cuda|cpu|pad|interpolate|upsample|pixel_shuffle|chunk|split|unbind|narrow|select|index_select|gather|roll|flip|t|requires_grad_|unfold|fold|broadcast_to|masked_fill|masked_fill_|channel_shuffle|constrain|identity|checkpoint_name|tril|triu|unflatten|squeeze_|unsqueeze_|grid_sample|unpad_sequence)$/;
const POOLS = /pool\dd(?:_with_indices)?$|^(?:mean|amax|max|global_\w+_pool)$/;

/** A function of torch or torch.nn.functional, or a method of a tensor by the same name, that is given a signal. Undefined: none that is known. */
export function torchFunction(
  machine: Machine,
  name: string,
  args: CallArguments,
  site: CallExpression,
): Value | undefined {
  const signals = args.positional.flatMap((value) =>
    value.kind === "signal" ? [value] : value.kind === "list" ? value.items.filter((one) => one.kind === "signal") : [],
  );
  for (const value of args.named.values()) if (value.kind === "signal") signals.push(value);
  const [first] = signals;
  if (first === undefined) return undefined;
  const { features } = first.node;
  const give = (operation: Operation, inputs: readonly SignalValue[] = [first], width = features) =>
    machine.signal(operation, inputs, site, width);
  const bare = name.replace(/_$/, "");
  const activation = activationNamed(bare, activationBound(bare, args), TORCH_ACTIVATIONS);
  if (activation !== null && activation !== "linear") return give({ kind: "activation", name: activation });
  if (RESHAPES.test(name)) return give({ kind: "pass", what: name }, [first], KEEPS_WIDTH.test(name) ? features : null);
  if (POOLS.test(name)) return give({ kind: "pass", what: "pool" }, [first], /pool/.test(name) ? features : null);
  switch (bare) {
    case "linear":
    case "conv1d":
    case "conv2d":
    case "conv3d":
      return functionalLayer(machine, bare, args, first, site);
    case "dropout":
    case "dropout2d":
    case "alpha_dropout":
      return give({ kind: "dropout", drop: dropOf(args), alpha: bare === "alpha_dropout" });
    case "layer_norm":
    case "batch_norm":
    case "group_norm":
    case "instance_norm":
      return give({ kind: "norm", centred: true, batch: bare === "batch_norm", module: null });
    case "rms_norm":
    case "normalize":
      return give({ kind: "norm", centred: false, batch: false, module: null });
    case "softmax":
    case "log_softmax":
      return give({ kind: "softmax" });
    case "cat":
    case "concat":
    case "concatenate":
    case "stack":
    case "hstack":
      return signals.length > 1
        ? give({ kind: "concat" }, signals, null)
        : give({ kind: "unknown", what: bare }, signals, null);
    case "add":
    case "sub":
      return signals.length > 1 ? give({ kind: "add" }, signals) : give({ kind: "unknown", what: bare });
    case "mul":
      return signals.length > 1 ? give({ kind: "product" }, signals) : give({ kind: "scale", factor: null });
    case "matmul":
    case "bmm":
    case "mm":
    case "baddbmm":
      return give({ kind: "matmul" }, signals, null);
    case "einsum":
      return signals.length > 1 ? give({ kind: "matmul" }, signals, null) : give({ kind: "unknown", what: bare });
    case "scaled_dot_product_attention":
      return give({ kind: "unknown", what: "scaled attention" }, signals);
    case "size":
    case "dim":
    case "numel":
    case "item":
    case "is_contiguous":
      return UNKNOWN;
    default:
      return give({ kind: "unknown", what: name }, signals, null);
  }
}

const KEEPS_WIDTH =
  /^(?:contiguous|clone|detach|to|float|half|double|bfloat16|cuda|cpu|pad|interpolate|type|masked_fill|requires_grad_|identity)/;

function activationBound(name: string, args: CallArguments): Bound {
  const names: Readonly<Record<string, string>> = {
    leaky_relu: "x negative_slope",
    elu: "x alpha",
    celu: "x alpha",
    gelu: "x",
    hardtanh: "x min_val max_val",
  };
  return new Bound(args, signature(names[name] ?? "x"));
}

function dropOf(args: CallArguments): number | null {
  const bound = new Bound(args, signature("x p training"));
  // Without `training=self.training` it drops always; with False never.
  const training = bound.get("training");
  if (training !== undefined && truthOf(training) === false) return 0;
  const p = bound.get("p");
  return p === undefined ? 0.5 : numberOf(p);
}

/** `F.linear(x, self.weight, self.bias)`: a layer that is written out. */
function functionalLayer(
  machine: Machine,
  name: string,
  args: CallArguments,
  signal: SignalValue,
  site: CallExpression,
): Value {
  const bound = new Bound(args, signature("input weight bias"));
  const weight = bound.get("weight");
  if (weight?.kind !== "parameter") return machine.signal({ kind: "unknown", what: name }, [signal], site, null);
  const bias = bound.get("bias");
  const module = layerOfParameters(
    machine,
    name === "linear" ? "linear" : "conv",
    weight,
    bias?.kind === "parameter" ? bias : null,
    site,
    bias === undefined || bias.kind === "none" || bias.kind === "parameter",
  );
  return machine.signal({ kind: "layer", module }, [signal], site, module.outputs);
}

const written = new WeakMap<ParameterValue, ReturnType<typeof makeModule>>();

function layerOfParameters(
  machine: Machine,
  type: "linear" | "conv",
  weight: ParameterValue,
  bias: ParameterValue | null,
  site: Place,
  biasKnown: boolean,
) {
  const known = written.get(weight);
  if (known !== undefined) return known;
  const owner = weight.owner;
  const [outputs, inputs, ...kernel] = weight.shape ?? [null, null];
  const taps = kernel.length === 0 ? exactly(1) : null;
  const unknownBias = biasKnown
    ? null
    : {
        ...weight,
        name: "bias",
        law: { ...weight.law, family: "unknown" as const, variance: null },
        draw: null,
        owner: null,
      };
  const module = makeModule(machine, site, {
    type,
    framework: "torch",
    path: `torch.nn.functional.${type}`,
    inputs: inputs ?? null,
    outputs: outputs ?? null,
    taps: type === "linear" ? exactly(1) : taps,
    groups: type === "linear" ? exactly(1) : null,
  });
  module.parameters.set("weight", weight);
  const biases = bias ?? unknownBias;
  if (biases !== null) module.parameters.set("bias", biases);
  if (owner !== null) {
    machine.kinship.own(weight, owner);
    machine.kinship.hold(module, owner);
  }
  written.set(weight, module);
  return module;
}
