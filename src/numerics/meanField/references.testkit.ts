// How each reference value is computed from the engine, by the pattern of its key.
import { normalTail } from "../special/normal.ts";
import { slopeSquareAtZero } from "./activation.ts";
import { tapTransfer } from "./convolution.ts";
import { correlationMap, correlationTrajectory, criticalDecay } from "./correlation.ts";
import { criticalAt, halfStable, logGrid, ofSlope } from "./criticalLine.ts";
import { curvatureLimit } from "./curvature.ts";
import { dropoutPhase, keepingWeight } from "./dropout.ts";
import { KURTOSIS, relativeError, TRUNCATED_NORMAL_STD } from "./estimate.ts";
import { backwardSpread, forwardSpread, widthBand } from "./finiteWidth.ts";
import { fixedPoint } from "./fixedPoints.ts";
import { hermiteMean, known } from "./fixture.testkit.ts";
import { jacobianMoments, linearGaussianEdge, slopeSpread } from "./jacobian.ts";
import { chiOne, chiTwo, decayDepth, qMap, qTrajectory } from "./maps.ts";
import { curvatureMoment, meanSquare, meanSquareSlope, meanValue, slopeMoment } from "./moments.ts";
import { linearBatchNorm, postActivationNorm, preActivationNorm } from "./normalized.ts";
import { phaseOf, TRAINABLE_DEPTHS } from "./phase.ts";
import { residualCourse, tanhResidualRate } from "./residual.ts";

type Computed = number | readonly number[] | Readonly<Record<string, number | string | readonly number[] | null>>;
type Rule = readonly [RegExp, (...parts: string[]) => Computed];

const relu = known("relu");
const tanh = known("tanh");

function critical(id: string, point: { weight: number; q: number; chiQ: number }) {
  const activation = known(id);
  const curvature = chiTwo(activation, point.q, point.weight);
  return {
    sigma_w2: point.weight,
    sigma_w: Math.sqrt(point.weight),
    q_star: point.q,
    chi_q: point.chiQ,
    xi_q: decayDepth(point.chiQ),
    chi2: curvature,
    beta_eoc: criticalDecay(point.q, curvature),
  };
}

function phase(id: string, weight: number, bias: number) {
  const found = phaseOf(known(id), { weight, bias }, 1);
  return {
    q_star: found.q,
    chi1: found.chiOne,
    chi_q: found.chiQ,
    xi_q: found.xiQ,
    xi_grad: found.xiGradient,
    phase: found.name,
    c_star: found.c,
    chi_c: found.chiC,
    xi_c: found.xiC,
    six_xi_c: found.xiC === null ? null : TRAINABLE_DEPTHS * found.xiC,
    chi2: found.chiTwo,
    kappa2_star_renorm: curvatureLimit(found.chiOne, found.chiTwo),
  };
}

/** The weight is written rounded in one key. */
const weightOf = (text: string) => (text === "2.777778" ? 25 / 9 : Number(text));

/** The first pattern that fits decides. */
export const RULES: readonly Rule[] = [
  [
    /^critical\/(tanh|erf)\/sb2=0$/,
    (id) => ({ sigma_w2: 1 / slopeSquareAtZero(known(id!)), q_star: 0, q_decay: "q_l ~ 1/(2 l)" }),
  ],
  [/^critical\/sigma_w2_at_zero_bias$/, () => atZeroBias()],
  [/^critical\/sigmoid\/sb2=0$/, () => critical("sigmoid", criticalAt(known("sigmoid"), 0, 4, 200)!)],
  [/^critical\/sin\/sb2=(.+)$/, (bias) => critical("sin", criticalAt(known("sin"), Number(bias), 1e-7, 60)!)],
  [/^critical\/(\w+)\/sb2=(.+)$/, (id, bias) => critical(id!, criticalAt(known(id!), Number(bias))!)],
  [
    /^critical\/softplus\/max/,
    () => Math.max(...logGrid(1e-3, 1e4, 400).map((q) => ofSlope(known("softplus"), q).bias)),
  ],
  [
    /^critical\/(\w+)\/half_stable$/,
    (id) => {
      const point = halfStable(known(id!))!;
      return {
        K_star: point.q,
        C_W: point.weight,
        C_b: point.bias,
        chi_perp: chiOne(known(id!), point.q, point.weight),
        chi_par: point.chiQ,
      };
    },
  ],
  [
    /^critical\/(\w+)\/line_q=(.+)$/,
    (id, q) => {
      const point = ofSlope(known(id!), Number(q));
      return { sigma_w2: point.weight, sigma_b2: point.bias, chi_q: point.chiQ };
    },
  ],
  [
    /^selu\/lecun$/,
    () => {
      const selu = known("selu");
      const found = phaseOf(selu, { weight: 1, bias: 0 }, 1);
      return {
        E_phi: meanValue(selu, 1),
        q_star: found.q,
        E_phi2: meanSquare(selu, 1),
        chi1: found.chiOne,
        chi_q: found.chiQ,
        grad_growth_L50: found.chiOne ** 50,
      };
    },
  ],
  [/^moments_q1\/gelu_tanh_approx$/, () => unitMoments("gelu_tanh")],
  [/^moments_q1\/(.+)$/, (id) => unitMoments(id!)],
  [
    /^he_init\/(\w+)$/,
    (id) => ({
      chi1_q1: chiOne(known(id!), 1, 2),
      qmap_q1: qMap(known(id!), 1, { weight: 2, bias: 0 }),
      chi1_q0: 2 * slopeSquareAtZero(known(id!)),
    }),
  ],
  [/^phase\/(\w+)\/sw2=(.+),sb2=(.+)$/, (id, weight, bias) => phase(id!, weightOf(weight!), Number(bias))],
  [/^qmap\/tanh\/q=1,sw2=2.5,sb2=0.05$/, () => qMap(tanh, 1, { weight: 2.5, bias: 0.05 })],
  [/^cmap\/tanh\/sw2=2.5,sb2=0.05,c=(.+)$/, (c) => tanhMap().map(Number(c))],
  [/^cmap\/relu_he\/c=(.+)$/, (c) => heMap().map(Number(c))],
  [
    /^cmap\/relu_he\/trajectory_from_0$/,
    () => Object.fromEntries(correlationTrajectory(heMap().map, 0, 1000).map((c, layer) => [String(layer), c])),
  ],
  [/^cmap\/relu_he\/asymptote_9pi2over2$/, () => 4.5 * Math.PI ** 2],
  [/^cmap\/relu_he\/l2\(1-c\)_at_1000$/, () => 1e6 * (1 - correlationTrajectory(heMap().map, 0, 1000)[1000]!)],
  [
    /^qtraj\/tanh\/sw2=1,sb2=0,q0=1$/,
    () => Object.fromEntries(qTrajectory(tanh, { weight: 1, bias: 0 }, 1, 1000).map((q, layer) => [String(layer), q])),
  ],
  [/^pytorch_default_linear\/relu\/q_star_formula/, () => phaseOf(relu, { weight: 1 / 3, bias: 1 / 1536 }, 1).q],
  [
    /^pytorch_default_linear\/(\w+)\/N=512$/,
    (id) => {
      const point = { weight: 1 / 3, bias: 1 / (3 * 512) };
      const found = phaseOf(known(id!), point, 1);
      return {
        sigma_w2: point.weight,
        sigma_b2: point.bias,
        q_star: found.q,
        chi1: found.chiOne,
        grad2_factor_L20: found.chiOne ** 20,
      };
    },
  ],
  [
    /^pytorch_gain\/(\w+)$/,
    (id) => {
      const gain = id === "tanh" ? 5 / 3 : 0.75;
      const found = phaseOf(known(id!), { weight: gain ** 2, bias: 0 }, 1);
      return { gain, sigma_w2: gain ** 2, q_star: found.q, chi1: found.chiOne, chi_q: found.chiQ };
    },
  ],
  [
    /^glorot_square\/sigmoid\/fixed_point$/,
    () => {
      const q = fixedPoint(known("sigmoid"), { weight: 1, bias: 0 }, 1);
      return { q_star: q, chi1: chiOne(known("sigmoid"), q, 1) };
    },
  ],
  [
    /^glorot_square\/(\w+)\/q0=1$/,
    (id) => ({ q1: qMap(known(id!), 1, { weight: 1, bias: 0 }), chi1_at_q0: chiOne(known(id!), 1, 1) }),
  ],
  [
    /^trunc_normal_std_factor$/,
    () => ({ std_of_N01_truncated_pm2: TRUNCATED_NORMAL_STD, variance: TRUNCATED_NORMAL_STD ** 2 }),
  ],
  [
    /^uniform_kurtosis_relSE$/,
    () => ({
      SE_rel_gauss_times_sqrt_n: relativeError(KURTOSIS.gaussian, 1),
      SE_rel_unif_times_sqrt_n: relativeError(KURTOSIS.uniform, 1),
    }),
  ],
  [
    /^gpt2_init$/,
    () => {
      const weight = 768 * 0.02 ** 2;
      // Logits of queries and keys that are each W·x with x of unit second moment.
      const logits = qMap(known("linear"), 1, { weight, bias: 0 }) ** 2;
      return {
        "sigma_w2_std0.02_d768": weight,
        logit_var_768: logits,
        resid_std_nlayer12: 0.02 / Math.sqrt(2 * 12),
        "entropy_deficit_nats_var/2": logits / 2,
      };
    },
  ],
  [
    /^dropout_relu_critical$/,
    () => Object.fromEntries(["0.5", "0.6", "0.8", "0.9", "1.0"].map((p) => [p, keepingWeight(relu, Number(p))])),
  ],
  [
    /^dropout_relu\/p_keep=(.+)$/,
    (keep) => {
      const p = Number(keep);
      const { c, chiC, xiC } = dropoutPhase(relu, { weight: 2 * p, bias: 0 }, p, 1);
      return { c_star: c, chi_c: chiC, xi_c: xiC, six_xi_c: xiC === null ? null : 6 * xiC };
    },
  ],
  [
    /^batchnorm_relu_Binf$/,
    () => ({
      grad2_per_layer: postActivationNorm(relu, true),
      grad_norm_per_layer: Math.sqrt(postActivationNorm(relu, true)),
    }),
  ],
  [/^batchnorm_linear$/, () => Object.fromEntries([8, 32, 128].map((batch) => [`B=${batch}`, linearBatchNorm(batch)]))],
  [
    /^finite_width_lognormal$/,
    () => ({
      relu_he_var_ln_q_per_layer_times_N: forwardSpread(relu, 1),
      linear_var_ln_q_per_layer_times_N: backwardSpread(known("linear"), 1),
      mean_ln_relu_times_N: widthBand(backwardSpread(relu, 1), [1]).mean,
      mean_ln_linear_times_N: widthBand(forwardSpread(known("linear"), 1), [1]).mean,
    }),
  ],
  [
    /^conv3_uniform_fourier$/,
    () =>
      Object.fromEntries([0, 1, 2, 3, 4].map((k) => [`k=${k}/8*2pi`, tapTransfer([1, 1, 1], (2 * Math.PI * k) / 8)])),
  ],
  [/^jacobian\/relu_he$/, () => spread("relu", 1)],
  [
    /^jacobian\/linear_gauss_smax2$/,
    () => Object.fromEntries([1, 2, 5, 10, 50, 100].map((L) => [`L=${L}`, linearGaussianEdge(L)])),
  ],
  [
    /^jacobian\/tanh\/small_q_orth_var$/,
    () => ({ "q=0.001": slopeSpread(tanh, 0.001) - 1, "q=0.01": slopeSpread(tanh, 0.01) - 1 }),
  ],
  [
    /^jacobian\/(\w+)\/critical_sb2=(.+)$/,
    (id, bias) => {
      const { q } = criticalAt(known(id!), Number(bias))!;
      return { q_star: q, ...spread(id!, q) };
    },
  ],
  [
    /^post_activation_norm_relu$/,
    () => ({ LayerNorm: postActivationNorm(relu, true), RMSNorm: postActivationNorm(relu, false) }),
  ],
  [
    /^resnet_he_no_norm$/,
    () => {
      const course = residualCourse(relu, { weight: 2, bias: 0 }, 1, 1, 50);
      return { q_growth_per_block: course[0]!.q, L50: course[49]!.q };
    },
  ],
  [
    /^resnet_scaled_1\/L$/,
    () => ({ "(1+1/L)^L,L=50": residualCourse(relu, { weight: 2, bias: 0 }, Math.sqrt(1 / 50), 1, 50)[49]!.q }),
  ],
  [
    /^resnet_tanh_sw2=1,sb2=0$/,
    () => {
      const course = residualCourse(tanh, { weight: 1, bias: 0 }, 1, 1, 10000);
      return Object.fromEntries(
        [10, 100, 1000, 10000].map((L) => {
          const { q, logGradient } = course[L - 1]!;
          return [String(L), [q, logGradient, logGradient / Math.sqrt(L)]];
        }),
      );
    },
  ],
  [/^resnet_tanh_asymptotic_coef/, () => tanhResidualRate({ weight: 1, bias: 0 })],
  [
    /^naive_xi_c_error\/tanh2.5,0.05$/,
    () => {
      const found = phaseOf(tanh, { weight: 2.5, bias: 0.05 }, 1);
      return { "-1/ln(chi1) (negative!)": -1 / Math.log(found.chiOne), correct_xi_c: found.xiC };
    },
  ],
  [
    /^gauss_hermite_error\/n=(\d+)$/,
    (count) => {
      const error = (q: number, f: (x: number) => number, exact: number) =>
        hermiteMean(Number(count), (z) => f(Math.sqrt(q) * z)) - exact;
      const [selu, hard] = [known("selu"), known("hardtanh")];
      return {
        selu_phi2: error(1, (x) => selu.value(x) ** 2, meanSquare(selu, 1)),
        selu_dphi2: error(1, (x) => selu.slope(x) ** 2, slopeMoment(selu, 1)),
        hardtanh_dphi2: error(1, (x) => hard.slope(x) ** 2, slopeMoment(hard, 1)),
        "tanh_dphi2_q=16": error(16, (x) => tanh.slope(x) ** 2, slopeMoment(tanh, 16)),
      };
    },
  ],
  [
    /^relu_active_fraction$/,
    () =>
      Object.fromEntries(["0.0", "-1.0", "-2.0", "-3.0", "-5.0"].map((b) => [`b/sigma=${b}`, normalTail(-Number(b))])),
  ],
];

function unitMoments(id: string) {
  const activation = known(id);
  const [square, slope] = [meanSquare(activation, 1), slopeMoment(activation, 1)];
  return {
    E_phi: meanValue(activation, 1),
    E_phi2: square,
    E_dphi2: slope,
    E_dphi4: slopeMoment(activation, 1, 2),
    dq_E_phi2: meanSquareSlope(activation, 1),
    E_d2phi2: curvatureMoment(activation, 1),
    gain_preserving_variance: 1 / Math.sqrt(square),
    gain_preserving_gradient: 1 / Math.sqrt(slope),
    chi_LN: preActivationNorm(activation),
  };
}

function atZeroBias() {
  const ids = ["linear", "tanh", "sin", "softsign", "hardtanh", "erf", "relu", "leaky_relu_0.01", "leaky_relu_0.2"];
  const weights = ids.map((id) => [id, 1 / slopeSquareAtZero(known(id))]);
  return Object.fromEntries([...weights, ["prelu_0.25", 1 / slopeSquareAtZero(known("leaky_relu_0.25"))]]);
}

function spread(id: string, q: number) {
  const activation = known(id);
  return {
    "mu2/mu1^2": slopeSpread(activation, q),
    var_per_layer_gauss: jacobianMoments(activation, q, 1, 10, "gaussian").relativeVariance / 10,
    var_per_layer_orth: jacobianMoments(activation, q, 1, 1, "orthogonal").perLayer,
  };
}

const tanhMap = () => {
  const point = { weight: 2.5, bias: 0.05 };
  return correlationMap(tanh, fixedPoint(tanh, point, 1), point);
};
const heMap = () => correlationMap(relu, 1, { weight: 2, bias: 0 });
