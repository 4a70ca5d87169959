import type { AnalysisManifest } from "../types.ts";

const SAXE =
  "Saxe, McClelland & Ganguli 2019, A mathematical theory of semantic development in deep neural networks, PNAS 116";
const SOKAL = "Sokal & Michener 1958, A statistical method for evaluating systematic relationships";
const ROHLF = "Sokal & Rohlf 1962, The comparison of dendrograms by objective methods, Taxon 11";
const BUNEMAN = "Buneman 1974, A note on the metric properties of trees, J. Combin. Theory B 17";
const ROUSSEEUW = "Rousseeuw 1987, Silhouettes, J. Comput. Appl. Math. 20";
const GRAY = "Gray 2006, Toeplitz and circulant matrices: a review (circulant matrices have Fourier modes)";
const BBP =
  "Benaych-Georges & Nadakuditi 2012, The singular values and vectors of low rank perturbations of large rectangular random matrices";
const LLOYD = "Arthur & Vassilvitskii 2007, k-means++; Lloyd 1982";
const PHIPSON = "Phipson & Smyth 2010, Permutation p-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9";
const ITEMS = "One side of the matrix is items: for a hidden layer that is an analogy, and its units have no names.";
const EXACT =
  "That modes are learned along the tree, coarse before fine, is proved for deep linear networks on white inputs; elsewhere it is an analogy.";
const PERMUTED = "each property's values dealt to the items anew (base rates kept)";

/** Each on its own up to here: n² distances and n³ work a draw of the null. Beyond, items are summarized as groups. */
export const MAX_ITEMS = 1024;
const FIT =
  "Share of the variance of similarities (about their mean, pairs of different items) that classes of pairs tell, adjusted for the number of classes.";
const FIT_EQUATION = "1 − (SSR/(N − c))/(SST/(N − 1)), N pairs in c classes";
const DESCRIPTION =
  "A description: tables with any relation between their properties can pass this null. Compare the fits of the structures with one another.";

export const manifest = {
  id: "mode-hierarchy",
  version: 2,
  title: "Mode hierarchy",
  description:
    "Items as a tree, each split tied to the singular mode that makes it, with purity and permutation nulls.",
  needs: ["weights"],
  citations: [SAXE, SOKAL, ROHLF, BUNEMAN, PHIPSON, ROUSSEEUW, GRAY, BBP, LLOYD],
  assumptions: [ITEMS, EXACT],
  parameters: {
    items: {
      type: "choice",
      choices: ["columns", "rows"],
      default: "columns",
      description:
        "Which side of the matrix is items: columns are a weight's inputs, rows its outputs (or a table's lines).",
    },
    centre: {
      type: "boolean",
      default: false,
      description: "Subtract each property's mean over the items. That deletes the mode that all items share.",
    },
    geometry: {
      type: "choice",
      choices: ["hidden", "behaviour", "direction"],
      default: "hidden",
      description:
        "Items at √σ·v, as in the hidden layer of a network that learned them, at σ·v, as in its outputs, or as the outputs' directions (cosines).",
    },
    gap: {
      type: "number",
      minimum: 0,
      maximum: 0.5,
      default: 0.001,
      description:
        "Neighbouring values closer than this part of σ₁ are one degenerate group: only the subspace that they span is told from noise.",
    },
    draws: {
      type: "integer",
      minimum: 20,
      maximum: 10000,
      default: 1000,
      description: "Permutations for the nulls; fewer where items are many, and the result says how many.",
    },
    leaves: {
      type: "integer",
      minimum: 8,
      maximum: MAX_ITEMS,
      default: 256,
      description: `Of more than ${MAX_ITEMS} items: how many groups of items the tree ends in.`,
    },
    only: {
      type: "text",
      longest: 1_000_000,
      default: "",
      description: 'Only these items, by number: "0-3,7"; empty for all.',
    },
  },
  quantities: {
    singularValue: {
      label: "Mode strength",
      symbol: "σ",
      definition:
        "Singular value of the items × properties matrix: how much of it this distinction between items explains.",
      equation: "Y = Σ σ u vᵀ, items in v, properties in u",
      source: SAXE,
      assumptions: ["Sum convention: entries are not divided by the number of items."],
      nullModel: "the same rank with each property permuted over the items",
    },
    purity: {
      label: "Purity",
      symbol: "Σ(vᵀψ)²",
      definition:
        "Share of the mode (or of its degenerate group) that lies in the contrasts of the splits it is attached to: 1 for a mode that is exactly a split of the tree, below ½ cross-cutting.",
      equation: "Σ_c n_c·m_c² − n·m², means of v over the children c of the node",
      source: SAXE,
      assumptions: ["The tree is built from the same modes: compare with the null, not with 0."],
      nullModel: PERMUTED,
    },
    copheneticCorrelation: {
      label: "Cophenetic correlation",
      symbol: "r",
      definition:
        "Correlation between the items' distances and the heights at which the tree joins them. 1: the distances are ultrametric.",
      equation: "Pearson over all pairs of d_ij and the height of the node that joins i and j",
      source: ROHLF,
      assumptions: ["Average linkage gives a tree for any items: 30 random ones reach about 0.7."],
      nullModel: PERMUTED,
    },
    relativeDelta: {
      label: "Four-point defect",
      symbol: "δ/diameter",
      definition: "How far any four items are from lying on a tree (Gromov's δ), as part of the largest distance.",
      equation: "max over quadruples of half the difference of the two largest of d_ab+d_cd, d_ac+d_bd, d_ad+d_bc",
      source: BUNEMAN,
      assumptions: [],
      nullModel: "0 for every tree; about 0.1–0.3 for points without one",
    },
    tree: {
      label: "Fit of the tree",
      symbol: "R²",
      definition: `${FIT} The class of a pair is the split that joins it.`,
      equation: FIT_EQUATION,
      source: SOKAL,
      assumptions: [DESCRIPTION],
      nullModel: PERMUTED,
    },
    ring: {
      label: "Fit of a ring",
      symbol: "R²",
      definition: `${FIT} The class of a pair is its distance round a ring, on which items are ordered by the angle of the two leading modes beside the constant.`,
      equation: FIT_EQUATION,
      source: GRAY,
      assumptions: [DESCRIPTION, "Places on the ring are taken to be equally far from one another."],
      nullModel: PERMUTED,
    },
    grid: {
      label: "Fit of a grid",
      symbol: "R²",
      definition: `${FIT} The class of a pair is its steps along both sides of a lattice; the sides and the places of the items are those that fit best.`,
      equation: FIT_EQUATION,
      source: GRAY,
      assumptions: [DESCRIPTION, "Sides of at most three to one, every place but the last taken."],
      nullModel: `${PERMUTED}, the lattice chosen anew`,
    },
    clusters: {
      label: "Fit of clusters",
      symbol: "R²",
      definition: `${FIT} The class of a pair is the two clusters it belongs to: the cut of the tree into 2 to 12 with the greatest mean silhouette.`,
      equation: FIT_EQUATION,
      source: ROUSSEEUW,
      assumptions: [DESCRIPTION],
      nullModel: `${PERMUTED}, the cut chosen anew`,
    },
    silhouette: {
      label: "Silhouette",
      symbol: "(b − a)/max(a, b)",
      definition:
        "How much nearer items are to their own cluster than to the next, the mean over items: 1 for points without extent, about 0 for none.",
      equation: "a: mean distance to the own cluster, b: to the nearest other; 0 for an item alone",
      source: ROUSSEEUW,
      assumptions: [],
      nullModel: "see the fit of clusters",
    },
    coherence: {
      label: "Category coherence",
      symbol: "C",
      definition:
        "Whether a category can be learned from examples: the signal of its items × properties against the noise of the rest of the table. Above 1 its mode stands out. Properties are chosen so that C is greatest.",
      equation: "C = (p − q)²/(q(1 − q)) · K_o·K_f/√(N_o·N_f), rates p inside and q outside the block",
      source: SAXE,
      assumptions: [
        "A table of two values; entries outside the block are independent.",
        "Exact as the table grows. Tables with more than two values show the split's mode strength instead.",
      ],
      nullModel: `greatest C of any category in trees of permuted tables; the threshold C = 1 is of ${BBP}`,
    },
    modeCoherence: {
      label: "Category coherence",
      symbol: "σ",
      definition:
        "Strength of the strongest mode that makes this split: what the theory of learning puts in the place of coherence where there is no planted block.",
      equation: "σ of the mode attached to the node",
      source: SAXE,
      assumptions: [EXACT],
      nullModel: "the same rank with each property permuted over the items; its 95 % point is the threshold",
    },
    basicLevel: {
      label: "Basic level",
      symbol: "argmax λ",
      definition:
        "The level of the tree whose categories are most alike inside beyond their likeness to their siblings.",
      equation: "λ_C = Σ_{j∈C} S_ij − Σ_{j∈sibling} S_ij, mean over items i of C; S = YYᵀ/properties",
      source: SAXE,
      assumptions: [
        "Where properties only flip along the branches of a tree λ falls with every level: a basic level below the first needs siblings that are opposites.",
        "Levels that at least half of the items reach; siblings of unequal size count as they are.",
      ],
      nullModel: `greatest deeper λ minus the first level's: ${PERMUTED}`,
    },
    relatives: {
      label: "Closeness of relatives",
      symbol: "p(height)",
      definition:
        "Whether these items join lower than any two items of a permuted table: one test for all pairs, so that the closest of many is not taken for news.",
      equation: "(1 + #{first join of a draw ≤ height})/(1 + draws)",
      source: PHIPSON,
      assumptions: ["Items near the origin are near one another whatever they are: compare with their norms."],
      nullModel: `first join, ${PERMUTED}`,
    },
    withinShare: {
      label: "Inside the ends",
      symbol: "Σ‖h − h̄‖²",
      definition:
        "Share of the variance between items that lies inside the tree's ends: what a tree of groups does not show.",
      equation: "Σ‖h_i − centre‖²/Σ‖h_i − mean‖² in the space of the leading 32 modes",
      source: LLOYD,
      assumptions: ["k-means finds a good grouping, not the best one."],
      nullModel: "none: a property of the summary",
    },
    modesShare: {
      label: "Leading modes",
      symbol: "Σσ²",
      definition: "Share of the whole table that the modes carry in whose space the ends were made.",
      equation: "Σ of the leading σ² over Σ of all entries squared",
      source: SAXE,
      assumptions: [],
      nullModel: "none: a property of the summary",
    },
    treeLike: {
      label: "Tree-like",
      symbol: "r ≥ 0.8 and δ ≤ 0.1",
      definition: "Whether a tree is a fair picture of these items.",
      equation: "cophenetic correlation at least 0.8, four-point defect at most 0.1",
      source: ROHLF,
      assumptions: ["Both bounds are rules of thumb."],
      nullModel: "see the two numbers' own nulls",
    },
    typicality: {
      label: "Typicality",
      symbol: "v_iα",
      definition: "How strongly item i takes part in distinction α, and on which side.",
      equation: "v_iα = (1/σ_α) Σ_m u_mα y_mi",
      source: SAXE,
      assumptions: [
        "The sign of a whole mode is free: u and v flip together.",
        "Inside a degenerate group vectors may be rotated.",
      ],
      nullModel: "Gaussian vector of n entries: standard deviation 1/√n",
    },
    prototype: {
      label: "Category prototype",
      symbol: "u_mα",
      definition: "How much property m belongs to the positive pole of distinction α (attribute centrality).",
      equation: "u_mα = (1/σ_α) Σ_i v_iα y_mi",
      source: SAXE,
      assumptions: [
        "The sign of a whole mode is free: u and v flip together.",
        "Inside a degenerate group vectors may be rotated.",
      ],
      nullModel: "Gaussian vector of m entries: standard deviation 1/√m",
    },
  },
  cacheable: true,
} as const satisfies AnalysisManifest;
