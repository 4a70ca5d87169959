import type { AnalysisManifest } from "../types.ts";

const SAXE =
  "Saxe, McClelland & Ganguli 2019, A mathematical theory of semantic development in deep neural networks, PNAS 116";
const SOKAL = "Sokal & Michener 1958, A statistical method for evaluating systematic relationships";
const ROHLF = "Sokal & Rohlf 1962, The comparison of dendrograms by objective methods, Taxon 11";
const BUNEMAN = "Buneman 1974, A note on the metric properties of trees, J. Combin. Theory B 17";
const PHIPSON = "Phipson & Smyth 2010, Permutation p-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9";
const ITEMS = "One side of the matrix is items: for a hidden layer that is an analogy, and its units have no names.";
const EXACT =
  "That modes are learned along the tree, coarse before fine, is proved for deep linear networks on white inputs; elsewhere it is an analogy.";
const PERMUTED = "each property's values dealt to the items anew (base rates kept)";

export const manifest = {
  id: "mode-hierarchy",
  version: 1,
  title: "Mode hierarchy",
  description:
    "Items as a tree, each split tied to the singular mode that makes it, with purity and permutation nulls.",
  needs: ["weights"],
  citations: [SAXE, SOKAL, ROHLF, BUNEMAN, PHIPSON],
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
      choices: ["hidden", "behaviour"],
      default: "hidden",
      description:
        "Items at √σ·v, as in the hidden layer of a network that learned them, or at σ·v, as in its outputs.",
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
