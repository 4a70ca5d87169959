import type { StudyManifest } from "../types.ts";

const SAXE_2014 =
  "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, ICLR";
const SAXE_2019 =
  "Saxe, McClelland & Ganguli 2019, A mathematical theory of semantic development in deep neural networks, PNAS 116";
const FLOW = "Gradient flow: infinitely small steps of plain, full-batch gradient descent on ½Σ‖y − ŷ‖².";
const WHITE = "One-hot items, each taught equally often.";
const DECOUPLED = "Modes are decoupled: the layers are aligned with the data's modes and equally strong (balanced).";

export const manifest = {
  id: "simulator",
  version: 1,
  title: "Learning simulator",
  description:
    "A deep linear network learns a tree of items or a table: the theory's courses at once, and a real network trained beside them.",
  files: {
    table: { description: "tables of items × properties to learn instead of a tree", least: 0, most: 1 },
  },
  needs: [],
  citations: [SAXE_2014, SAXE_2019],
  assumptions: [
    "Deep linear networks without biases; for nonlinear ones all of it is an analogy.",
    WHITE,
    "Full-batch plain gradient descent on half the summed squared error, so that τ = 1/rate steps.",
  ],
  quantities: {
    singularValue: {
      label: "Mode strength in the data",
      symbol: "s",
      definition:
        "Singular value of the table: what the network's strength of this mode tends to. Of a level, the mean over its modes.",
      equation: "Y = Σ s u vᵀ, Σ³¹ = Y for one-hot items (sum convention)",
      source: SAXE_2014,
      assumptions: [WHITE],
      nullModel: "the column √(N·λ): what infinitely many properties of the same tree give",
    },
    limit: {
      label: "Strength in the limit",
      symbol: "√(N·λ)",
      definition:
        "Singular value of the level for infinitely many properties, at the scale of N of them. All modes of a level are equal in it.",
      equation: "λ_l = P·Σ_{k≥l} (q_k − q_{k−1})/B^k, q_k = (1 − 2ε)^{2(D−k)}",
      source: SAXE_2019,
      assumptions: [
        "A regular tree; properties of ±1 that flip from parent to child with probability ε, independently.",
      ],
      nullModel: "ε = ½: λ = 1 at every level, no hierarchy",
    },
    spread: {
      label: "Spread by chance",
      symbol: "√(N·λ)(1 ± √(g/N))",
      definition:
        "Where the g equal values of a level come to lie in a table of N properties. What differs inside it is chance, no structure.",
      equation: "Marchenko–Pastur edges of g dimensions and N samples",
      source: "Marchenko & Pastur 1967, Distribution of eigenvalues for some sets of random matrices, Math. USSR Sb. 1",
      assumptions: ["Asymptotic in g and N, levels far apart: for g of 1 or 2 a rule of thumb."],
      nullModel: "N → ∞: no spread",
    },
    start: {
      label: "Start",
      symbol: "a₀",
      definition:
        "Strength at which theory's course of the mode begins: the balanced start's own, or what random weights of two layers amount to.",
      equation: "a₀ = ¼‖W₁v + W₂ᵀu‖² for two random layers; uᵀWv for one",
      source: `${SAXE_2014}; the effective start follows from the linear growth near the saddle`,
      assumptions: ["Small weights: only (W₁v + W₂ᵀu)/2 grows. uᵀW₂W₁v itself is as often negative."],
      nullModel: "hidden·(σ₁² + σ₂²)/4 on average over random weights",
    },
    halfTime: {
      label: "Half-time by theory",
      symbol: "t½",
      definition: "Steps until the mode's strength is half of s.",
      equation: "(τ/2s)·ln((s − a₀)/a₀) for two weight matrices; τ du/dt = D·u^(2−2/D)(s − u) for D",
      source: SAXE_2014,
      assumptions: [FLOW, WHITE, DECOUPLED],
      nullModel: "one weight matrix: τ·ln 2 for every mode, whatever its strength",
      unit: "steps",
    },
    trainedHalfTime: {
      label: "Half-time in training",
      symbol: "t½",
      definition:
        "Steps at which the trained network's strength of the mode passes half of s; of a level, the mean over its modes.",
      equation: "a = uᵀ(W_D…W_1)v at up to 201 looks, ln(a/(s − a)) interpolated between two",
      source: SAXE_2014,
      assumptions: ["u and v are the data's: a fixed basis, not the network's own."],
      nullModel: "the column beside it: theory",
      unit: "steps",
    },
    stage: {
      label: "Stage index",
      symbol: "(t₉₅ − t₀₅)/t₉₅",
      definition:
        "How much of the time until it is learned a mode takes to rise: near 0 it is learned in one step after a plateau, near 1 it starts at once.",
      equation: "(t₉₅ − t₀₅)/t₉₅, times at which a passes 95 % and 5 % of s",
      source: SAXE_2019,
      assumptions: [FLOW, WHITE, DECOUPLED],
      nullModel: "0.983 for one weight matrix from zero",
    },
    loss: {
      label: "Loss",
      symbol: "½Σ‖y − ŷ‖²",
      definition: "Half the squared error, summed over items and properties.",
      equation: "½Σ_α (s_α − a_α)² by theory",
      source: SAXE_2014,
      assumptions: [WHITE],
      nullModel: "½Σs² at a start from zero",
    },
    offDiagonal: {
      label: "Off-diagonal share",
      symbol: "ρ",
      definition:
        "Share of the network's map that lies outside the data's modes. Where it is large, modes are not decoupled and theory's courses do not hold.",
      equation: "‖A − diag A‖²/‖A‖², A = UᵀW_D…W_1V",
      source: SAXE_2014,
      assumptions: ["Of equal modes the whole block counts as diagonal."],
      nullModel: "a random map: near 1 − r/(items·properties) for r modes",
    },
    largestRate: {
      label: "Largest stable rate",
      symbol: "2/(D·s₁^(2−2/D))",
      definition:
        "From this learning rate on, gradient descent leaves the strongest mode's end again instead of settling there.",
      equation: "rate·D·s₁^(2−2/D) < 2, the curvature of the loss along the mode at its end",
      source: SAXE_2014,
      assumptions: ["Balanced layers at the end of learning; unbalanced ones are steeper."],
      nullModel: "one weight matrix: 2, whatever the table",
    },
    stress: {
      label: "Stress",
      symbol: "stress-1",
      definition:
        "How badly the picture's distances fit those of the items' vectors, over all times together. 0 is perfect, above 0.2 poor.",
      equation: "√(Σ(d − d̂)²/Σd²)",
      source: "Kruskal 1964, Multidimensional scaling by optimizing goodness of fit, Psychometrika 29",
      assumptions: ["One embedding of all items at all times: classical scaling about their common mean."],
      nullModel: "0 where the items lie in a plane",
    },
  },
  memoryBytes: 768 * 2 ** 20,
} as const satisfies StudyManifest;
