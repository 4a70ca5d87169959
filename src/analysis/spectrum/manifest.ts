import type { AnalysisManifest } from "../types.ts";

const RUDELSON = "Rudelson & Vershynin 2007, Sampling from large matrices, J. ACM 54";
const ROY = "Roy & Vetterli 2007, The effective rank, EUSIPCO";
const GOLUB =
  "Golub & Kahan 1965, Calculating the singular values and pseudo-inverse of a matrix, SIAM J. Numer. Anal. 2";
const MARCHENKO = "Marchenko & Pastur 1967; edge as in Bai & Silverstein 2010";
const READING =
  "The tensor is read as outputs × inputs; a convolution as out × (in·taps), which is not the convolution operator (Sedghi, Gupta & Long 2019).";

export const manifest = {
  id: "spectrum",
  version: 1,
  title: "Spectrum",
  description: "Singular values, spectral norm and rank measures of a weight matrix.",
  needs: ["weights"],
  citations: [
    GOLUB,
    RUDELSON,
    ROY,
    "Ubaru, Chen & Saad 2017, Fast estimation of tr f(A) via stochastic Lanczos quadrature, SIAM J. Matrix Anal. Appl. 38",
  ],
  assumptions: [READING, "Nothing is said about learning: that needs the initial weights as well."],
  parameters: {
    exactLimit: {
      type: "integer",
      minimum: 1,
      maximum: 16384,
      default: 1024,
      description:
        "All singular values exactly up to this smaller dimension; above it the leading ones with residuals.",
    },
    topK: {
      type: "integer",
      minimum: 1,
      maximum: 256,
      default: 32,
      description: "Leading singular values above the exact limit.",
    },
  },
  quantities: {
    singularValues: {
      label: "Singular values",
      symbol: "σᵢ",
      definition: "Square roots of the eigenvalues of WᵀW, descending.",
      equation: "W = Σᵢ σᵢ uᵢvᵢᵀ",
      source: GOLUB,
      assumptions: [READING],
      nullModel:
        "independent entries of variance s²: σ fills s(√n ± √m) for n × m (Marchenko–Pastur); a narrow band for an orthogonal initialization",
    },
    residuals: {
      label: "Residuals",
      symbol: "‖Wv−σu‖",
      definition: "How far each computed triplet is from being one.",
      equation: "max(‖Wvᵢ−σᵢuᵢ‖, ‖Wᵀuᵢ−σᵢvᵢ‖)",
      source: GOLUB,
      assumptions: [],
      nullModel: "0 in exact arithmetic",
    },
    spectralNorm: {
      label: "Spectral norm",
      symbol: "‖W‖₂ = σ₁",
      definition: "Largest singular value: the largest gain of any direction.",
      equation: "σ₁ = max‖Wx‖/‖x‖",
      source: MARCHENKO,
      assumptions: [READING],
      nullModel: "independent entries of standard deviation s: s(√n + √m)",
    },
    frobeniusNorm: {
      label: "Frobenius norm",
      symbol: "‖W‖_F",
      definition: "Root of the sum of squares of all entries.",
      equation: "‖W‖_F² = Σᵢⱼ Wᵢⱼ² = Σᵢ σᵢ²",
      source: "Golub & Van Loan 2013, Matrix Computations, §2.3",
      assumptions: [],
      nullModel: "independent entries of standard deviation s: s√(nm)",
    },
    stableRank: {
      label: "Stable rank",
      symbol: "‖W‖_F²/σ₁²",
      definition: "How many directions of the strongest gain would give the same Frobenius norm. At most the rank.",
      equation: "Σσᵢ²/σ₁²",
      source: RUDELSON,
      assumptions: [READING],
      nullModel: "Gaussian n × m: nm/(√n + √m)²",
    },
    effectiveRank: {
      label: "Effective rank (Roy–Vetterli)",
      symbol: "erank",
      definition:
        "Exponential of the entropy, natural logarithm, of the singular values (not their squares) divided by their sum.",
      equation: "erank = exp(−Σ pᵢ ln pᵢ), pᵢ = σᵢ/Σσ",
      source: ROY,
      assumptions: [READING, "0 for a zero matrix, by convention."],
      nullModel: "Gaussian n × m: from the Marchenko–Pastur density; all min(n, m) for an orthogonal initialization",
    },
    participationRatio: {
      label: "Participation ratio",
      symbol: "PR",
      definition: "Number of singular directions that share the squared weight.",
      equation: "(Σσᵢ²)²/Σσᵢ⁴",
      source: "Bell & Dean 1970; for spectra Gao & Ganguli 2015",
      assumptions: [READING],
      nullModel: "Gaussian n × m: nm/(n + m + 1)",
    },
  },
  cacheable: true,
} as const satisfies AnalysisManifest;
