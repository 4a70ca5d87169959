import { Bound, signature } from "../../interpret/arguments.ts";
import type { Machine } from "../../interpret/machine.ts";
import { holdPart } from "../../interpret/parts.ts";
import type { CallExpression } from "../../syntax/types.ts";
import { numberOf, quantityOf, truthOf } from "../../values/quantities.ts";
import { exactly, knownNumber, over, type Quantity, times } from "../../values/quantity.ts";
import {
  type CallArguments,
  type Fans,
  type Law,
  type ModuleValue,
  NONE,
  type ParameterValue,
  UNKNOWN,
  type Value,
} from "../../values/types.ts";
import { activationNamed, UNKNOWN_ACTIVATION } from "../_shared/activations.ts";
import { listOf, makeModule, makeParameter, parameterMap, tapsOf, zeroMean } from "../_shared/make.ts";

export const TORCH_ACTIVATIONS = { leakySlope: 0.01, tanhGelu: false, preluSlope: 0.25 };

const DEFAULT = "PyTorch's default";

/** kaiming_uniform_(a=√5), which is U(±1/√fan_in): a third of what a linear network needs. */
function defaultWeight(fanIn: Quantity | null): Law {
  return zeroMean("uniform", over(exactly(1 / 3), fanIn), `${DEFAULT}, kaiming_uniform_(a=√5)`);
}

/** A bias unless it is switched off; where that cannot be told, one whose law is unknown. */
function biasOf(machine: Machine, given: Value | undefined, law: Law, initially = true): ParameterValue | null {
  const truth = given === undefined ? initially : truthOf(given);
  if (truth === false) return null;
  return makeParameter(
    machine,
    "bias",
    truth === null ? { ...law, family: "unknown", variance: null, label: "perhaps no bias" } : law,
    { dimensions: 1 },
  );
}

type Builder = (machine: Machine, path: string, args: CallArguments, site: CallExpression) => ModuleValue;

const linear: Builder = (machine, path, args, site) => {
  const lazy = path.includes("Lazy");
  const bound = new Bound(args, signature(lazy ? "out_features bias" : "in_features out_features bias"));
  const inputs = lazy ? null : quantityOf(bound.get("in_features"));
  const outputs = quantityOf(bound.get("out_features"));
  return withWeight(
    machine,
    path,
    site,
    { type: "linear", inputs, outputs, taps: exactly(1), groups: exactly(1) },
    { fanIn: inputs, fanOut: outputs },
    [outputs, inputs],
    bound.get("bias"),
  );
};

const conv: Builder = (machine, path, args, site) => {
  const lazy = path.includes("Lazy");
  const dimensions = Number(/(\d)d$/.exec(path)?.[1] ?? 2);
  const transposed = path.includes("Transpose");
  const tail = transposed ? "stride padding output_padding groups bias" : "stride padding dilation groups bias";
  const bound = new Bound(args, signature(`${lazy ? "" : "in_channels "}out_channels kernel_size ${tail}`));
  const inputs = lazy ? null : quantityOf(bound.get("in_channels"));
  const outputs = quantityOf(bound.get("out_channels"));
  const groups = bound.get("groups") === undefined ? exactly(1) : quantityOf(bound.get("groups"));
  const taps = tapsOf(bound.get("kernel_size"), dimensions);
  const stride = bound.get("stride") === undefined ? exactly(1) : tapsOf(bound.get("stride"), dimensions);
  const facts = {
    type: transposed ? "conv-transpose" : "conv",
    inputs,
    outputs,
    groups,
    taps: transposed ? over(taps, stride) : taps,
  } as const;
  // _calculate_fan_in_and_fan_out takes size(1) for the inputs and size(0) for the outputs, whatever the layer does with them.
  const fans = transposed
    ? { fanIn: times(over(outputs, groups), taps), fanOut: times(inputs, taps) }
    : { fanIn: times(over(inputs, groups), taps), fanOut: times(outputs, taps) };
  return withWeight(
    machine,
    path,
    site,
    facts,
    fans,
    Array.from({ length: dimensions + 2 }, () => null),
    bound.get("bias"),
  );
};

function withWeight(
  machine: Machine,
  path: string,
  site: CallExpression,
  facts: Pick<ModuleValue, "type" | "inputs" | "outputs" | "taps" | "groups"> & Partial<ModuleValue>,
  fans: Fans,
  shape: readonly (Quantity | null)[],
  bias: Value | undefined,
): ModuleValue {
  const weight = makeParameter(machine, "weight", defaultWeight(fans.fanIn), { shape, fans });
  const biases = biasOf(
    machine,
    bias,
    zeroMean("uniform", over(exactly(1 / 3), fans.fanIn), `${DEFAULT}, U(±1/√fan_in)`),
  );
  return makeModule(machine, site, { framework: "torch", path, parameters: parameterMap(weight, biases), ...facts });
}

const bilinear: Builder = (machine, path, args, site) => {
  const bound = new Bound(args, signature("in1_features in2_features out_features bias"));
  const inputs = quantityOf(bound.get("in1_features"));
  return withWeight(
    machine,
    path,
    site,
    { type: "bilinear", inputs: null, outputs: quantityOf(bound.get("out_features")), taps: null, groups: null },
    { fanIn: inputs, fanOut: null },
    [null, null, null],
    bound.get("bias"),
  );
};

const embedding: Builder = (machine, path, args, site) => {
  const bound = new Bound(args, signature("num_embeddings embedding_dim padding_idx"));
  const [inputs, outputs] = [quantityOf(bound.get("num_embeddings")), quantityOf(bound.get("embedding_dim"))];
  const weight = makeParameter(machine, "weight", zeroMean("normal", exactly(1), `${DEFAULT}, N(0, 1)`), {
    shape: [inputs, outputs],
    fans: { fanIn: outputs, fanOut: inputs },
  });
  return makeModule(machine, site, {
    type: "embedding",
    framework: "torch",
    path,
    inputs,
    outputs,
    parameters: parameterMap(weight),
    attributes: new Map([["padding_idx", bound.get("padding_idx") ?? NONE]]),
  });
};

const recurrent: Builder = (machine, path, args, site) => {
  const cell = path.endsWith("Cell");
  const bound = new Bound(
    args,
    signature(
      cell ? "input_size hidden_size bias" : "input_size hidden_size num_layers bias batch_first dropout bidirectional",
    ),
  );
  const [inputs, outputs] = [quantityOf(bound.get("input_size")), quantityOf(bound.get("hidden_size"))];
  const law = zeroMean("uniform", over(exactly(1 / 3), outputs), `${DEFAULT}, U(±1/√hidden)`);
  const layers = knownNumber(quantityOf(bound.get("num_layers") ?? { kind: "number", value: exactly(1) })) ?? 1;
  const biased = bound.get("bias") === undefined || truthOf(bound.get("bias") ?? UNKNOWN) !== false;
  const parameters: ParameterValue[] = [];
  for (let layer = 0; layer < Math.min(layers, 8); layer++) {
    const end = cell ? "" : `_l${layer}`;
    for (const name of ["weight_ih", "weight_hh", ...(biased ? ["bias_ih", "bias_hh"] : [])])
      parameters.push(
        makeParameter(machine, `${name}${end}`, law, {
          dimensions: name.startsWith("weight") ? 2 : 1,
          fans: { fanIn: name === "weight_ih" && layer === 0 ? inputs : outputs, fanOut: null },
        }),
      );
  }
  const kind = path.includes("LSTM") ? "lstm" : path.includes("GRU") ? "gru" : "rnn";
  const both = truthOf(bound.get("bidirectional") ?? { kind: "bool", value: false }) === true;
  return makeModule(machine, site, {
    type: "recurrent",
    framework: "torch",
    path,
    inputs,
    outputs: both ? times(outputs, exactly(2)) : outputs,
    detail: kind,
    parameters: parameterMap(...parameters),
  });
};

const attention: Builder = (machine, path, args, site) => {
  const bound = new Bound(args, signature("embed_dim num_heads dropout bias"));
  const width = quantityOf(bound.get("embed_dim"));
  const fused = { fanIn: width, fanOut: times(exactly(3), width) };
  const input = makeParameter(
    machine,
    "in_proj_weight",
    { ...zeroMean("uniform", over(exactly(0.5), width), `${DEFAULT}, xavier_uniform_ on the fused (3E, E)`) },
    { dimensions: 2, fans: fused },
  );
  const inputBias = makeParameter(machine, "in_proj_bias", zeroMean("constant", exactly(0), "zeros"), {
    dimensions: 1,
  });
  const output = withWeight(
    machine,
    "torch.nn.Linear",
    site,
    { type: "linear", inputs: width, outputs: width, taps: exactly(1), groups: exactly(1) },
    { fanIn: width, fanOut: width },
    [width, width],
    bound.get("bias"),
  );
  const outputBias = output.parameters.get("bias");
  if (outputBias !== undefined) outputBias.law = zeroMean("constant", exactly(0), "zeros");
  const module = makeModule(machine, site, {
    type: "attention",
    framework: "torch",
    path,
    inputs: width,
    outputs: width,
    parameters: parameterMap(input, inputBias),
    attributes: new Map([["out_proj", output]]),
  });
  holdPart(machine, module, output);
  return module;
};

function norm(centred: boolean, batch: boolean, featureName: string): Builder {
  return (machine, path, args, site) => {
    const bound = new Bound(args, signature(`${featureName} eps`));
    const parameters = parameterMap(
      makeParameter(
        machine,
        "weight",
        { ...zeroMean("constant", exactly(0), "ones"), mean: exactly(1) },
        { dimensions: 1, norm: true },
      ),
      makeParameter(machine, "bias", zeroMean("constant", exactly(0), "zeros"), { dimensions: 1, norm: true }),
    );
    return makeModule(machine, site, {
      type: "norm",
      framework: "torch",
      path,
      norm: { centred, batch, features: quantityOf(bound.get(featureName)) },
      parameters,
    });
  };
}

const dropout: Builder = (machine, path, args, site) => {
  const given = new Bound(args, signature("p inplace")).get("p");
  return makeModule(machine, site, {
    type: "dropout",
    framework: "torch",
    path,
    drop: given === undefined ? 0.5 : numberOf(given),
    alphaDropout: path.includes("Alpha"),
  });
};

function simple(type: ModuleValue["type"], detail = ""): Builder {
  return (machine, path, _args, site) => makeModule(machine, site, { type, framework: "torch", path, detail });
}

const sequential: Builder = (machine, path, args, site) => {
  const [first] = args.positional;
  const spread = args.positional.find((one) => one.kind === "list" && one.loops === -1);
  const content =
    first?.kind === "dict"
      ? listOf(machine, [...first.entries.values()], first.open ? { value: UNKNOWN, count: null } : null)
      : spread?.kind === "list"
        ? listOf(machine, args.positional.slice(0, args.positional.indexOf(spread)), spread.rest)
        : listOf(machine, args.positional, args.open ? { value: UNKNOWN, count: null } : null);
  return container(machine, path, site, content, "sequential");
};

const moduleList: Builder = (machine, path, args, site) => {
  const walked = args.positional[0] === undefined ? { items: [], rest: null } : machine.iterate(args.positional[0]);
  return container(machine, path, site, listOf(machine, walked.items, walked.rest), "list");
};

const moduleDict: Builder = (machine, path, args, site) => {
  const [first] = args.positional;
  const content =
    first?.kind === "dict"
      ? { ...first, entries: new Map(first.entries) }
      : ({ kind: "dict", entries: new Map<string, Value>(), open: first !== undefined } as const);
  const module = makeModule(machine, site, { type: "container", framework: "torch", path, detail: "dict", content });
  for (const value of content.entries.values()) holdPart(machine, module, value);
  return module;
};

function container(
  machine: Machine,
  path: string,
  site: CallExpression,
  content: ReturnType<typeof listOf>,
  detail: string,
): ModuleValue {
  const module = makeModule(machine, site, { type: "container", framework: "torch", path, detail, content });
  holdPart(machine, module, content);
  return module;
}

const BUILDERS: readonly (readonly [RegExp, Builder])[] = [
  [/^(?:Lazy)?Linear$|^NonDynamicallyQuantizableLinear$/, linear],
  [/^(?:Lazy)?Conv(?:Transpose)?[123]d$/, conv],
  [/^Bilinear$/, bilinear],
  [/^Embedding(?:Bag)?$/, embedding],
  [/^(?:LSTM|GRU|RNN)(?:Cell)?$/, recurrent],
  [/^MultiheadAttention$/, attention],
  [/^(?:Lazy|Sync)?BatchNorm(?:[123]d)?$/, norm(true, true, "num_features")],
  [/^(?:Lazy)?InstanceNorm[123]d$/, norm(true, false, "num_features")],
  [/^LayerNorm$/, norm(true, false, "normalized_shape")],
  [/^GroupNorm$/, norm(true, false, "num_groups")],
  [/^RMSNorm$/, norm(false, false, "normalized_shape")],
  [/^LocalResponseNorm$/, norm(false, false, "size")],
  [/Dropout(?:[123]d)?$/, dropout],
  [/^Sequential$/, sequential],
  [/^ModuleList$|^ParameterList$/, moduleList],
  [/^ModuleDict$|^ParameterDict$/, moduleDict],
  [/^Identity$/, simple("pass", "identity")],
  [
    /^(?:Flatten|Unflatten|ZeroPad|ReflectionPad|ReplicationPad|ConstantPad|CircularPad|PixelShuffle|PixelUnshuffle|Upsample|UpsamplingNearest|UpsamplingBilinear|ChannelShuffle|Fold|Unfold)/,
    simple("pass", "reshape"),
  ],
  [/Pool(?:[123]d)?$/, simple("pool", "pool")],
  [/^Softmax|^LogSoftmax|^Softmin/, simple("other", "softmax")],
  [/^Transformer/, simple("block", "transformer")],
  [/Loss$/, simple("other", "loss")],
];

/** Of names that were asked for: a source makes ten thousand modules of twenty kinds. */
const builders = new Map<string, Builder | null>();
const MOST_NAMES = 1_000;

function builderOf(name: string): Builder | null {
  const known = builders.get(name);
  if (known !== undefined) return known;
  const found = BUILDERS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
  if (builders.size >= MOST_NAMES) builders.clear();
  builders.set(name, found);
  return found;
}

/** A class of torch.nn that is called; undefined for none that is known. */
export function torchModule(
  machine: Machine,
  path: string,
  args: CallArguments,
  site: CallExpression,
): ModuleValue | undefined {
  const name = path.split(".").at(-1) ?? "";
  const builder = builderOf(name);
  if (builder !== null) return builder(machine, path, args, site);
  if (!/^[A-Z]/.test(name)) return undefined;
  const bound = new Bound(args, signature(ACTIVATION_SIGNATURES[name] ?? "inplace"));
  const activation = activationNamed(name, bound, TORCH_ACTIVATIONS);
  if (activation === null && !/^(?:Threshold|RReLU|GLU|Hardshrink|Softshrink|Tanhshrink)$/.test(name)) return undefined;
  return makeModule(machine, site, {
    type: "activation",
    framework: "torch",
    path,
    activation: activation ?? UNKNOWN_ACTIVATION,
  });
}

const ACTIVATION_SIGNATURES: Readonly<Record<string, string>> = {
  LeakyReLU: "negative_slope inplace",
  ELU: "alpha inplace",
  CELU: "alpha inplace",
  Hardtanh: "min_val max_val",
  PReLU: "num_parameters init",
  GELU: "approximate",
};
