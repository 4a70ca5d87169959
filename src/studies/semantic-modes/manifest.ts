import type { StudyManifest } from "../types.ts";

const SAXE14 =
  "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks";
const SAXE19 =
  "Saxe, McClelland & Ganguli 2019, A mathematical theory of semantic development in deep neural networks, PNAS 116";
const SIGN =
  "Bro, Acar & Kolda 2008, Resolving the sign ambiguity in the singular value decomposition, J. Chemometrics 22";
const WEDIN = "Wedin 1972, Perturbation bounds in connection with singular value decomposition, BIT 12";
const ARORA =
  "Arora, Cohen & Hazan 2018, On the optimization of deep networks; Du, Hu & Lee 2018, Algorithmic regularization";

export const manifest = {
  id: "semantic-modes",
  version: 1,
  title: "Semantic modes",
  description:
    "Singular modes of what items have (input–output correlations of a table), of a linear chain of weights, and how far a network's own map has them.",
  files: {
    subject: { description: "tables and checkpoints, each told by its content", least: 0, most: 2 },
    properties: { description: "table of items × properties", least: 0, most: 1 },
    network: { description: "checkpoint of the network", least: 0, most: 1 },
    inputs: { description: "table of items × inputs, where inputs are not one-hot", least: 0, most: 1 },
    answers: { description: "table of items × outputs: what the network answers to each item", least: 0, most: 1 },
  },
  needs: ["weights", "items"],
  citations: [SAXE14, SAXE19, SIGN, WEDIN, ARORA],
  assumptions: [
    "Modes name what is learned, and in which order, for deep linear networks on white inputs; elsewhere that is an analogy.",
    "Without a table of inputs each item is one input (one-hot).",
  ],
  quantities: {
    singularValue: {
      label: "Mode strength",
      symbol: "σ",
      definition: "How much of Σ this distinction carries.",
      equation: "Σʸˣ = YXᵀ (sum) or YXᵀ/P (mean) = Σ σ u vᵀ",
      source: SAXE14,
      assumptions: [
        "Sum and mean differ by P, the number of items; times of learning differ too unless Σˣ is carried along.",
      ],
      nullModel: "the same table with each property permuted over the items",
    },
    share: {
      label: "Share",
      symbol: "σ²/Σσ²",
      definition: "Part of the squared Frobenius norm that the mode carries.",
      equation: "σ²/‖Σʸˣ‖_F²",
      source: "Eckart & Young 1936, The approximation of one matrix by another of lower rank, Psychometrika 1",
      assumptions: [],
      nullModel: "Gaussian: near 1/min(n, m)",
    },
    error: {
      label: "Turn by noise",
      symbol: "E sin²∠",
      definition:
        "How far noise is expected to have turned the vector (of a group: its subspace) away from the true one.",
      equation: "s²(Σ_j (σ_i²+σ_j²)/(σ_i²−σ_j²)² + (n−r)/σ_i²), s the noise in each entry",
      source: WEDIN,
      assumptions: ["First order in the noise, whose entries are independent: not for pruned or orthogonal weights."],
      nullModel: "0 without noise; near 1 the vector is noise",
    },
    ipr: {
      label: "Inverse participation ratio",
      symbol: "Σv⁴",
      definition: "1 for a mode on one unit, 1/n for one spread evenly.",
      equation: "Σᵢ vᵢ⁴, ‖v‖ = 1",
      source: "Bell & Dean 1970, Atomic vibrations in vitreous silica",
      assumptions: ["Not defined inside a degenerate group, where vectors may be rotated."],
      nullModel: "Gaussian vector of n entries: 3/(n + 2)",
    },
    alignment: {
      label: "Alignment",
      symbol: "A_l",
      definition: "Whether a layer reads the directions that the layer before it writes most strongly.",
      equation: "(1/k)‖U_l[:, :k]ᵀV_{l+1}[:, :k]‖_F²",
      source: SAXE14,
      assumptions: ["Modes of the product are products of the layers' modes only where this is near 1."],
      nullModel: "k/n for unrelated layers with n units between them",
    },
    imbalance: {
      label: "Imbalance",
      symbol: "‖B_l‖_F",
      definition: "What gradient flow conserves: 0 for balanced layers, else the trace of the initialization.",
      equation: "B_l = W_{l+1}ᵀW_{l+1} − W_lW_lᵀ",
      source: ARORA,
      assumptions: ["Conserved under gradient flow of a linear chain; weight decay, momentum and Adam change it."],
      nullModel: "its value at initialization",
    },
    modeStrength: {
      label: "Learned strength",
      symbol: "a_α",
      definition: "How strongly the network's own map has the mode.",
      equation: "uᵀMv, M = ŶXᵀ for white inputs, else ŶXᵀ(XXᵀ + ridge)⁻¹",
      source: SAXE14,
      assumptions: ["For a nonlinear network a linear view: R² says how much of its answers it explains."],
      nullModel: "an untrained network: normal about 0 with the standard deviation of the map's entries",
    },
    offDiagonal: {
      label: "Off-diagonal energy",
      symbol: "ρ",
      definition: "Part of the network's map that mixes modes or lies outside all of them.",
      equation: "1 − Σ_groups ‖U_gᵀMV_g‖²/‖M‖²",
      source: SAXE14,
      assumptions: ["Above 0.1 the decoupled picture does not hold."],
      nullModel: "near 1 for an untrained network",
    },
    rSquared: {
      label: "Explained behaviour",
      symbol: "R²",
      definition: "Share of the answers' variance that a linear map of the inputs gives.",
      equation: "1 − ‖Ŷ − BX‖²/‖Ŷ − mean‖²",
      source: SAXE14,
      assumptions: [
        "With as many inputs as items it is 1 for any answers: look at it with fewer inputs than items, or a ridge.",
      ],
      nullModel: "about N₁/P for answers unrelated to the inputs",
    },
    offDiagonalShare: {
      label: "Modes mixed by the inputs",
      symbol: "off(VᵀΣˣV)",
      definition: "Whether the inputs' own correlations mix the modes: the theory's curves need them not to.",
      equation: "1 − ‖diag D‖²/‖D‖², D = VᵀΣˣV",
      source: SAXE14,
      assumptions: [],
      nullModel: "0 for white or one-hot inputs",
    },
    fingerprint: {
      label: "Minimum-norm fingerprint",
      symbol: "‖ŶᵀŶ − (HᵀH)²‖",
      definition:
        "0 where the hidden layer is what a balanced, least-norm solution must have; large initializations fail it.",
      equation: "‖ŶᵀŶ/‖ŶᵀŶ‖ − (HᵀH)²/‖(HᵀH)²‖‖_F",
      source: SAXE19,
      assumptions: ["Two linear layers on white inputs."],
      nullModel: "up to √2 for unrelated matrices",
    },
  },
  memoryBytes: 1024 * 2 ** 20,
} as const satisfies StudyManifest;
