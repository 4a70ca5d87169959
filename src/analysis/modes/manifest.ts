import type { AnalysisManifest } from "../types.ts";

const ECKART = "Eckart & Young 1936, The approximation of one matrix by another of lower rank, Psychometrika 1";
const SIGN =
  "Bro, Acar & Kolda 2008, Resolving the sign ambiguity in the singular value decomposition, J. Chemometrics 22";
const SAXE =
  "Saxe, McClelland & Ganguli 2019, A mathematical theory of semantic development in deep neural networks, PNAS 116";
const UNITS = "Inside a hidden layer neither side has names: the vectors are directions over units.";

export const manifest = {
  id: "modes",
  version: 1,
  title: "Leading modes",
  description: "Leading singular triplets of a weight matrix with their loadings.",
  needs: ["weights"],
  citations: [ECKART, SIGN, SAXE],
  assumptions: [UNITS, "Weights alone do not say what was learned: compare with the initialization."],
  parameters: {
    count: { type: "integer", minimum: 1, maximum: 64, default: 12, description: "Number of leading modes." },
  },
  quantities: {
    singularValue: {
      label: "Mode strength",
      symbol: "σ",
      definition: "Singular value of the mode.",
      equation: "W = Σ σ u vᵀ",
      source: SAXE,
      assumptions: [],
      nullModel: "independent entries of standard deviation s: at most about s(√n + √m)",
    },
    share: {
      label: "Share",
      symbol: "σ²/Σσ²",
      definition: "Part of the squared Frobenius norm that the mode carries.",
      equation: "σᵢ²/‖W‖_F²",
      source: ECKART,
      assumptions: [],
      nullModel: "Gaussian: near 1/min(n, m), the first up to (√n + √m)²/(nm)",
    },
    residual: {
      label: "Residual",
      symbol: "‖Wv−σu‖/σ₁",
      definition: "How far the computed triplet is from being one, relative to σ₁.",
      equation: "max(‖Wv−σu‖, ‖Wᵀu−σv‖)/σ₁",
      source: "Golub & Kahan 1965",
      assumptions: [],
      nullModel: "0 in exact arithmetic",
    },
    leftIpr: {
      label: "Inverse participation ratio, outputs",
      symbol: "Σu⁴",
      definition: "1 for a mode on one unit, 1/n for one spread evenly.",
      equation: "Σᵢ uᵢ⁴, ‖u‖ = 1",
      source: "Bell & Dean 1970",
      assumptions: ["Not defined inside a degenerate group, where vectors may be rotated."],
      nullModel: "Gaussian vector of n entries: 3/(n + 2)",
    },
    rightIpr: {
      label: "Inverse participation ratio, inputs",
      symbol: "Σv⁴",
      definition: "1 for a mode on one unit, 1/m for one spread evenly.",
      equation: "Σⱼ vⱼ⁴, ‖v‖ = 1",
      source: "Bell & Dean 1970",
      assumptions: ["Not defined inside a degenerate group, where vectors may be rotated."],
      nullModel: "Gaussian vector of m entries: 3/(m + 2)",
    },
  },
  cacheable: true,
} as const satisfies AnalysisManifest;
