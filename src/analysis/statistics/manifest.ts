import type { AnalysisManifest, QuantityDefinition } from "../types.ts";

const ELEMENTWISE =
  "Taken over the finite elements of the target: the whole tensor, or the chosen part or kernel position.";
const MERGING =
  "Chan, Golub & LeVeque 1979, Updating formulae and a pairwise algorithm for computing sample variances, Stanford STAN-CS-79-773";
const COUNTED = "Counted from the decoded values.";
const MEAN_FIELD =
  "Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli 2016, NeurIPS; Schoenholz, Gilmer, Ganguli & Sohl-Dickstein 2017, ICLR";

export const manifest = {
  id: "statistics",
  version: 1,
  title: "Statistics",
  description: "Mean, spread, range, zeros and non-finite values of every element, in one pass.",
  needs: ["weights"],
  citations: [MERGING, MEAN_FIELD, "FIPS 180-4, Secure Hash Standard, 2015 (SHA-256)"],
  assumptions: [
    "Moments leave out NaN and infinite elements; their numbers are reported beside.",
    "Moments of a fused tensor mix its blocks: choose a part to see one block.",
  ],
  parameters: {},
  quantities: {
    elements: card(
      "Elements",
      "N",
      "How many values the target has.",
      "N = ∏ shape",
      COUNTED,
      [],
      "none: it follows from the shape",
    ),
    finite: card(
      "Finite elements",
      "n",
      "Elements that are neither NaN nor infinite.",
      "n = N − #NaN − #Inf",
      COUNTED,
      [],
      "n = N in a healthy network",
    ),
    zeros: card(
      "Zeros",
      "#0",
      "Elements that are exactly 0 (−0 included).",
      "#{i : xᵢ = 0}",
      COUNTED,
      [],
      "0 for any continuous law; biases often start at 0",
    ),
    nan: card("NaN", "#NaN", "Elements that are not a number.", "#{i : xᵢ ≠ xᵢ}", COUNTED, [], "0"),
    infinite: card("Infinite", "#Inf", "Elements that are +∞ or −∞.", "#{i : |xᵢ| = ∞}", COUNTED, [], "0"),
    mean: card(
      "Mean",
      "x̄",
      "Arithmetic mean.",
      "x̄ = (1/n) Σᵢ xᵢ",
      MERGING,
      [ELEMENTWISE],
      "0 ± std/√n for independent entries of a centred initialization; |z| > 5 means an outlier singular value near |x̄|√N",
    ),
    std: card(
      "Standard deviation",
      "s",
      "Population standard deviation (divided by n).",
      "s = √((1/n) Σᵢ (xᵢ − x̄)²)",
      MERGING,
      [ELEMENTWISE],
      "that of the initialization's law",
    ),
    min: card(
      "Minimum",
      "min",
      "Smallest finite element.",
      "minᵢ xᵢ",
      COUNTED,
      [ELEMENTWISE],
      "about −s√(2 ln n) for Gaussian entries; the bound of a uniform law",
    ),
    max: card(
      "Maximum",
      "max",
      "Largest finite element.",
      "maxᵢ xᵢ",
      COUNTED,
      [ELEMENTWISE],
      "about s√(2 ln n) for Gaussian entries; the bound of a uniform law",
    ),
    meanSquare: card(
      "Mean square",
      "⟨x²⟩",
      "Mean of the squares, the mean not subtracted.",
      "⟨x²⟩ = s² + x̄²",
      MERGING,
      [ELEMENTWISE],
      "the variance of a centred initialization",
    ),
    firstNonFinite: card(
      "First non-finite",
      "i₀",
      "Row-major index, within the target, of the first NaN or infinite element.",
      "i₀ = min{i : xᵢ not finite}",
      COUNTED,
      [],
      "none: all elements are finite",
    ),
    contentHash: card(
      "Content hash",
      "SHA-256",
      "Digest of dtype, shape and decoded values: equal for equal tensors, whatever file they lie in.",
      "SHA-256(dtype ‖ shape ‖ values)",
      "FIPS 180-4, 2015",
      ["Values are hashed as decoded (float32 or float64, little-endian, row-major)."],
      "differs between any two different tensors",
    ),
    sigmaW2: card(
      "Weight variance σ_w²",
      "σ̂_w² = fan_in·⟨W²⟩",
      "Weight variance scaled by fan-in, the mean-field theory's control parameter, estimated from these weights. Convolutions: fan-in counts every position of the kernel.",
      "σ̂_w² = fan_in · (1/nm) Σ W_ij², relative standard error √(2/nm)",
      MEAN_FIELD,
      [
        "Entries independent and identically distributed: true at initialization, broken by training.",
        "The standard error is for Gaussian entries (kurtosis 3); for uniform ones it is 0.632 times as large.",
      ],
      "1/3 for PyTorch's Linear and Conv default, 2 for Kaiming, 1 for LeCun; for Glorot 2/(1 + fan_out/fan_in)",
    ),
  },
  holds: "chunks",
  cacheable: true,
  hashesValues: true,
} satisfies AnalysisManifest;

function card(
  label: string,
  symbol: string,
  definition: string,
  equation: string,
  source: string,
  assumptions: readonly string[],
  nullModel: string,
): QuantityDefinition {
  return { label, symbol, definition, equation, source, assumptions, nullModel };
}
