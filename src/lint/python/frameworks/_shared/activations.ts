import type { Bound } from "../../interpret/arguments.ts";
import { numberOf, textOf } from "../../values/quantities.ts";

/** An activation that the theory has no moments of, or whose parameter cannot be told. */
export const UNKNOWN_ACTIVATION = "unknown";

/** Names in all frameworks, lower case without underscores, and what the mean-field engine calls them. */
const PLAIN: Readonly<Record<string, string>> = {
  relu: "relu",
  relu6: "relu6",
  tanh: "tanh",
  sigmoid: "sigmoid",
  silu: "silu",
  swish: "silu",
  mish: "mish",
  selu: "selu",
  softsign: "softsign",
  softplus: "softplus",
  logsigmoid: "log_sigmoid",
  hardswish: "hard_swish",
  hardsilu: "hard_swish",
  hardsigmoid: "hard_sigmoid",
  hardtanh: "hardtanh",
  erf: "erf",
  sin: "sin",
  linear: "linear",
  identity: "linear",
  quickgelu: "quick_gelu",
};

/** Activations with a parameter: its names by framework, and the frameworks' defaults where they differ. */
const WITH_PARAMETER: Readonly<
  Record<string, { readonly names: readonly string[]; readonly prefix: string; readonly initial: number }>
> = {
  leakyrelu: { names: ["negative_slope", "alpha"], prefix: "leaky_relu_", initial: 0.01 },
  elu: { names: ["alpha"], prefix: "elu_", initial: 1 },
  celu: { names: ["alpha"], prefix: "celu_", initial: 1 },
  prelu: { names: ["init", "negative_slope_init"], prefix: "leaky_relu_", initial: 0.25 },
};

export interface ActivationDefaults {
  readonly leakySlope: number;
  /** Keras' and PyTorch's gelu is exact unless told; JAX's is the tanh form unless told. */
  readonly tanhGelu: boolean;
  /** PReLU's slope at the start. */
  readonly preluSlope: number;
}

export function plainName(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Null if the name is no activation. */
export function activationNamed(name: string, bound: Bound | null, defaults: ActivationDefaults): string | null {
  const plain = plainName(name).replace(/\d+d$/, "");
  if (plain === "gelu") {
    const approximate = bound?.get("approximate");
    const tanh =
      approximate === undefined
        ? defaults.tanhGelu
        : approximate.kind === "bool"
          ? approximate.value
          : textOf(approximate) === "tanh";
    return tanh ? "gelu_tanh" : "gelu";
  }
  if (
    plain === "newgelu" ||
    plain === "gelunew" ||
    plain === "gelupytorchtanh" ||
    plain === "approxgelu" ||
    plain === "gelutanh"
  )
    return "gelu_tanh";
  const parametric = WITH_PARAMETER[plain];
  if (parametric !== undefined) return withParameter(plain, parametric, bound, defaults);
  if (!Object.hasOwn(PLAIN, plain)) return null;
  if (plain === "hardtanh" && (isOther(bound, "min_val", -1) || isOther(bound, "max_val", 1)))
    return UNKNOWN_ACTIVATION;
  if (plain === "relu" && (bound?.get("max_value") !== undefined || bound?.get("threshold") !== undefined))
    return UNKNOWN_ACTIVATION;
  if (plain === "relu" && bound?.get("negative_slope") !== undefined) return slopeOf(bound, "negative_slope");
  return PLAIN[plain] ?? null;
}

function withParameter(
  plain: string,
  { names, prefix, initial }: (typeof WITH_PARAMETER)[string],
  bound: Bound | null,
  defaults: ActivationDefaults,
): string {
  const given = names.map((name) => bound?.get(name)).find((value) => value !== undefined);
  const start = plain === "leakyrelu" ? defaults.leakySlope : plain === "prelu" ? defaults.preluSlope : initial;
  const value = given === undefined ? start : numberOf(given);
  if (value === null) return UNKNOWN_ACTIVATION;
  if (prefix === "leaky_relu_" && value === 0) return "relu";
  return prefix !== "leaky_relu_" && value === 1 ? prefix.slice(0, -1) : `${prefix}${value}`;
}

function slopeOf(bound: Bound, name: string): string {
  const value = numberOf(bound.get(name));
  return value === null ? UNKNOWN_ACTIVATION : value === 0 ? "relu" : `leaky_relu_${value}`;
}

function isOther(bound: Bound | null, name: string, usual: number): boolean {
  const given = bound?.get(name);
  return given !== undefined && numberOf(given) !== usual;
}
