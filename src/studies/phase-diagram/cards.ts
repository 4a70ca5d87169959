import type { QuantityDefinition } from "../../analysis/types.ts";

const CHAIN = [
  "A plain chain of layers, without skip connections and norms.",
  "Weights and biases independent with mean 0, as drawn and not as trained; width to infinity.",
];
const POOLE = "Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli 2016, NeurIPS";
const SCHOENHOLZ = "Schoenholz, Gilmer, Ganguli & Sohl-Dickstein 2017, ICLR";

export const QUANTITIES: Readonly<Record<string, QuantityDefinition>> = {
  sigmaW2: {
    label: "Weight variance",
    symbol: "σ̂_w²",
    definition:
      "fan_in times the mean square of the layer's weights; of a kernel, fan_in is taps times input channels. No mean is taken off.",
    equation: "σ̂_w² = fan_in · mean(W²)",
    source: POOLE,
    assumptions: ["Entries are alike; the standard error √((κ − 1)/entries) takes their own kurtosis κ."],
    nullModel: "1/3 for PyTorch's default, 2 for He's law, 2/(1 + fan_out/fan_in) for Glorot's, 1 for LeCun's.",
  },
  sigmaB2: {
    label: "Bias variance",
    symbol: "σ̂_b²",
    definition:
      "Mean square of the layer's biases: a variance, not a standard deviation. Fewer than ten biases do not tell it.",
    equation: "σ̂_b² = mean(b²), relative error √(2/n)",
    source: POOLE,
    assumptions: ["Biases drawn alike."],
    nullModel: "0 for most laws; 1/(3·fan_in) for PyTorch's default.",
  },
  q: {
    label: "Second moment of pre-activations",
    symbol: "q*",
    definition:
      "Where the mean square of pre-activations ends, from the q⁰ of the input on. It is a second moment of h, no variance of activations.",
    equation: "q* = σ_w²·E φ(√q* z)² + σ_b²",
    source: POOLE,
    assumptions: CHAIN,
    nullModel: "It has none: it follows from σ_w², σ_b² and q⁰.",
  },
  chiOne: {
    label: "Gradient factor a layer",
    symbol: "χ₁",
    definition:
      "What a layer multiplies the squared norm of gradients (and of tangents) by. Below 1 they vanish, above 1 they explode, as χ₁^L.",
    equation: "χ₁ = σ_w²·E φ′(√q z)²",
    source: SCHOENHOLZ,
    assumptions: [...CHAIN, "Weights going back independent of those going forward."],
    nullModel: "1 on the critical line.",
  },
  chiQ: {
    label: "Slope of the q-map",
    symbol: "χ_q",
    definition: "What a layer multiplies a small difference of q from q* by.",
    equation: "χ_q = σ_w²·E[φφ′z]/√q*",
    source: SCHOENHOLZ,
    assumptions: CHAIN,
    nullModel: "Below 1 wherever q* is stable.",
  },
  chiTwo: {
    label: "Curvature factor",
    symbol: "χ₂",
    definition: "How much a layer bends. Infinite where φ′ jumps.",
    equation: "χ₂ = σ_w²·E φ″²",
    source: POOLE,
    assumptions: CHAIN,
    nullModel: "0 for linear layers.",
  },
  c: {
    label: "Correlation in the end",
    symbol: "c*",
    definition:
      "Where the correlation of any two different inputs ends: 1 in the ordered phase, below 1 in the chaotic.",
    equation: "c* = (σ_w²·E[φ(u₁)φ(u₂)] + σ_b²)/q*",
    source: POOLE,
    assumptions: CHAIN,
    nullModel: "1 in the ordered phase.",
  },
  xiQ: {
    label: "Depth scale of q",
    symbol: "ξ_q",
    definition: "Layers in which a difference of q from q* shrinks to 1/e.",
    equation: "ξ_q = −1/ln χ_q",
    source: SCHOENHOLZ,
    assumptions: CHAIN,
    nullModel: "A few layers.",
    unit: "layers",
  },
  xiC: {
    label: "Depth scale of correlations",
    symbol: "ξ_c",
    definition:
      "Layers in which the difference of a correlation from c* shrinks to 1/e. In the chaotic phase it is that of the slope at c*, not −1/ln χ₁, which is negative there.",
    equation: "ξ_c = −1/ln C′(c*)",
    source: SCHOENHOLZ,
    assumptions: CHAIN,
    nullModel: "Infinite on the critical line, where decay is polynomial.",
    unit: "layers",
  },
  xiGradient: {
    label: "Depth scale of gradients",
    symbol: "ξ_∇",
    definition:
      "Layers in which squared gradients change by a factor e: downward in the ordered phase, upward in the chaotic.",
    equation: "ξ_∇ = 1/|ln χ₁|",
    source: SCHOENHOLZ,
    assumptions: CHAIN,
    nullModel: "Infinite on the critical line.",
    unit: "layers",
  },
  trainable: {
    label: "Trainable depth, a rule of thumb",
    symbol: "6ξ_c",
    definition:
      "The depth to which tanh networks on MNIST and CIFAR-10 could be trained by SGD. Found by eye on figures: no theorem, and near the critical line the number of steps limits first.",
    equation: "L ≲ 6·ξ_c",
    source: `${SCHOENHOLZ}, figures of trained accuracy`,
    assumptions: [
      "Plain SGD, tanh, a few hundred to a few thousand steps.",
      "On the chaotic side exploding gradients may limit first: look at ξ_∇.",
    ],
    nullModel: "It has none: a heuristic.",
    unit: "layers",
  },
  growth: {
    label: "Measured gradient factor a layer",
    symbol: "χ̂",
    definition:
      "Geometric mean of (‖Jv‖²/n_l)/(‖v‖²/n_(l−1)) over random inputs and tangents on the weights at hand, v renormalised at each layer: the squared tangent a unit, which changes as the total squared norm of a gradient does on its way back.",
    equation: "χ̂_l = (n_(l−1)/n_l)·exp⟨ln(‖J_l v‖²/‖v‖²)⟩",
    source: "Doshi, He & Gromov 2023 (partial Jacobians)",
    assumptions: [
      "Gaussian inputs of second moment q⁰.",
      "One set of weights: the error is over inputs and tangents alone.",
    ],
    nullModel: "χ₁ at initialization, scattered by finite width.",
  },
  gradientFactor: {
    label: "Gradient factor of the network",
    symbol: "∏χ₁",
    definition:
      "What all links together multiply the squared norm of gradients by. Finite width makes it a spread: ×e^±√(v·Σ1/n).",
    equation: "∏_l χ₁(l)",
    source: `${SCHOENHOLZ}; Hanin & Nica 2018 for the spread`,
    assumptions: CHAIN,
    nullModel: "1 on the critical line.",
  },
  aspect: {
    label: "Depth over width",
    symbol: "Σ1/n",
    definition: "How far finite width blurs the prediction. Above 0.2 what is predicted is a spread, not a number.",
    equation: "Σ_l 1/n_l",
    source: "Hanin & Nica 2018",
    assumptions: ["First order in L/n."],
    nullModel: "0 for infinite width.",
  },
  blocks: {
    label: "Gradient factor a block",
    symbol: "1 + χ_f",
    definition: "What a residual block multiplies the squared norm of gradients by, from its layers' own σ̂_w².",
    equation: "1 + ∏σ_w²·E φ′² (over q of the stream, where a norm begins the branch)",
    source: "Yang & Schoenholz 2017",
    assumptions: [
      "Blocks as names tell them, an activation before every layer.",
      "Cross terms vanish as the width grows.",
      "Weights as drawn.",
    ],
    nullModel: "1 for branches that are 0 (Fixup, ReZero); 2 for He's law without norms.",
  },
  partialJacobian: {
    label: "Averaged partial Jacobian norm",
    symbol: "APJN",
    definition:
      "Squared entries of the Jacobian from the network's input to a value, summed and divided by the value's size: the measured counterpart of a product of χ₁ for any architecture, from exact derivatives of the model's graph.",
    equation: "𝒥 = ‖∂h^l/∂x‖_F²/n_l = E_v‖J·v‖²/n_l, v Gaussian",
    source: "Doshi, He & Gromov 2023, NeurIPS; Hutchinson 1990",
    assumptions: [
      "Random inputs of second moment q⁰; whole numbers begin at their embedding.",
      "One set of weights: the error is over inputs and directions alone.",
    ],
    nullModel: "Constant with depth at criticality; ×(1 + χ_f) a residual block.",
  },
  norms: {
    label: "Gradient factor a normalised layer",
    symbol: "‖∇‖² a layer",
    definition:
      "What each layer of a chain with norms multiplies the squared gradient norm by; the norm itself by its root.",
    equation: "E φ′²/(E φ² − (E φ)²) where the mean is taken off, else E φ′²/E φ², at q = 1",
    source: "Yang, Pennington, Rao, Sohl-Dickstein & Schoenholz 2019; Doshi, He & Gromov 2023",
    assumptions: ["No skip connections.", "Weights as drawn; their scale drops out."],
    nullModel: "1 for RMS norm with ReLU; 1.467 (the norm: 1.211) for batch norm with ReLU.",
  },
};
