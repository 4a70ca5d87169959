import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import { holdPart } from "../../interpret/parts.ts";
import type { CallExpression } from "../../syntax/types.ts";
import { numberOf, quantityOf, truthOf } from "../../values/quantities.ts";
import { exactly, over, type Quantity, times } from "../../values/quantity.ts";
import { type CallArguments, type ModuleValue, UNKNOWN, type Value } from "../../values/types.ts";
import { activationNamed, UNKNOWN_ACTIVATION } from "../_shared/activations.ts";
import { listOf, makeModule, makeParameter, parameterMap, tapsOf, withName } from "../_shared/make.ts";
import { transposedDraw } from "../_shared/varianceScaling.ts";
import { einsumKernels, kerasAttention } from "./einsumKernels.ts";
import { drawOf } from "./initializers.ts";

export const KERAS_ACTIVATIONS = { leakySlope: 0.2, tanhGelu: false, preluSlope: 0 };

type Builder = (machine: Machine, path: string, args: CallArguments, site: CallExpression) => ModuleValue;

/** What `activation=` is: a name, a function, a layer. Null for none. */
function activationOf(value: Value | undefined): string | null {
  if (value === undefined || value.kind === "none") return null;
  const name =
    value.kind === "string"
      ? value.value
      : value.kind === "external"
        ? (value.path.split(".").at(-1) ?? "")
        : value.kind === "function"
          ? value.name
          : null;
  if (name !== null)
    return activationNamed(name, null, KERAS_ACTIVATIONS) ?? (name === "softmax" ? "softmax" : UNKNOWN_ACTIVATION);
  return value.kind === "module" && value.type === "activation" ? value.activation : UNKNOWN_ACTIVATION;
}

function kernelLayer(type: ModuleValue["type"], signatureText: string, size: string): Builder {
  return (machine, path, args, site) => {
    const bound = new Bound(args, signature(signatureText));
    const dimensions = Number(/(\d)D/.exec(path)?.[1] ?? 2);
    const outputs = quantityOf(bound.get(size));
    const taps = type === "linear" || type === "einsum" ? exactly(1) : tapsOf(bound.get("kernel_size"), dimensions);
    const groups = bound.get("groups") === undefined ? exactly(1) : quantityOf(bound.get("groups"));
    const kernel = drawOf(bound.get("kernel_initializer"), "glorot_uniform", site, "kernel_initializer");
    if (type !== "conv-transpose")
      return kernelModule(
        machine,
        path,
        site,
        bound,
        {
          type,
          outputs,
          taps,
          groups,
          ...(type === "einsum" ? { miscounted: einsumKernels(machine, bound, kernel.draw) } : {}),
        },
        kernel,
      );
    const strides = bound.get("strides");
    const stride = strides === undefined ? exactly(1) : tapsOf(strides, dimensions);
    return kernelModule(
      machine,
      path,
      site,
      bound,
      { type, outputs, taps: over(taps, stride), groups },
      // The kernel is stored (…, out, in), and compute_fans takes the last but one for the inputs.
      { law: kernel.law, draw: transposedDraw(kernel.draw, stride, true) },
    );
  };
}

function kernelModule(
  machine: Machine,
  path: string,
  site: CallExpression,
  bound: Bound,
  facts: Pick<ModuleValue, "type"> & Partial<ModuleValue>,
  kernel: ReturnType<typeof drawOf>,
): ModuleValue {
  const bias = drawOf(bound.get("bias_initializer"), "zeros", site, "bias_initializer");
  const biased = truthOf(bound.get("use_bias") ?? { kind: "bool", value: true });
  const weight = makeParameter(machine, "kernel", kernel.law, { dimensions: 2, draw: kernel.draw });
  const biases = biased === false ? null : makeParameter(machine, "bias", bias.law, { dimensions: 1 });
  return makeModule(machine, site, {
    framework: "keras",
    path,
    inputs: inputShape(bound),
    activation: activationOf(bound.get("activation")),
    parameters: parameterMap(weight, biases),
    ...facts,
  });
}

/** `input_dim=784`, `input_shape=(784,)`: what the first layer of a Sequential may be told. */
function inputShape(bound: Bound): Quantity | null {
  const direct = quantityOf(bound.get("input_dim"));
  const shape = bound.get("input_shape");
  return direct ?? (shape?.kind === "list" ? quantityOf(shape.items.at(-1)) : null);
}

const embedding: Builder = (machine, path, args, site) => {
  const bound = new Bound(args, signature("input_dim output_dim embeddings_initializer"));
  const { law, draw } = drawOf(bound.get("embeddings_initializer"), "uniform", site, "embeddings_initializer");
  const weight = makeParameter(machine, "embeddings", law, { dimensions: 2, draw });
  return makeModule(machine, site, {
    type: "embedding",
    framework: "keras",
    path,
    inputs: quantityOf(bound.get("input_dim")),
    outputs: quantityOf(bound.get("output_dim")),
    parameters: parameterMap(weight),
  });
};

const recurrent: Builder = (machine, path, args, site) => {
  const bound = new Bound(args, signature("units activation recurrent_activation"));
  const kernel = drawOf(bound.get("kernel_initializer"), "glorot_uniform", site, "kernel_initializer");
  const inner = drawOf(bound.get("recurrent_initializer"), "orthogonal", site, "recurrent_initializer");
  const kind = path.includes("LSTM") ? "lstm" : path.includes("GRU") ? "gru" : "rnn";
  const units = quantityOf(bound.get("units"));
  // The gates lie side by side in one matrix: of an orthogonal h × 4h the rows are orthonormal, and each gate has σ_w² = 1/4.
  const gates = { lstm: 4, gru: 3, rnn: 1 }[kind];
  const innerLaw = inner.draw?.({ fanIn: units, fanOut: times(exactly(gates), units) }) ?? inner.law;
  const forget =
    truthOf(bound.get("unit_forget_bias") ?? { kind: "bool", value: true }) === false ? "-forget-bias" : "";
  const parameters = parameterMap(
    makeParameter(machine, "kernel", kernel.law, { dimensions: 2 }),
    makeParameter(machine, "recurrent_kernel", innerLaw, { dimensions: 2 }),
  );
  return makeModule(machine, site, {
    type: "recurrent",
    framework: "keras",
    path,
    outputs: units,
    detail: `${kind}${forget}`,
    parameters,
  });
};

function norm(centred: boolean, batch: boolean): Builder {
  return (machine, path, args, site) => {
    const bound = new Bound(args, signature("axis"));
    return makeModule(machine, site, {
      type: "norm",
      framework: "keras",
      path,
      norm: { centred, batch, features: null },
      parameters: parameterMap(
        makeParameter(machine, "gamma", drawOf(bound.get("gamma_initializer"), "ones", site, "gamma_initializer").law, {
          dimensions: 1,
          norm: true,
        }),
        centred && truthOf(bound.get("center") ?? { kind: "bool", value: true }) !== false
          ? makeParameter(
              machine,
              "beta",
              drawOf(bound.get("beta_initializer"), "zeros", site, "beta_initializer").law,
              {
                dimensions: 1,
                norm: true,
              },
            )
          : null,
      ),
    });
  };
}

const dropout: Builder = (machine, path, args, site) =>
  makeModule(machine, site, {
    type: "dropout",
    framework: "keras",
    path,
    drop: numberOf(new Bound(args, signature("rate")).get("rate")),
    alphaDropout: path.includes("Alpha"),
  });

const activation: Builder = (machine, path, args, site) => {
  const name = path.split(".").at(-1) ?? "";
  if (name === "Activation")
    return makeModule(machine, site, {
      type: "activation",
      framework: "keras",
      path,
      activation: activationOf(args.positional[0] ?? args.named.get("activation") ?? UNKNOWN),
    });
  const bound = new Bound(
    args,
    signature(
      name === "LeakyReLU"
        ? "negative_slope"
        : name === "ELU"
          ? "alpha"
          : name === "ReLU"
            ? "max_value negative_slope threshold"
            : "x",
    ),
  );
  return makeModule(machine, site, {
    type: "activation",
    framework: "keras",
    path,
    activation: activationNamed(name, bound, KERAS_ACTIVATIONS) ?? UNKNOWN_ACTIVATION,
  });
};

const sequential: Builder = (machine, path, args, site) => {
  const given = args.positional[0] ?? args.named.get("layers");
  const walked = given === undefined || given.kind === "none" ? { items: [], rest: null } : machine.iterate(given);
  const content = listOf(machine, walked.items, walked.rest);
  const module = makeModule(machine, site, {
    type: "container",
    framework: "keras",
    path,
    detail: "sequential",
    content,
  });
  holdPart(machine, module, content);
  return module;
};

function simple(type: ModuleValue["type"], detail: string): Builder {
  return (machine, path, _args, site) => makeModule(machine, site, { type, framework: "keras", path, detail });
}

const BUILDERS: readonly (readonly [RegExp, Builder])[] = [
  [/^Dense$/, kernelLayer("linear", "units activation use_bias kernel_initializer bias_initializer", "units")],
  [/^Conv[123]D$|^Convolution[123]D$/, kernelLayer("conv", "filters kernel_size strides padding", "filters")],
  [/^Conv[123]DTranspose$/, kernelLayer("conv-transpose", "filters kernel_size strides padding", "filters")],
  [/^EinsumDense$/, kernelLayer("einsum", "equation output_shape activation", "units")],
  [/^DepthwiseConv[12]D$|^SeparableConv[12]D$/, simple("other", "depthwise")],
  [/^Embedding$/, embedding],
  [/^(?:LSTM|GRU|SimpleRNN)(?:Cell)?$/, recurrent],
  [
    /^BatchNormalization$|^LayerNormalization$|^GroupNormalization$|^SyncBatchNormalization$/,
    (machine, path, args, site) => norm(true, path.includes("Batch"))(machine, path, args, site),
  ],
  [/^UnitNormalization$|^RMSNormalization$/, norm(false, false)],
  [/Dropout(?:[123]D)?$/, dropout],
  [/^(?:Activation|ReLU|LeakyReLU|PReLU|ELU)$/, activation],
  [/^Softmax$/, simple("other", "softmax")],
  [
    /^(?:Flatten|Reshape|Permute|RepeatVector|ZeroPadding\dD|Cropping\dD|UpSampling\dD|InputLayer|Masking|Identity)$/,
    simple("pass", "reshape"),
  ],
  [/Pooling[123]D$/, simple("pool", "pool")],
  [/^Add$|^Subtract$|^Average$/, simple("join", "add")],
  [/^Concatenate$/, simple("join", "concat")],
  [/^Multiply$/, simple("join", "product")],
  [/^Dot$/, simple("join", "matmul")],
  [/^(?:MultiHeadAttention|GroupQueryAttention)$/, kerasAttention],
  [/^(?:Attention|AdditiveAttention)$/, simple("attention", "attention")],
  [/^Sequential$/, sequential],
  [/^(?:Rescaling|Normalization|Resizing|Random\w+)$/, simple("pass", "preprocessing")],
  [/^(?:Lambda|TimeDistributed|Bidirectional|Wrapper)$/, simple("other", "wrapper")],
];

export function kerasLayer(
  machine: Machine,
  path: string,
  args: CallArguments,
  site: CallExpression,
): ModuleValue | undefined {
  const name = path.split(".").at(-1) ?? "";
  return withName(
    BUILDERS.find(([pattern]) => pattern.test(name))?.[1](machine, path, args, site),
    args.named.get("name"),
  );
}
