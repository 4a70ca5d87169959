import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import { holdPart } from "../../interpret/parts.ts";
import type { CallExpression } from "../../syntax/types.ts";
import { numberOf, quantityOf, textOf, truthOf } from "../../values/quantities.ts";
import { exactly, over, type Quantity } from "../../values/quantity.ts";
import { type CallArguments, type ModuleValue, UNKNOWN, type Value } from "../../values/types.ts";
import { activationNamed } from "../_shared/activations.ts";
import { equationOf, kernel, roleOf } from "../_shared/kernelAxes.ts";
import { listOf, makeModule, makeParameter, parameterMap, tapsOf, withName } from "../_shared/make.ts";
import { transposedDraw } from "../_shared/varianceScaling.ts";
import type { FrameworkPlugin } from "../types.ts";
import { drawOf, initializerCall } from "./initializers.ts";

const FLAX_ACTIVATIONS = { leakySlope: 0.01, tanhGelu: true, preluSlope: 0.01 };

/** Flax's linen and nnx, with jax.nn's functions and initializers. */
export const flaxPlugin: FrameworkPlugin = {
  id: "flax",
  moduleBase: /^flax\.(?:linen|nnx)\.Module$|^flax\.linen\.\w+$/,

  call(machine, path, args, site) {
    const name = path.split(".").at(-1) ?? "";
    if (path.startsWith("jax.nn.initializers.")) return initializerCall(machine, path, args, site);
    if (path.startsWith("flax.")) {
      if (name === "compact" || name === "jit") return args.positional[0] ?? UNKNOWN;
      const module = /^[A-Z]/.test(name)
        ? withName(flaxModule(machine, path, name, args, site), args.named.get("name"))
        : undefined;
      return module ?? jaxFunction(machine, name, args, site);
    }
    if (path.startsWith("jax.") || path.startsWith("numpy.")) return jaxFunction(machine, name, args, site);
    return undefined;
  },
};

function flaxModule(
  machine: Machine,
  path: string,
  name: string,
  args: CallArguments,
  site: CallExpression,
): ModuleValue | undefined {
  const nnx = path.startsWith("flax.nnx");
  const base = { framework: "flax", path } as const;
  switch (name) {
    case "Dense":
    case "Linear":
    case "DenseGeneral":
    case "LinearGeneral":
    case "Conv":
    case "ConvTranspose": {
      const bound = new Bound(
        args,
        signature(
          `${nnx ? "in_features out_features" : "features"} ${name.startsWith("Conv") ? "kernel_size strides" : "use_bias"}`,
        ),
      );
      const general = name.endsWith("General");
      const conv = name.startsWith("Conv");
      const kernel = drawOf(bound.get("kernel_init"), "lecun_normal", site, "kernel_init");
      const bias = drawOf(bound.get("bias_init"), "zeros", site, "bias_init");
      const biased = truthOf(bound.get("use_bias") ?? { kind: "bool", value: true });
      const size = bound.get("kernel_size");
      const transposed = name === "ConvTranspose";
      const taps = conv ? (size?.kind === "list" ? tapsOf(size, size.items.length) : null) : exactly(1);
      const strides = bound.get("strides");
      const stride =
        strides === undefined ? exactly(1) : strides.kind === "list" ? tapsOf(strides, strides.items.length) : null;
      return makeModule(machine, site, {
        ...base,
        type: general ? "einsum" : transposed ? "conv-transpose" : conv ? "conv" : "linear",
        inputs: nnx ? quantityOf(bound.get("in_features")) : null,
        outputs: general ? null : quantityOf(bound.get(nnx ? "out_features" : "features")),
        taps: transposed ? over(taps, stride) : taps,
        groups:
          bound.get("feature_group_count") === undefined ? exactly(1) : quantityOf(bound.get("feature_group_count")),
        parameters: parameterMap(
          makeParameter(machine, "kernel", kernel.law, {
            dimensions: 2,
            // Stored (…, in, out), unless transpose_kernel says the opposite.
            draw: transposed
              ? transposedDraw(
                  kernel.draw,
                  stride,
                  truthOf(bound.get("transpose_kernel") ?? { kind: "bool", value: false }),
                )
              : kernel.draw,
          }),
          biased === false ? null : makeParameter(machine, "bias", bias.law, { dimensions: 1 }),
        ),
      });
    }
    case "Einsum":
      return einsumModule(machine, path, args, site);
    case "Embed": {
      const bound = new Bound(args, signature("num_embeddings features"));
      const [inputs, outputs] = [quantityOf(bound.get("num_embeddings")), quantityOf(bound.get("features"))];
      const { law, draw } =
        bound.get("embedding_init") === undefined
          ? { law: defaultEmbedding(outputs), draw: null }
          : drawOf(bound.get("embedding_init"), "normal", site, "embedding_init");
      return makeModule(machine, site, {
        ...base,
        type: "embedding",
        inputs,
        outputs,
        parameters: parameterMap(
          makeParameter(machine, "embedding", law, { dimensions: 2, draw, fans: { fanIn: inputs, fanOut: outputs } }),
        ),
      });
    }
    case "LSTMCell":
    case "OptimizedLSTMCell":
    case "GRUCell":
    case "SimpleCell":
      return makeModule(machine, site, {
        ...base,
        type: "recurrent",
        outputs: quantityOf(args.positional[0] ?? args.named.get("features")),
        detail: name.includes("LSTM") ? "lstm" : name.includes("GRU") ? "gru" : "rnn",
      });
    case "BatchNorm":
    case "LayerNorm":
    case "GroupNorm":
    case "InstanceNorm":
    case "RMSNorm": {
      const ones = {
        family: "constant",
        variance: exactly(0),
        mean: exactly(1),
        call: null,
        label: "ones",
        mode: null,
        gain: null,
      } as const;
      const given = args.named.get("scale_init");
      const law = given === undefined ? ones : drawOf(given, "ones", site, "scale_init").law;
      return makeModule(machine, site, {
        ...base,
        type: "norm",
        norm: { centred: name !== "RMSNorm", batch: name === "BatchNorm", features: null },
        parameters: parameterMap(
          makeParameter(machine, "scale", law, { dimensions: 1, norm: true }),
          name === "RMSNorm" || truthOf(args.named.get("use_bias") ?? { kind: "bool", value: true }) === false
            ? null
            : makeParameter(machine, "bias", drawOf(args.named.get("bias_init"), "zeros", site, "bias_init").law, {
                dimensions: 1,
                norm: true,
              }),
        ),
      });
    }
    case "Dropout":
      return makeModule(machine, site, {
        ...base,
        type: "dropout",
        drop: numberOf(args.positional[0] ?? args.named.get("rate")),
      });
    case "Sequential": {
      const walked =
        nnx && args.positional.length !== 1
          ? { items: args.positional, rest: null }
          : machine.iterate(args.positional[0] ?? args.named.get("layers") ?? UNKNOWN);
      const content = listOf(machine, walked.items, walked.rest);
      const module = makeModule(machine, site, { ...base, type: "container", detail: "sequential", content });
      holdPart(machine, module, content);
      return module;
    }
    case "PReLU":
      return makeModule(machine, site, { ...base, type: "activation", activation: "leaky_relu_0.01" });
    default:
      return /Attention$/.test(name)
        ? makeModule(machine, site, { ...base, type: "attention", detail: "attention" })
        : undefined;
  }
}

/** Its kernel is drawn as it stands, unlike DenseGeneral's, which is drawn flat. */
function einsumModule(machine: Machine, path: string, args: CallArguments, site: CallExpression): ModuleValue {
  const nnx = path.startsWith("flax.nnx");
  const bound = new Bound(args, signature(nnx ? "einsum_str kernel_shape bias_shape" : "shape einsum_str use_bias"));
  const { law, draw } = drawOf(bound.get("kernel_init"), "lecun_normal", site, "kernel_init");
  const letters = equationOf(textOf(bound.get("einsum_str") ?? UNKNOWN));
  const shape = bound.get(nnx ? "kernel_shape" : "shape");
  const sizes = shape?.kind === "list" && shape.rest === null ? shape.items : [];
  const known = letters !== null && letters.weight.length === sizes.length && draw !== null;
  const axes = known
    ? [...letters.weight].map((letter, axis) => ({ size: quantityOf(sizes[axis]), role: roleOf(letter, letters) }))
    : [];
  return makeModule(machine, site, {
    type: "einsum",
    framework: "flax",
    path,
    parameters: parameterMap(makeParameter(machine, "kernel", law)),
    miscounted: known ? [{ ...kernel("kernel", () => axes), draw }] : [],
  });
}

function defaultEmbedding(features: Quantity | null) {
  return {
    family: "normal",
    variance: over(exactly(1), features),
    mean: exactly(0),
    call: null,
    label: "the layer's default",
    mode: null,
    gain: null,
  } as const;
}

const RESHAPES =
  /^(?:reshape|transpose|squeeze|expand_dims|asarray|astype|ravel|flatten|swapaxes|moveaxis|pad|split|stop_gradient|broadcast_to|tile|repeat)$/;

function jaxFunction(machine: Machine, name: string, args: CallArguments, site: CallExpression): Value | undefined {
  const signals = args.positional.flatMap((value) =>
    value.kind === "signal" ? [value] : value.kind === "list" ? value.items.filter((one) => one.kind === "signal") : [],
  );
  const [first] = signals;
  if (first === undefined) return undefined;
  const { features } = first.node;
  const activation = activationNamed(
    name,
    new Bound(args, signature(name === "gelu" ? "x approximate" : "x negative_slope")),
    FLAX_ACTIVATIONS,
  );
  if (activation !== null) return machine.signal({ kind: "activation", name: activation }, [first], site, features);
  if (RESHAPES.test(name)) return machine.signal({ kind: "pass", what: name }, [first], site, null);
  if (/_pool$/.test(name) || name === "mean" || name === "max")
    return machine.signal({ kind: "pass", what: "pool" }, [first], site, name.endsWith("_pool") ? features : null);
  if (name === "softmax" || name === "log_softmax") return machine.signal({ kind: "softmax" }, [first], site, features);
  if (name === "concatenate" || name === "stack" || name === "hstack")
    return machine.signal({ kind: "concat" }, signals, site, null);
  if (signals.length > 1 && (name === "matmul" || name === "einsum" || name === "dot"))
    return machine.signal({ kind: "matmul" }, signals, site, null);
  if (signals.length > 1 && (name === "add" || name === "multiply"))
    return machine.signal({ kind: name === "add" ? "add" : "product" }, signals, site, features);
  return machine.signal({ kind: "unknown", what: name }, signals, site, null);
}
