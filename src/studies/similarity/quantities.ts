import type { QuantityDefinition } from "../../analysis/types.ts";

const ITEMS = "The same items in the same order on both sides.";
const SINGLE =
  "From 1000 items on, float32 activations are multiplied in float32 and added up in float64: rounding moves CKA by about 1e-8, far less than its interval.";
const SHUFFLED = "Items of one side in random order: the cell's own chance level, and its permutation p.";

/** Cards, by measure, and for what stands beside a value. */
export const QUANTITIES: Readonly<Record<string, QuantityDefinition>> = {
  rsa: {
    label: "Comparison of dissimilarity matrices",
    symbol: "ρ(RDM_A, RDM_B)",
    definition: "How alike the distances between items are in two representations, over all pairs of items.",
    equation: "Spearman, ρ_a, τ_a, Pearson, cosine or whitened cosine of the upper triangles",
    source:
      "Kriegeskorte, Mur & Bandettini (2008), Front. Syst. Neurosci. 2, 4; Nili et al. (2014); Diedrichsen et al. (2021)",
    assumptions: [
      ITEMS,
      "Entries of a dissimilarity matrix are not independent: no p of a textbook correlation is shown, only permutations of items.",
      "The whitened cosine of squared Euclidean distances is linear CKA: the two are one piece of evidence.",
    ],
    nullModel: SHUFFLED,
  },
  cka: {
    label: "Linear CKA, biased",
    symbol: "CKA",
    definition:
      "Normalized inner product of the two centred Gram matrices: 1 for representations that differ by a rotation and a scale.",
    equation: "‖XᵀY‖_F² / (‖XᵀX‖_F·‖YᵀY‖_F)",
    source: "Kornblith, Norouzi, Lee & Hinton (2019), ICML",
    assumptions: [
      ITEMS,
      "With more dimensions than items it is near 1 for unrelated data: read it against its chance level.",
      "Ruled by the directions of largest variance.",
      SINGLE,
    ],
    nullModel:
      "tr K·tr L/((n − 1)‖K‖‖L‖), exact under shuffled items; for independent Gaussian data √(p₁p₂/((n + p₁)(n + p₂))).",
  },
  "debiased-cka": {
    label: "Linear CKA, debiased",
    symbol: "CKA₁",
    definition:
      "CKA from the unbiased HSIC₁: 0 on average for unrelated representations, whatever their dimensions; may be negative.",
    equation: "HSIC₁(K, L)/√(HSIC₁(K, K)·HSIC₁(L, L))",
    source: "Song et al. (2012), JMLR 13; Nguyen, Raghu & Kornblith (2021)",
    assumptions: [
      ITEMS,
      "Bias from having sampled few of the dimensions remains (Chun et al. 2025).",
      "Ruled by the directions of largest variance.",
      SINGLE,
    ],
    nullModel: "0, exact under shuffled items.",
  },
  "minibatch-cka": {
    label: "Minibatch CKA",
    symbol: "CKA₁ (batches)",
    definition: "Debiased CKA from batches of items: sums of HSIC₁ over batches before the ratio.",
    equation: "Σ_b HSIC₁(K_b, L_b)/√(Σ_b HSIC₁(K_b, K_b)·Σ_b HSIC₁(L_b, L_b))",
    source: "Nguyen, Raghu & Kornblith (2021)",
    assumptions: [ITEMS, "Batches are runs of items in the file's order; what is left at the end joins none."],
    nullModel: SHUFFLED,
  },
  "rbf-cka": {
    label: "RBF CKA",
    symbol: "CKA_RBF",
    definition: "Biased CKA of Gaussian kernels: looks at who is near whom.",
    equation: "K_ij = exp(−‖x_i − x_j‖²/(2σ²)), σ² = f²·median ‖x_i − x_j‖²",
    source: "Kornblith et al. (2019)",
    assumptions: [ITEMS, "Biased, as linear CKA is."],
    nullModel: SHUFFLED,
  },
  cca: {
    label: "Mean canonical correlation",
    symbol: "ρ̄",
    definition: "Mean of all canonical correlations: blind to every invertible linear map of either side.",
    equation: "mean of the singular values of Uᵀ_x·U_y",
    source: "Hotelling (1936); Raghu et al. (2017)",
    assumptions: [
      ITEMS,
      "Fewer dimensions than items: refused otherwise, all correlations would be 1.",
      "Of p + q > n − 1 dimensions some are 1 by counting.",
    ],
    nullModel: SHUFFLED,
  },
  svcca: {
    label: "SVCCA",
    symbol: "ρ̄(k)",
    definition:
      "Mean canonical correlation of the leading directions that hold a share of the variance; how many were kept stands beside it.",
    equation: "CCA of U_x[:, :k_x]·S and U_y[:, :k_y]·S",
    source: "Raghu, Gilmer, Yosinski & Sohl-Dickstein (2017)",
    assumptions: [ITEMS, "How many directions hold the share depends on the number of items."],
    nullModel: SHUFFLED,
  },
  pwcca: {
    label: "PWCCA",
    symbol: "Σαρ",
    definition:
      "Canonical correlations weighted by how much of the row's representation each direction takes. Not symmetric.",
    equation: "Σ_k α_k ρ_k, α_k ∝ Σ_j |⟨h_k, x_j⟩|",
    source: "Morcos, Raghu & Bengio (2018)",
    assumptions: [
      ITEMS,
      "Fewer dimensions than items.",
      "Not determined where several ρ are equal, as with p + q > n − 1.",
    ],
    nullModel: SHUFFLED,
  },
  procrustes: {
    label: "Procrustes distance",
    symbol: "d",
    definition: "What is left between two centred representations after the best rotation.",
    equation: "√(‖X‖² + ‖Y‖² − 2‖XᵀY‖_*)",
    source: "Williams, Kunz, Kornblith & Linderman (2021)",
    assumptions: [ITEMS, "Grows with the size of the representations: the angular distance does not."],
    nullModel: SHUFFLED,
  },
  angular: {
    label: "Angular shape distance",
    symbol: "θ",
    definition: "Angle between two centred representations after the best rotation, in radians; a metric.",
    equation: "arccos(‖XᵀY‖_*/(‖X‖‖Y‖))",
    source: "Williams, Kunz, Kornblith & Linderman (2021)",
    assumptions: [ITEMS],
    nullModel: SHUFFLED,
  },
  "partial-alpha": {
    label: "Partially whitened shape distance",
    symbol: "θ_α",
    definition:
      "Angular shape distance after whitening each side in part: α = 1 forgives rotations, α = 0 every invertible linear map.",
    equation: "θ of X·(αI + (1 − α)(XᵀX)^(−1/2)) and the same of Y",
    source: "Williams, Kunz, Kornblith & Linderman (2021)",
    assumptions: [ITEMS, "α = 0 needs fewer dimensions than items."],
    nullModel: SHUFFLED,
  },
  predictivity: {
    label: "Linear predictivity",
    symbol: "R²",
    definition:
      "How much of the column's representation a ridge regression on the row's predicts, on items it has not seen. Not symmetric; may be negative.",
    equation: "1 − Σ‖y − ŷ‖²/Σ‖y − ȳ‖² over held-out folds; penalty by leave-one-out error on the training items",
    source: "Yamins et al. (2014), PNAS 111; Golub, Heath & Wahba (1979)",
    assumptions: [ITEMS, "Folds are random items: items that resemble one another can sit on both sides."],
    nullModel: SHUFFLED,
  },
  interval: {
    label: "95 % interval",
    symbol: "[ , ]",
    definition:
      "Over items: leaving out each (linear CKA) or each of 20 groups, or drawing items with replacement, dropping duplicates and stretching what the m of n that are left do by √(m/(n − m)).",
    equation: "value ± 1.96·SE of the jackknife; 2.5 to 97.5 percentile of the stretched draws",
    source: "Efron & Tibshirani (1993); Nili et al. (2014); Shao & Wu (1989) for the stretch",
    assumptions: ["Items stand for a population of items; nothing is said about other training seeds."],
    nullModel: "none: it is an error bar",
  },
  p: {
    label: "Permutation p",
    symbol: "p",
    definition:
      "Share of random orders of the items of one side that are at least as alike; every order is counted once with up to 7 items.",
    equation: "(1 + #as good)/(1 + draws)",
    source: "Nili et al. (2014); Phipson & Smyth (2010)",
    assumptions: ["Of one cell by itself: beside it stands p corrected for the number of cells."],
    nullModel: "Items of one side exchanged at random.",
  },
  corrected: {
    label: "p corrected for the number of cells",
    symbol: "p_fw",
    definition:
      "Chance that, with nothing alike anywhere, the most alike of all cells off the diagonal (and, step by step, of those that are left) would be as far beyond its own chance, in standard deviations, as this cell.",
    equation:
      "(1 + #{max z ≥ z of the cell})/(1 + draws), z = (value − mean)/sd over the cell's own orders; the same orders for all cells",
    source: "Westfall & Young (1993); Ge, Dudoit & Speed (2003), Test 12, 1",
    assumptions: [
      "Exact where what is unrelated is so jointly (one file's items against another's).",
      "Holm's correction instead where more than 2²⁴ values would have to be kept; the result says which.",
    ],
    nullModel: "Items of one side exchanged at random, in the same order for every cell.",
  },
  ceiling: {
    label: "Noise ceiling",
    symbol: "lower – upper",
    definition:
      "How well the true model could do: each part of a recording (or each of several recordings) against all of them (upper) and against all others (lower).",
    equation:
      "mean over parts of the comparison with the pooled RDM; under τ_a, where pooling has no closed form, the best ranking that a search from mean ranks finds, and what no ranking exceeds",
    source: "Nili et al. (2014), PLoS Comput. Biol. 10, e1003553",
    assumptions: ["Parts are independent measurements of the same items."],
    nullModel: "none: it is a bound",
  },
  acrossFiles: {
    label: "Mean over networks",
    symbol: "s̄",
    definition:
      "How alike a layer of one network and a layer of another are on average over all pairs of three or more networks with the same layers, with an error over items and networks at once.",
    equation:
      "mean of s_ij over i ≠ j; V = V_items (resampled) + (k − 1)/k·Σ(θ₋f − mean)² (network by network left out); ± t·SE with min(k, n) − 1 degrees of freedom",
    source: "Arvesen (1969), Ann. Math. Stat. 40; Schütt et al. (2023), eLife 12, for both factors at once",
    assumptions: [
      "The files stand for a population of networks: seeds, not checkpoints of one run.",
      "What only items and networks together make is counted in both variances: the error is rather too large.",
    ],
    nullModel: "That of the cells: items of one side in random order.",
  },
  generalization: {
    label: "Error over items and parts",
    symbol: "SE",
    definition:
      "How much a layer's mean comparison with the single parts (or recordings) would vary with other items and other parts: draws of both, of parts, and of items, whose variances are put together so that neither is counted twice.",
    equation:
      "V = S/(S − 1)·V_s + n/(n − 1)·V_i − Sn/((S − 1)(n − 1))·(V_both − V_s − V_i); ± t·SE with min(S, n) − 1 degrees of freedom",
    source: "Schütt, Kipnis, Diedrichsen & Kriegeskorte (2023), eLife 12, e82566",
    assumptions: [
      "Items and parts stand for populations of both; parts of one animal say nothing about other animals.",
      "p against 0 is one-sided; p against the ceiling's lower end and of two layers' difference two-sided, the latter also corrected by Holm.",
    ],
    nullModel: "0 for correlations; no p is given for the cosine, which is above 0 by chance.",
  },
};
