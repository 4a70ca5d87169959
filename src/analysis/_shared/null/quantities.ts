import type { QuantityDefinition } from "../../types.ts";

export const MP = "Marchenko & Pastur 1967, Math. USSR Sb. 1";
export const JOHNSTONE =
  "Johnstone 2001, On the distribution of the largest eigenvalue in principal components analysis, Ann. Stat. 29";
export const BBP =
  "Benaych-Georges & Nadakuditi 2012, The singular values and vectors of low rank perturbations, J. Multivariate Anal. 111";
export const GD =
  "Gavish & Donoho 2014, The optimal hard threshold for singular values is 4/√3, IEEE Trans. Inf. Theory 60";
export const FLIP = "Hong, Sheng & Dobriban 2020, Selecting the number of components in PCA via random signflips";
export const CLAUSET = "Clauset, Shalizi & Newman 2009, Power-law distributions in empirical data, SIAM Rev. 51";
export const WW =
  "Martin, Peng & Mahoney 2021, Predicting trends in the quality of state-of-the-art neural networks, Nat. Commun. 12";
export const CONV = "Sedghi, Gupta & Long 2019, The singular values of convolutional layers, ICLR";
export const SAXE = "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning, ICLR";
/** What the noise null takes for granted. */
export const IID = "The noise part has independent entries of one variance; the law of the entries does not matter.";
export const WEIGHTS =
  "Weights alone: a mode outside the noise was not necessarily learned; that needs the initial weights.";

export const card = (
  label: string,
  symbol: string,
  definition: string,
  equation: string,
  source: string,
  nullModel: string,
  assumptions: readonly string[] = [IID],
): QuantityDefinition => ({ label, symbol, definition, equation, source, nullModel, assumptions });

/** Cards of the numbers that every account of a matrix against its null has. */
export const NULL_QUANTITIES = {
  noiseStd: card(
    "Noise level",
    "σ",
    "Standard deviation of the entries' noise part: given, or the one whose bulk has the observed median singular value.",
    "σ̂ = s_med/√(M·μ_β), M = max(n, m), β = min/max",
    GD,
    "equals the entries' standard deviation where there is no signal",
    [IID, "Fewer than half of the modes are signal."],
  ),
  bulkEdge: card(
    "Bulk edge",
    "s₊",
    "Where the spectrum of noise ends as the matrix grows.",
    "s₊ = σ√M·(1 + √β)",
    MP,
    "at finite size the largest noise value passes it with probability 0.17",
  ),
  noiseEdge: card(
    "99 % noise edge",
    "s₉₉",
    "The singular value that noise of this size stays under with probability 0.99; widened by the error of a matched σ.",
    "s² = σ²(μ + ς·F₁⁻¹(0.99)), μ = (√(M−1)+√N)², ς = (√(M−1)+√N)(1/√(M−1)+1/√N)^⅓",
    JOHNSTONE,
    "one matrix of noise in a hundred passes it; with a matched σ at most 1.2 in a hundred in simulation, fewer where entries have lighter tails than Gaussian ones",
  ),
  edgeRatio: card(
    "Edge ratio",
    "σ₁/s₉₉",
    "The largest singular value over the 99 % noise edge: above 1 something stands out of the noise.",
    "σ₁/s₉₉",
    JOHNSTONE,
    "below 1 with probability 0.99",
  ),
  signalModes: card(
    "Signal modes",
    "#{σᵢ > s₉₉}",
    "Singular values above the 99 % noise edge.",
    "#{i : σᵢ > s₉₉}",
    JOHNSTONE,
    "0 with probability 0.99",
    [IID, WEIGHTS],
  ),
  modes: card(
    "Signal behind a mode",
    "θ",
    "An outlier is larger than the signal that made it, and its vectors are only partly the signal's: the spiked model turned round.",
    "θ² = ½[(y²−1−β) + √((y²−1−β)²−4β)], y = σᵢ/(σ√M)",
    BBP,
    "no outlier below θ = β^¼·σ√M",
    [IID, "Few signals, far apart."],
  ),
  denoisingThreshold: card(
    "Denoising threshold",
    "τ",
    "Keeping the modes above it gives the least mean-square error. It counts no signals.",
    "τ = ω(β)·s_med, or λ*(β)·σ√M where σ is given",
    GD,
    "above the bulk edge",
  ),
  denoisingRank: card(
    "Denoising rank",
    "#{σᵢ > τ}",
    "Modes that optimal hard thresholding keeps.",
    "#{i : σᵢ > τ}",
    GD,
    "0 for noise",
  ),
  powerLaw: card(
    "Power-law exponent",
    "α",
    "Exponent of the tail of λ = σ², not divided by any size. Shown with the tail's length and two tests, or not at all.",
    "α = 1 + n_tail/Σ ln(λᵢ/λ_min), σ_α = (α−1)/√n_tail",
    CLAUSET,
    "a Gaussian matrix gives α between about 4 and 10 and means nothing by it",
    [
      "The tail is a power law. “2 ≤ α ≤ 6 is well trained” is a heuristic (Martin & Mahoney).",
      "Eigenvalues repel: the Kolmogorov–Smirnov p is too large.",
    ],
  ),
  mpSoftrank: card("mp_softrank", "λ₊/λ_max", "Bulk edge over the largest eigenvalue.", "s₊²/σ₁²", WW, "1 for noise"),
  orthogonality: card(
    "Orthogonality",
    "max|σ−g|",
    "Whether all singular values are equal, as orthogonal initializations make them; then the noise bulk is the wrong null.",
    "g = median σ",
    SAXE,
    "0 for an orthogonal initialization",
    [],
  ),
  meanOutlier: card(
    "Mean of the entries",
    "z",
    "A mean that is not zero makes an outlier singular value near |mean|·√(nm) by itself.",
    "z = mean·√(nm)/std",
    BBP,
    "standard normal; |z| > 5 is no accident",
  ),
  heavyEntries: card(
    "Heavy entries",
    "#{|Wᵢⱼ| > σ(nm)^¼}",
    "Single entries large enough to push a singular value out of the bulk alone, and at least six standard deviations large.",
    "|Wᵢⱼ| > max(β^¼·σ√M, 6·std)",
    BBP,
    "none for light-tailed entries",
  ),
} as const satisfies Readonly<Record<string, QuantityDefinition>>;
