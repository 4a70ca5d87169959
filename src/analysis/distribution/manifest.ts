import type { AnalysisManifest } from "../types.ts";

const FREEDMAN = "Freedman & Diaconis 1981, On the histogram as a density estimator, Z. Wahrscheinlichkeitstheorie 57";
const MOMENTS = "Chan, Golub & LeVeque 1979, Stanford STAN-CS-79-773; Fisher 1930 for the standardised cumulants";
const FINITE = "Over the finite elements of the target.";

export const manifest = {
  id: "distribution",
  version: 1,
  title: "Distribution",
  description:
    "Histogram of the elements, with the normal of the same moments and the framework's default initialization.",
  needs: ["weights"],
  citations: [FREEDMAN, "Scott 1979, On optimal and data-based histograms, Biometrika 66", MOMENTS],
  assumptions: [
    "The default initialization is that of the framework's standard layer of this shape; the file does not record what was used.",
    "NaN and infinite elements are left out.",
  ],
  parameters: {
    bins: {
      type: "integer",
      minimum: 0,
      maximum: 4096,
      default: 0,
      description: "Number of equal bins; 0 chooses by Freedman and Diaconis, between 16 and 256.",
    },
  },
  quantities: {
    finite: {
      label: "Finite elements",
      symbol: "n",
      definition: "Elements in the histogram: all that are neither NaN nor infinite.",
      equation: "n = Σ_b count_b",
      source: "Counted from the decoded values.",
      assumptions: [],
      nullModel: "all elements, in a healthy network",
    },
    edges: {
      label: "Bin edges",
      symbol: "e_b",
      definition: "Edges of equal bins from the smallest to the largest finite element.",
      equation: "h = 2·IQR·n^(−1/3), bins = ⌈(max − min)/h⌉ clipped to 16 … 256",
      source: FREEDMAN,
      assumptions: ["The interquartile range comes from at most 65,536 sampled elements."],
      nullModel: "none: a choice of drawing",
    },
    counts: {
      label: "Counts",
      symbol: "count_b",
      definition: "Elements in each bin; bins are half open, the last one closed.",
      equation: "count_b = #{i : e_b ≤ xᵢ < e_{b+1}}",
      source: "Counted from the decoded values.",
      assumptions: [FINITE],
      nullModel: "n times the law's mass in the bin, ± √ of that",
    },
    mean: {
      label: "Mean",
      symbol: "x̄",
      definition: "Arithmetic mean.",
      equation: "x̄ = (1/n) Σᵢ xᵢ",
      source: MOMENTS,
      assumptions: [FINITE],
      nullModel: "0 ± s/√n for a centred initialization",
    },
    std: {
      label: "Standard deviation",
      symbol: "s",
      definition: "Population standard deviation (divided by n).",
      equation: "s = √((1/n) Σᵢ (xᵢ − x̄)²)",
      source: MOMENTS,
      assumptions: [FINITE],
      nullModel: "that of the default initialization's law, where one is drawn",
    },
    skewness: {
      label: "Skewness",
      symbol: "g₁",
      definition: "Third standardised moment: sign and size of asymmetry. NaN for constant elements.",
      equation: "g₁ = (1/n) Σᵢ ((xᵢ − x̄)/s)³",
      source: MOMENTS,
      assumptions: [FINITE],
      nullModel: "0 for any symmetric law; standard error √(6/n) for Gaussian entries",
    },
    excessKurtosis: {
      label: "Excess kurtosis",
      symbol: "g₂",
      definition:
        "Fourth standardised moment less 3: heavier tails than a normal are positive. NaN for constant elements.",
      equation: "g₂ = (1/n) Σᵢ ((xᵢ − x̄)/s)⁴ − 3",
      source: MOMENTS,
      assumptions: [FINITE],
      nullModel: "0 Gaussian (standard error √(24/n)), −1.2 uniform, −0.63 normal cut at ±2",
    },
    laws: {
      label: "Laws to compare with",
      symbol: "p(x)",
      definition:
        "The normal of the same mean and standard deviation, and the law that the framework's standard layer starts from. For the truncated normal, std is that of the uncut normal and the cut counts in it.",
      equation: "normal N(x̄, s²); uniform U(low, high); truncated normal N(mean, std²) on |x − mean| ≤ cut·std",
      source: "PyTorch, Keras 3 and Flax sources: default initializers of their layers",
      assumptions: [
        "Which initialization was used is not recorded in the file: the law is the default, not a finding.",
      ],
      nullModel: "the laws are the null models of this histogram",
    },
  },
  holds: "chunks",
  cacheable: true,
} satisfies AnalysisManifest;
