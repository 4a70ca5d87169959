import { Bound, signature } from "../../interpret/arguments.ts";
import type { InitializerCall, Machine } from "../../interpret/machine.ts";
import { constantLaw, setLaw, unknownLaw } from "../../interpret/parts.ts";
import type { CallExpression, Expression } from "../../syntax/types.ts";
import { numberOf, quantityOf, textOf } from "../../values/quantities.ts";
import { exactly, knownNumber, over, plus, type Quantity, raised, times } from "../../values/quantity.ts";
import { type CallArguments, type Fans, type Law, NONE, type ParameterValue, type Value } from "../../values/types.ts";
import { uniformLaw } from "../_shared/varianceScaling.ts";

/** torch.nn.init, its functions by name with the signature of those of PyTorch 2. timm's and others' trunc_normal_ take the same arguments. */
export const INITIALIZERS: Readonly<Record<string, string>> = {
  uniform_: "tensor a b",
  normal_: "tensor mean std",
  trunc_normal_: "tensor mean std a b",
  constant_: "tensor val",
  ones_: "tensor",
  zeros_: "tensor",
  eye_: "tensor",
  dirac_: "tensor groups",
  xavier_uniform_: "tensor gain",
  xavier_normal_: "tensor gain",
  kaiming_uniform_: "tensor a mode nonlinearity",
  kaiming_normal_: "tensor a mode nonlinearity",
  orthogonal_: "tensor gain",
  sparse_: "tensor sparsity std",
  lecun_normal_: "tensor",
  trunc_normal_tf_: "tensor mean std a b",
};

const initializers = new Map<string, string | null>();
/** Paths whose answer is kept. */
const MOST_PATHS = 4_096;

/** The old names without the trailing underscore do the same. */
export function initializerName(path: string): string | null {
  const known = initializers.get(path);
  if (known !== undefined) return known;
  const found = nameAmongInitializers(path);
  if (initializers.size >= MOST_PATHS) initializers.clear();
  initializers.set(path, found);
  return found;
}

function nameAmongInitializers(path: string): string | null {
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (path.startsWith("torch.nn.init.") && Object.hasOwn(INITIALIZERS, `${name}_`)) return `${name}_`;
  return Object.hasOwn(INITIALIZERS, name) &&
    (/(?:^|\.)init(?:ialization)?\.\w+_$/.test(path) ||
      /trunc_normal|lecun_normal|xavier|kaiming|orthogonal/.test(name))
    ? name
    : null;
}

export function callInitializer(machine: Machine, name: string, args: CallArguments, site: CallExpression): Value {
  const bound = new Bound(args, signature(INITIALIZERS[name] ?? "tensor"));
  const target = bound.get("tensor");
  const parameter = target?.kind === "parameter" ? target : null;
  const law = torchLaw(name, bound, parameter?.fans ?? null, site);
  record(machine, name, args, site, law, parameter, nameOfTarget(site.args[0]?.value));
  if (parameter !== null) setLaw(machine, parameter, law);
  return target ?? NONE;
}

function record(
  machine: Machine,
  name: string,
  args: CallArguments,
  call: CallExpression,
  law: Law,
  parameter: ParameterValue | null,
  target: string | null,
): void {
  machine.calls.push({
    framework: "torch",
    name,
    call,
    args,
    law,
    parameter,
    target: parameter?.name ?? target,
    module: parameter === null ? null : parameter.owner,
    ...lost(parameter),
  });
}

/**
 * weight_norm keeps the length and the direction that it computes the weight from under other names, and so does spectral_norm as a parametrization. The old
 * spectral_norm hands out the storage of its original: what is written there before the first call stays. All four run once, in PyTorch 2.
 */
function lost(parameter: ParameterValue | null): Pick<InitializerCall, "lost"> {
  const owner = parameter?.owner;
  if (parameter?.name !== "weight" || owner?.kind !== "module") return {};
  const { wrapped } = owner;
  if (wrapped === "weight-norm") return { lost: wrapped };
  return wrapped === "spectral-norm" && owner.attributes.has("parametrizations") ? { lost: wrapped } : {};
}

/** "weight" of `m.weight`, `m.weight.data`; else the last name that is written. */
function nameOfTarget(expression: Expression | undefined): string | null {
  if (expression?.type === "attribute")
    return expression.name === "data" ? nameOfTarget(expression.object) : expression.name;
  return expression?.type === "name" ? expression.name : null;
}

function torchLaw(name: string, bound: Bound, fans: Fans | null, call: CallExpression): Law {
  const number = (argument: string, initial: number): Quantity | null =>
    bound.get(argument) === undefined ? exactly(initial) : quantityOf(bound.get(argument));
  const law = (family: Law["family"], variance: Quantity | null, more: Partial<Law> = {}): Law => ({
    family,
    variance,
    mean: exactly(0),
    call,
    label: name,
    mode: null,
    gain: null,
    ...more,
  });
  switch (name) {
    case "uniform_":
      return uniformLaw(number("a", 0), number("b", 1), name, call);
    case "normal_":
      return law("normal", raised(number("std", 1), 2), { mean: number("mean", 0) });
    case "trunc_normal_":
      return truncatedLaw(name, number("mean", 0), number("std", 1), number("a", -2), number("b", 2), call);
    case "trunc_normal_tf_": {
      // Cut as a standard normal, and scaled afterwards.
      const unit = truncatedLaw(name, exactly(0), exactly(1), number("a", -2), number("b", 2), call);
      return { ...unit, variance: times(unit.variance, raised(number("std", 1), 2)), mean: number("mean", 0) };
    }
    case "constant_":
      return constantLaw(numberOf(bound.get("val")), name, call);
    case "ones_":
      return constantLaw(1, name, call);
    case "zeros_":
      return constantLaw(0, name, call);
    case "eye_":
    case "dirac_":
      return law("identity", null);
    case "sparse_": {
      const std = raised(number("std", 0.01), 2);
      const sparsity = numberOf(bound.get("sparsity"));
      return law("sparse", sparsity === null ? null : times(std, exactly(1 - sparsity)));
    }
    case "lecun_normal_":
      return law("truncated-normal", over(exactly(1), fans?.fanIn ?? null), { mode: "fan_in", cut: 2 });
    case "orthogonal_":
      return orthogonalLaw(number("gain", 1), fans, call);
    default:
      return name.startsWith("xavier")
        ? xavierLaw(name, number("gain", 1), fans, call)
        : kaimingLaw(name, bound, fans, call);
  }
}

/** Bounds in units of the tensor, not of std: std .02 between −2 and 2 is not truncated at all. The moments are known where the bounds are far or absent. */
function truncatedLaw(
  label: string,
  mean: Quantity | null,
  std: Quantity | null,
  a: Quantity | null,
  b: Quantity | null,
  call: CallExpression,
): Law {
  const [m, s, low, high] = [knownNumber(mean), knownNumber(std), knownNumber(a), knownNumber(b)];
  const far =
    m !== null && s !== null && low !== null && high !== null && s > 0 && (m - low) / s > 5 && (high - m) / s > 5;
  const within =
    m === 0 && s !== null && low !== null && high !== null && s > 0 && low === -high
      ? symmetricTruncation(high / s)
      : null;
  // With an unknown std the usual calls (.02) are far from bounds of ±2, but nobody said so.
  const variance = far ? raised(std, 2) : within === null ? null : times(raised(std, 2), exactly(within));
  const cut = far
    ? { cut: Number.POSITIVE_INFINITY }
    : within !== null && s !== null && high !== null
      ? { cut: high / s }
      : {};
  return { family: "truncated-normal", variance, mean, call, label, mode: null, gain: null, ...cut };
}

/** Variance of a standard normal that is cut at ±c: 1 − 2cφ(c)/(2Φ(c) − 1). */
function symmetricTruncation(c: number): number | null {
  if (!(c > 0)) return null;
  // Simpson's rule: the integrand is smooth, and 400 intervals give 1e-10 for c ≤ 5.
  const n = 400;
  let mass = 0;
  let moment = 0;
  for (let k = 0; k <= n; k++) {
    const x = -c + (2 * c * k) / n;
    const weight = (k === 0 || k === n ? 1 : k % 2 === 1 ? 4 : 2) * Math.exp((-x * x) / 2);
    mass += weight;
    moment += weight * x * x;
  }
  return moment / mass;
}

function xavierLaw(label: string, gain: Quantity | null, fans: Fans | null, call: CallExpression): Law {
  const sum = fans === null ? null : plus(fans.fanIn, fans.fanOut);
  const variance = over(times(exactly(2), raised(gain, 2)), sum);
  return {
    family: label.includes("normal") ? "normal" : "uniform",
    variance,
    mean: exactly(0),
    call,
    label,
    mode: "fan_avg",
    gain: { value: gain, of: null },
  };
}

function kaimingLaw(label: string, bound: Bound, fans: Fans | null, call: CallExpression): Law {
  const modeValue = bound.get("mode");
  const mode = modeValue === undefined ? "fan_in" : textOf(modeValue);
  const nonlinearity = bound.get("nonlinearity") === undefined ? "leaky_relu" : textOf(bound.get("nonlinearity"));
  const slope = bound.get("a") === undefined ? 0 : numberOf(bound.get("a"));
  const gain = nonlinearity === null || slope === null ? null : gainOf(nonlinearity, slope);
  const fan = fans === null ? null : mode === "fan_in" ? fans.fanIn : mode === "fan_out" ? fans.fanOut : null;
  return {
    family: label.includes("normal") ? "normal" : "uniform",
    variance: gain === null ? null : over(exactly(gain * gain), fan),
    mean: exactly(0),
    call,
    label: bound.has("mode") && mode === "fan_out" ? `${label} of fan_out` : label,
    mode: mode === "fan_in" || mode === "fan_out" ? mode : null,
    gain: { value: gain === null ? null : exactly(gain), of: nonlinearity },
  };
}

/** torch.nn.init.calculate_gain; null for names that it refuses. */
export function gainOf(nonlinearity: string, parameter: number | null): number | null {
  switch (nonlinearity) {
    case "linear":
    case "identity":
    case "sigmoid":
    case "conv1d":
    case "conv2d":
    case "conv3d":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leaky_relu":
      return Math.sqrt(2 / (1 + (parameter ?? 0.01) ** 2));
    case "selu":
      return 3 / 4;
    default:
      return null;
  }
}

/** An entry of an orthogonal n×m matrix has variance g²/max(n, m); which of the two is larger can be told where their ratio is a number. */
function orthogonalLaw(gain: Quantity | null, fans: Fans | null, call: CallExpression): Law {
  const ratio = fans === null ? null : knownNumber(over(fans.fanOut, fans.fanIn));
  const larger = ratio === null ? null : ratio >= 1 ? fans?.fanOut : fans?.fanIn;
  return {
    family: "orthogonal",
    variance: over(raised(gain, 2), larger ?? null),
    mean: exactly(0),
    call,
    label: "orthogonal_",
    mode: null,
    gain: { value: gain, of: null },
  };
}

/** Methods by which code fills a tensor in place; undefined for others. */
export function fillInPlace(
  machine: Machine,
  parameter: ParameterValue,
  method: string,
  args: CallArguments,
  site: CallExpression,
): Value | undefined {
  const receiver = site.callee.type === "attribute" ? nameOfTarget(site.callee.object) : null;
  const draw = (law: Law): Value => {
    record(machine, method, args, site, law, parameter, receiver);
    setLaw(machine, parameter, law);
    return parameter;
  };
  switch (method) {
    case "normal_":
    case "uniform_": {
      const bound = new Bound(args, signature(method === "normal_" ? "mean std" : "from to"));
      const number = (name: string, initial: number) =>
        bound.get(name) === undefined ? exactly(initial) : quantityOf(bound.get(name));
      if (method === "uniform_") return draw(uniformLaw(number("from", 0), number("to", 1), method, site));
      return draw({
        family: "normal",
        variance: raised(number("std", 1), 2),
        mean: number("mean", 0),
        call: site,
        label: method,
        mode: null,
        gain: null,
      });
    }
    case "zero_":
      return draw(constantLaw(0, method, site));
    case "fill_":
      return draw(constantLaw(numberOf(args.positional[0]), method, site));
    case "copy_":
      return draw(args.positional[0]?.kind === "parameter" ? args.positional[0].law : unknownLaw("copied", site));
    case "mul_":
    case "div_": {
      const given = quantityOf(args.positional[0]);
      const factor = method === "div_" ? over(exactly(1), given) : given;
      const { law } = parameter;
      return draw({
        ...law,
        variance: times(law.variance, raised(factor, 2)),
        mean: times(law.mean, factor),
        mode: null,
        gain: null,
        call: law.call ?? site,
      });
    }
    default:
      return /^(?!requires_grad|detach|retain_grad|share_memory|clamp)\w+_$/.test(method)
        ? draw(unknownLaw(method, site))
        : undefined;
  }
}
