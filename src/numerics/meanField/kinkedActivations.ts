import type { Activation } from "./activation.ts";

/** b·x for x > 0 and a·x below: linear, ReLU and its leaky relatives. */
function homogeneous(id: string, name: string, formula: string, a: number): Activation {
  return {
    id,
    name,
    formula,
    odd: a === 1,
    slopes: [a, 1],
    kinks: a === 1 ? [] : [0],
    value: (x) => (x > 0 ? x : a * x),
    slope: (x) => (x > 0 ? 1 : a),
    curvature: a === 1 ? () => 0 : null,
  };
}

export const linear = homogeneous("linear", "linear", "x", 1);
export const relu = homogeneous("relu", "ReLU", "max(0, x)", 0);
export const leakyRelu = (slope: number): Activation =>
  homogeneous(`leaky_relu_${slope}`, `leaky ReLU ${slope}`, `max(${slope}x, x)`, slope);

/** A line from `low` to `high` between two kinks, constant outside: hard tanh, ReLU6, hard sigmoid. */
function clipped(
  id: string,
  name: string,
  formula: string,
  gain: number,
  from: number,
  to: number,
  offset = 0,
): Activation {
  return {
    id,
    name,
    formula,
    odd: offset === 0 && from === -to,
    slopes: null,
    kinks: [from, to],
    value: (x) => gain * Math.min(to, Math.max(from, x)) + offset,
    slope: (x) => (x > from && x < to ? gain : 0),
    curvature: null,
  };
}

export const hardTanh = clipped("hardtanh", "hard tanh", "clip(x, −1, 1)", 1, -1, 1);
export const relu6 = clipped("relu6", "ReLU6", "clip(x, 0, 6)", 1, 0, 6);
export const hardSigmoid = clipped("hard_sigmoid", "hard sigmoid", "clip(x/6 + ½, 0, 1)", 1 / 6, -3, 3, 0.5);

export const hardSwish: Activation = {
  id: "hard_swish",
  name: "hard swish",
  formula: "x·clip(x/6 + ½, 0, 1)",
  odd: false,
  slopes: null,
  kinks: [-3, 3],
  value: (x) => x * Math.min(1, Math.max(0, x / 6 + 0.5)),
  slope: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
  curvature: null,
};

/** scale·x for x > 0, scale·alpha·(e^(x/width) − 1) below. */
function exponential(
  id: string,
  name: string,
  formula: string,
  scale: number,
  alpha: number,
  width: number,
): Activation {
  const below = (scale * alpha) / width;
  return {
    id,
    name,
    formula,
    odd: false,
    slopes: null,
    kinks: [0],
    value: (x) => (x > 0 ? scale * x : scale * alpha * Math.expm1(x / width)),
    slope: (x) => (x > 0 ? scale : below * Math.exp(x / width)),
    // φ′ goes on smoothly where its two sides agree at 0; then φ″ only jumps, and its mean square exists.
    curvature: below === scale ? (x) => (x > 0 ? 0 : (below / width) * Math.exp(x / width)) : null,
  };
}

/** Klambauer et al. 2017: mean 0 and variance 1 are kept by σ_w² = 1, σ_b = 0. */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

export const selu = exponential("selu", "SELU", "λx, below 0 λα(eˣ − 1)", SELU_SCALE, SELU_ALPHA, 1);
export const elu = (alpha = 1): Activation =>
  exponential(
    alpha === 1 ? "elu" : `elu_${alpha}`,
    alpha === 1 ? "ELU" : `ELU ${alpha}`,
    "x, below 0 α(eˣ − 1)",
    1,
    alpha,
    1,
  );
export const celu = (alpha = 1): Activation =>
  exponential(
    alpha === 1 ? "celu" : `celu_${alpha}`,
    alpha === 1 ? "CELU" : `CELU ${alpha}`,
    "x, below 0 α(e^(x/α) − 1)",
    1,
    alpha,
    alpha,
  );

/** φ″ jumps at 0, φ′ does not. */
export const softsign: Activation = {
  id: "softsign",
  name: "softsign",
  formula: "x/(1 + |x|)",
  odd: true,
  slopes: null,
  kinks: [0],
  value: (x) => x / (1 + Math.abs(x)),
  slope: (x) => 1 / (1 + Math.abs(x)) ** 2,
  curvature: (x) => (-2 * Math.sign(x)) / (1 + Math.abs(x)) ** 3,
};
