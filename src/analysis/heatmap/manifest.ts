import type { AnalysisManifest } from "../types.ts";

const POWER = "von Mises & Pollaczek-Geiringer 1929, ZAMM 9; Golub & Van Loan, Matrix Computations, §8.2";
const TILES = 1_000_000;

export const manifest = {
  id: "heatmap",
  version: 1,
  title: "Heatmap",
  description: "The weights as a picture, tile by tile; rows and columns as stored or ordered by the leading mode.",
  needs: ["weights"],
  citations: [POWER],
  assumptions: [
    "A cell of a coarse level is the mean of its block: fine structure of changing sign cancels there.",
    "Ordering by the leading mode groups rows and columns that share it; it proves no cluster.",
  ],
  parameters: {
    level: {
      type: "integer",
      minimum: 0,
      maximum: 30,
      default: 0,
      description: "One cell of the tile is a block of 2^level × 2^level cells.",
    },
    tileRow: {
      type: "integer",
      minimum: 0,
      maximum: TILES,
      default: 0,
      description: "Row of the tile, in tiles of 512 cells.",
    },
    tileColumn: {
      type: "integer",
      minimum: 0,
      maximum: TILES,
      default: 0,
      description: "Column of the tile, in tiles of 512 cells.",
    },
    order: {
      type: "choice",
      choices: ["file", "mode"],
      default: "file",
      description: "Rows and columns as stored, or sorted by the leading left and right singular vector.",
    },
  },
  quantities: {
    values: {
      label: "Cell",
      symbol: "W̄_ij",
      definition: "Mean of the finite weights in the block that the cell stands for; NaN where there is none.",
      equation: "W̄ = (1/#finite) Σ_{block} W_ij, block of 2^level × 2^level",
      source: "Computed from the decoded values.",
      assumptions: ["Rounded to float32."],
      nullModel: "0 ± std/2^level for independent centred entries",
    },
    limit: {
      label: "Largest weight",
      symbol: "max |W|",
      definition: "Largest size of a finite weight in the whole matrix: end of the full colour scale.",
      equation: "max_ij |W_ij|",
      source: "Computed from the decoded values.",
      assumptions: ["Over finite weights."],
      nullModel: "about std·√(2 ln nm) for Gaussian entries",
    },
    robustLimit: {
      label: "99.9th percentile",
      symbol: "q₀.₉₉₉(|W|)",
      definition: "Size that 99.9 % of the weights stay below: end of the default colour scale.",
      equation: "#{|W_ij| ≤ q} = ⌈0.999·nm⌉",
      source: "Order statistic, nearest rank.",
      assumptions: ["Above a million weights, from a million sampled ones."],
      nullModel: "3.29·std for Gaussian entries",
    },
    rowOrder: {
      label: "Row order",
      symbol: "argsort u₁",
      definition: "Rows (outputs) by rising entry of the leading left singular vector.",
      equation: "u₁: W v₁ = σ₁ u₁",
      source: POWER,
      assumptions: ["Power iteration to a change below 1e-4; the order is arbitrary where σ₂ ≈ σ₁."],
      nullModel: "a random order for independent entries",
    },
    columnOrder: {
      label: "Column order",
      symbol: "argsort v₁",
      definition: "Columns (inputs) by rising entry of the leading right singular vector.",
      equation: "v₁: Wᵀ u₁ = σ₁ v₁",
      source: POWER,
      assumptions: ["Power iteration to a change below 1e-4; the order is arbitrary where σ₂ ≈ σ₁."],
      nullModel: "a random order for independent entries",
    },
  },
  cacheable: false,
} satisfies AnalysisManifest;
