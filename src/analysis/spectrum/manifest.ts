import { NULL_QUANTITIES } from "../_shared/null/quantities.ts";
import type { AnalysisManifest } from "../types.ts";

const RUDELSON = "Rudelson & Vershynin 2007, Sampling from large matrices, J. ACM 54";
const ROY = "Roy & Vetterli 2007, The effective rank, EUSIPCO";
const GOLUB =
  "Golub & Kahan 1965, Calculating the singular values and pseudo-inverse of a matrix, SIAM J. Numer. Anal. 2";
const MARCHENKO = "Marchenko & Pastur 1967; edge as in Bai & Silverstein 2010";
const JOHNSTONE =
  "Johnstone 2001, On the distribution of the largest eigenvalue in principal components analysis, Ann. Stat. 29";
const HOYER = "Hoyer 2004, Non-negative matrix factorization with sparseness constraints, J. Mach. Learn. Res. 5";
const CLT =
  "Bai & Silverstein 2004, CLT for linear spectral statistics of large-dimensional sample covariance matrices, Ann. Probab. 32";
const SHAPE = "Its value for Gaussian noise of this very shape, and what one draw varies by, stand beside it.";
const READING =
  "The tensor is read as outputs × inputs; a convolution as out × (in·taps), which is not the convolution operator (Sedghi, Gupta & Long 2019).";

export const manifest = {
  id: "spectrum",
  version: 3,
  title: "Spectrum",
  description: "Singular values, spectral norm and rank measures of a weight matrix, each against its null.",
  needs: ["weights"],
  citations: [
    GOLUB,
    RUDELSON,
    ROY,
    HOYER,
    CLT,
    MARCHENKO,
    JOHNSTONE,
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
    route: {
      type: "choice",
      choices: ["auto", "floorless"],
      default: "auto",
      description: "floorless: never by the Gram matrix alone, so that the smallest values are right, too. Slower.",
    },
    sketchAbove: {
      type: "integer",
      minimum: 1,
      maximum: 1073741824,
      default: 1073741824,
      description: "Above this smaller dimension only a quick sketch of a few leading values, for a first look.",
    },
  },
  quantities: {
    ...NULL_QUANTITIES,
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
      nullModel: `Gaussian n × m: near nm/(√n + √m)², with the mean of the largest value at this size by Tracy–Widom. ${SHAPE}`,
    },
    effectiveRank: {
      label: "Effective rank (Roy–Vetterli)",
      symbol: "erank",
      definition:
        "Exponential of the entropy, natural logarithm, of the singular values (not their squares) divided by their sum.",
      equation: "erank = exp(−Σ pᵢ ln pᵢ), pᵢ = σᵢ/Σσ",
      source: ROY,
      assumptions: [READING, "0 for a zero matrix, by convention."],
      nullModel: `Gaussian n × m: from the Marchenko–Pastur density with its finite-size correction; all min(n, m) for an orthogonal initialization. ${SHAPE}`,
    },
    participationRatio: {
      label: "Participation ratio",
      symbol: "PR",
      definition: "Number of singular directions that share the squared weight.",
      equation: "(Σσᵢ²)²/Σσᵢ⁴",
      source: "Bell & Dean 1970; for spectra Gao & Ganguli 2015",
      assumptions: [READING],
      nullModel: `Gaussian n × m: nm/(n + m + 1). ${SHAPE}`,
    },
    hoyer: {
      label: "Hoyer sparsity",
      symbol: "H",
      definition: "How unevenly the singular values are spread: 0 if all are equal, 1 if one is not zero.",
      equation: "(√N − Σσᵢ/√Σσᵢ²)/(√N − 1)",
      source: HOYER,
      assumptions: [READING],
      nullModel: `Gaussian n × m: from the Marchenko–Pastur density with its finite-size correction; 0 for an orthogonal initialization. ${SHAPE}`,
    },
  },
  cacheable: true,
} as const satisfies AnalysisManifest;
