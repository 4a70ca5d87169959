import { erf, normalBelow } from "../special/normal.ts";
import type { Activation } from "./activation.ts";

const SMOOTH = { kinks: [], slopes: null } as const;
const ROOT_2_PI = Math.sqrt(2 * Math.PI);

const density = (x: number) => Math.exp((-x * x) / 2) / ROOT_2_PI;
/** 1/(1 + e^(−x)) without overflow, relative accuracy in both tails. */
function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}
const softplusOf = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** 1/cosh², which is 0 long before cosh overflows. */
function sech2(x: number): number {
  const e = Math.exp(-2 * Math.abs(x));
  return (4 * e) / (1 + e) ** 2;
}

export const tanh: Activation = {
  ...SMOOTH,
  id: "tanh",
  name: "tanh",
  formula: "tanh x",
  odd: true,
  value: Math.tanh,
  slope: sech2,
  curvature: (x) => -2 * Math.tanh(x) * sech2(x),
};

export const erfActivation: Activation = {
  ...SMOOTH,
  id: "erf",
  name: "erf",
  formula: "erf x",
  odd: true,
  value: erf,
  slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
  curvature: (x) => (-4 / Math.sqrt(Math.PI)) * x * Math.exp(-x * x),
};

export const sine: Activation = {
  ...SMOOTH,
  id: "sin",
  name: "sine",
  formula: "sin x",
  odd: true,
  value: Math.sin,
  slope: Math.cos,
  curvature: (x) => -Math.sin(x),
};

export const sigmoid: Activation = {
  ...SMOOTH,
  id: "sigmoid",
  name: "sigmoid",
  formula: "1/(1 + e⁻ˣ)",
  odd: false,
  value: logistic,
  slope: (x) => logistic(x) * logistic(-x),
  curvature: (x) => logistic(x) * logistic(-x) * (logistic(-x) - logistic(x)),
};

export const softplus: Activation = {
  ...SMOOTH,
  id: "softplus",
  name: "softplus",
  formula: "ln(1 + eˣ)",
  odd: false,
  value: softplusOf,
  slope: logistic,
  curvature: (x) => logistic(x) * logistic(-x),
};

export const logSigmoid: Activation = {
  ...SMOOTH,
  id: "log_sigmoid",
  name: "log-sigmoid",
  formula: "−ln(1 + e⁻ˣ)",
  odd: false,
  value: (x) => -softplusOf(-x),
  slope: (x) => logistic(-x),
  curvature: (x) => -logistic(x) * logistic(-x),
};

export const gelu: Activation = {
  ...SMOOTH,
  id: "gelu",
  name: "GELU",
  formula: "x·Φ(x)",
  odd: false,
  value: (x) => x * normalBelow(x),
  slope: (x) => normalBelow(x) + x * density(x),
  curvature: (x) => (2 - x * x) * density(x),
};

/** √(2/π)(x + 0.044715 x³) and its derivatives. */
const CUBIC = 0.044715;
const inner = (x: number) => Math.sqrt(2 / Math.PI) * (x + CUBIC * x ** 3);
const innerSlope = (x: number) => Math.sqrt(2 / Math.PI) * (1 + 3 * CUBIC * x * x);
const innerCurvature = (x: number) => Math.sqrt(2 / Math.PI) * 6 * CUBIC * x;

export const geluTanh: Activation = {
  ...SMOOTH,
  id: "gelu_tanh",
  name: "GELU (tanh form)",
  formula: "½x(1 + tanh(√(2/π)(x + 0.044715x³)))",
  odd: false,
  value: (x) => x * logistic(2 * inner(x)),
  slope: (x) => logistic(2 * inner(x)) + (x * sech2(inner(x)) * innerSlope(x)) / 2,
  curvature(x) {
    const slope = innerSlope(x);
    return sech2(inner(x)) * (slope + (x * innerCurvature(x)) / 2 - x * slope * slope * Math.tanh(inner(x)));
  },
};

/** x·σ(βx): SiLU (β = 1) and the quick form of GELU (β = 1.702). */
function gated(id: string, name: string, formula: string, beta: number): Activation {
  return {
    ...SMOOTH,
    id,
    name,
    formula,
    odd: false,
    value: (x) => x * logistic(beta * x),
    slope: (x) => logistic(beta * x) * (1 + beta * x * logistic(-beta * x)),
    curvature(x) {
      const [s, rest] = [logistic(beta * x), logistic(-beta * x)];
      return beta * s * rest * (2 + beta * x * (rest - s));
    },
  };
}

export const silu = gated("silu", "SiLU (swish)", "x/(1 + e⁻ˣ)", 1);
export const quickGelu = gated("quick_gelu", "quick GELU", "x/(1 + e^(−1.702x))", 1.702);

export const mish: Activation = {
  ...SMOOTH,
  id: "mish",
  name: "Mish",
  formula: "x·tanh(ln(1 + eˣ))",
  odd: false,
  value: (x) => x * Math.tanh(softplusOf(x)),
  slope: (x) => Math.tanh(softplusOf(x)) + x * logistic(x) * sech2(softplusOf(x)),
  curvature(x) {
    const [s, sech, t] = [logistic(x), sech2(softplusOf(x)), Math.tanh(softplusOf(x))];
    return sech * s * (2 + x * (1 - s) - 2 * x * s * t);
  },
};
