import type { QuantityDefinition } from "../../analysis/types.ts";

const SAME = "Tensors of the same name and shape are the same tensor.";

export const QUANTITIES: Readonly<Record<string, QuantityDefinition>> = {
  relativeChange: {
    label: "Relative change",
    symbol: "‖ΔW‖/‖W_A‖",
    definition: "How far the tensor moved, relative to where it was.",
    equation: "‖W_B − W_A‖_F/‖W_A‖_F",
    source: "elementary",
    assumptions: [SAME, "Hidden units are in the same order: between two seeds they are not."],
    nullModel: "√2 for two independent matrices of the same norm.",
  },
  cosine: {
    label: "Cosine",
    symbol: "cos(W_A, W_B)",
    definition: "Normalized inner product of all entries.",
    equation: "⟨W_A, W_B⟩/(‖W_A‖‖W_B‖)",
    source: "elementary",
    assumptions: [SAME],
    nullModel: "0 with a standard deviation of 1/√(rows·columns) for independent matrices.",
  },
  spectralDistance: {
    label: "Difference of spectra",
    symbol: "‖σ_A − σ_B‖/‖σ_A‖",
    definition:
      "What is left of the change when all singular vectors are forgiven; never more than the relative change.",
    equation: "√(Σ(σ_k(A) − σ_k(B))²)/‖A‖_F",
    source: "Mirsky (1960)",
    assumptions: [SAME, "Blind to the order of hidden units."],
    nullModel: "0 for two orders of the same units; two draws of one random law are close to 0 as well.",
  },
  angles: {
    label: "Principal angles",
    symbol: "θ_k",
    definition: "Angles between the leading singular directions of the two matrices, on each side.",
    equation: "cos θ_k = σ_k(Q_A·Q_Bᵀ)",
    source: "Björck & Golub (1973), Math. Comp. 27, 579",
    assumptions: [
      SAME,
      "Where the singular values around the last kept one are close, its direction is not determined.",
    ],
    nullModel: "Random subspaces of k directions in n dimensions: mean cos² is k/n.",
  },
  change: {
    label: "Modes of the change",
    symbol: "σ(ΔW)",
    definition: "Singular values of the difference: few large ones are a change of low rank.",
    equation: "σ_k(W_B − W_A)",
    source: "elementary",
    assumptions: [SAME],
    nullModel: "A change of independent entries has the bulk of Marchenko & Pastur and no mode above it.",
  },
  matching: {
    label: "Matched units",
    symbol: "cos after P",
    definition:
      "Cosine of all weights after the hidden units of B were put into the order that brings them closest to A's.",
    equation: "max_P Σ_l⟨A_l, P_l·B_l·P_{l−1}ᵀ⟩/(‖A‖‖B‖)",
    source: "Ainsworth, Hayase & Srinivasa (2023)",
    assumptions: [
      "A chain of layers, or of residual blocks as their names tell: units that are added share one order.",
      "A local optimum: another order may be closer still.",
    ],
    nullModel:
      "The same matching with the weights inside every unit of B shuffled, 19 to 199 times by the size of the networks; p = (1 + draws that come as close)/(1 + draws).",
  },
};
