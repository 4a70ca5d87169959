import type { QuantityDefinition } from "../../analysis/types.ts";

const POOLE = "Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli 2016, NeurIPS";
const EXACT = "Derivatives along the curve are carried exactly through every layer.";

export const QUANTITIES: Readonly<Record<string, QuantityDefinition>> = {
  euclidean: {
    label: "Euclidean length",
    symbol: "L^E",
    definition:
      "Length of the curve in the space of the layer's pre-activations. It grows like χ₁^(l/2) in the chaotic phase.",
    equation: "L^E = ∫ √g^E dθ, g^E = ‖∂h/∂θ‖²",
    source: POOLE,
    assumptions: [EXACT],
    nullModel: "∏√χ₁ times the circle's own length, for weights as drawn.",
  },
  grassmannian: {
    label: "Grassmannian length",
    symbol: "L^G",
    definition: "Length of the Gauss map: how far the curve's tangent turns in all. Not the curve's own length.",
    equation: "L^G = ∫ √(κ²·g^E) dθ",
    source: POOLE,
    assumptions: [EXACT, "φ′ does not jump: else φ″ holds a δ, and the turning of a polyline stands for it."],
    nullModel: "2π for a circle through linear layers, whatever their weights.",
    unit: "rad",
  },
  metric: {
    label: "Stretching",
    symbol: "ḡ",
    definition: "Mean squared speed of the curve a unit.",
    equation: "ḡ = ⟨g^E⟩/N; ḡ^l = χ₁·ḡ^(l−1)",
    source: POOLE,
    assumptions: [EXACT],
    nullModel: "∏σ_w²·E φ′² from the circle's radius on.",
  },
  curvature: {
    label: "Extrinsic curvature",
    symbol: "κ̄²",
    definition:
      "Mean squared curvature times the width. In the chaotic phase it tends to 3χ₂/(χ₁(χ₁ − 1)) while the length explodes: the curve bends at every scale.",
    equation: "κ² = [(a·a)(v·v) − (v·a)²]/(v·v)³; κ̄²_l = 3χ₂/χ₁² + κ̄²_(l−1)/χ₁",
    source: POOLE,
    assumptions: [EXACT, "φ′ does not jump."],
    nullModel: "1/q for the circle itself.",
  },
  turning: {
    label: "Turning of the polyline",
    symbol: "Σ∠",
    definition:
      "Sum of the angles between neighbouring segments through the curve's points. For ReLU, whose derivative jumps, it is what curvature can be.",
    equation: "Σ_k ∠(h_(k+1) − h_k, h_k − h_(k−1))",
    source: "Raghu, Poole, Kleinberg, Ganguli & Sohl-Dickstein 2017, ICML",
    assumptions: ["As many points as resolve the curve: see L(n)/L(n/2)."],
    nullModel: "2π for a circle, 0 for a segment.",
    unit: "rad",
  },
  sampling: {
    label: "Sampling check",
    symbol: "L(n)/L(n/2)",
    definition: "Length of the polyline through all points over that through every second one.",
    equation: "L(n)/L(n/2)",
    source: "The polyline's length falls short by a quarter of it at twice the step.",
    assumptions: [],
    nullModel: "1 where the points resolve the curve; 2 where they are strewn at random.",
  },
  growth: {
    label: "Growth of length a layer",
    symbol: "L^l/L^(l−1)",
    definition: "Polyline length over that of the layer before.",
    equation: "L^l/L^(l−1)",
    source: "Raghu, Poole, Kleinberg, Ganguli & Sohl-Dickstein 2017, ICML",
    assumptions: ["As many points as resolve the curve."],
    nullModel:
      "√χ₁ at large width; for ReLU at least σ_w√k/√(k+1) a layer of width k, in expectation and up to a constant.",
  },
  correlations: {
    label: "Correlation along the curve",
    symbol: "c(Δθ)",
    definition: "Cosine between pre-activations of points Δθ apart, averaged along the curve.",
    equation: "c = h·h′/(‖h‖‖h′‖)",
    source: POOLE,
    assumptions: ["Theory: weights as drawn, width to infinity."],
    nullModel: "cos Δθ at the input; c* in the end.",
  },
  q: {
    label: "Second moment of pre-activations",
    symbol: "q",
    definition: "Mean square of the layer's pre-activations over the curve.",
    equation: "q^l = σ_w²·E φ(√q^(l−1) z)² + σ_b²",
    source: POOLE,
    assumptions: ["Theory: weights as drawn, width to infinity."],
    nullModel: "The q-map's course from q⁰.",
  },
  shares: {
    label: "Principal components of the curve",
    symbol: "PC",
    definition:
      "The curve's points along the directions of its largest variance, and what share of the variance each has.",
    equation: "H − mean = U S Vᵀ; coordinates U·S, shares s²/Σs²",
    source: "Pearson 1901",
    assumptions: ["128 points of the curve."],
    nullModel: "½ and ½ for a circle.",
  },
};
