import type { QuantityDefinition } from "../../analysis/types.ts";

const PENNINGTON = "Pennington, Schoenholz & Ganguli 2017, NeurIPS; 2018, AISTATS";
const HERE = "The weights at hand, at the inputs named; nothing is assumed about how they came to be.";

export const QUANTITIES: Readonly<Record<string, QuantityDefinition>> = {
  mean: {
    label: "Mean squared singular value",
    symbol: "⟨s²⟩",
    definition:
      "Mean of the squared singular values of the Jacobian between the pre-activations of two layers: what a random direction's squared length is multiplied by.",
    equation: "⟨s²⟩ = tr(JᵀJ)/n, J = ∏ W_l·D_(l−1), D = diag φ′(h)",
    source: PENNINGTON,
    assumptions: [HERE],
    nullModel: "χ₁^L for weights as drawn: 1 at criticality.",
  },
  relativeVariance: {
    label: "Relative variance of squared singular values",
    symbol: "Var(s²)/⟨s²⟩²",
    definition: "How far the Jacobian is from an isometry times a number: 0 where all singular values are alike.",
    equation: "Var(s²)/⟨s²⟩² = n·tr((JᵀJ)²)/tr(JᵀJ)² − 1",
    source: PENNINGTON,
    assumptions: [HERE],
    nullModel:
      "L·μ₂/μ₁² for Gaussian weights, L(μ₂/μ₁² − 1) for orthogonal ones, μ_k = E φ′^(2k). ReLU has μ₂/μ₁² = 2 at every σ: orthogonal weights make no isometry of it, unless weights are shared ([W, −W]).",
  },
  largest: {
    label: "Largest singular value",
    symbol: "s_max",
    definition: "The most that the Jacobian stretches any direction, at the first input.",
    equation: "s_max = max ‖Jv‖/‖v‖",
    source: "Golub & Kahan 1965, SIAM J. Numer. Anal. B 2",
    assumptions: ["Random starts are not orthogonal to the direction."],
    nullModel: "√((L+1)^(L+1)/L^L) for linear Gaussian layers with ⟨s²⟩ = 1.",
  },
  smallest: {
    label: "Smallest singular value",
    symbol: "s_min",
    definition:
      "The least that the Jacobian stretches any direction, at the first input. Where not all singular values are computed, the least that random directions found: it is not below s_min.",
    equation: "s_min = min ‖Jv‖/‖v‖",
    source: "Product QR: Bojanczyk, Golub & Van Dooren 1992; bidiagonalization: Golub & Kahan 1965",
    assumptions: ["A residual says that some singular value is that near, not that none is smaller."],
    nullModel: "Near 0 for Gaussian weights of any depth.",
  },
  density: {
    label: "Density of singular values",
    symbol: "ρ(ln s)",
    definition:
      "Share of singular values per unit of ln s: bars are measured, curves are theory for square layers at the span's mean σ̂_w² and q.",
    equation: "S_{JJᵀ} = ∏ S_{WWᵀ}·S_{D²} (free probability)",
    source: PENNINGTON,
    assumptions: ["Theory: square layers, width to infinity, one q* all the way, weights as drawn."],
    nullModel: "A line at ln s = 0: dynamical isometry.",
  },
  partialJacobian: {
    label: "Averaged partial Jacobian norm",
    symbol: "APJN",
    definition:
      "Squared entries of the Jacobian from the span's first value to this one, summed and divided by this value's size: what unit noise on every entry of the first becomes, a unit. The measured counterpart of a product of χ₁ for any architecture.",
    equation: "𝒥 = ‖∂h^l/∂h^0‖_F²/n_l = E_v‖J·v‖²/n_l, v Gaussian",
    source: "Doshi, He & Gromov 2023, NeurIPS; Hutchinson 1990",
    assumptions: [
      "Exact derivatives of the model at the inputs named; the mean is over random directions and inputs, not over draws of the weights.",
      "The error is over inputs where there are several, else over directions.",
    ],
    nullModel:
      "Constant with depth at criticality; for residual blocks it grows by 1 + χ_f a block, for norms after activations by 1.467.",
  },
  blockQ: {
    label: "Second moment of a value",
    symbol: "q",
    definition: "Mean square of the value's entries over the inputs.",
    equation: "q = ⟨h²⟩",
    source: PENNINGTON,
    assumptions: [HERE],
    nullModel: "It has none: in a residual stream it grows with depth.",
  },
  predicted: {
    label: "Gradient factor of a link, predicted",
    symbol: "χ₁",
    definition:
      "⟨s²⟩ of one link as the theory has it, from the layer's own σ̂_w² and the q before it; times rows/columns where the link widens, since the mean is over its columns then.",
    equation: "χ₁ = σ_w²·E φ′²",
    source: "Schoenholz, Gilmer, Ganguli & Sohl-Dickstein 2017",
    assumptions: ["Weights as drawn."],
    nullModel: "1 at criticality.",
  },
};
