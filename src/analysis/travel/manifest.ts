import { BBP, card, GD, JOHNSTONE, MP, NULL_QUANTITIES, SAXE } from "../_shared/null/quantities.ts";
import type { AnalysisManifest } from "../types.ts";

const RUN = "Both checkpoints are of one run, the earlier one before or early in training.";
const HAN = "Martin & Mahoney 2021, Implicit self-regularization in deep neural networks, J. Mach. Learn. Res. 22";
const EDELMAN = "Golub & Van Loan 2013, Matrix Computations, §6.4.3 (angles between subspaces)";

export const manifest = {
  id: "travel",
  version: 1,
  title: "Change since the first checkpoint",
  description: "How far training moved a matrix, and the spectrum of what it added: modes learned since.",
  needs: ["weights", "initial-weights"],
  citations: [MP, JOHNSTONE, GD, BBP, SAXE, HAN, EDELMAN],
  assumptions: [
    RUN,
    "Gradient noise and weight decay are part of the change: its bulk is fitted, and only what leaves it counts.",
  ],
  parameters: {
    modes: {
      type: "boolean",
      default: true,
      description: "The spectrum of the change as well, not only how large it is.",
    },
    exactLimit: {
      type: "integer",
      minimum: 1,
      maximum: 16384,
      default: 1024,
      description: "All singular values of the change up to this smaller dimension; above it the leading ones.",
    },
  },
  quantities: {
    ...NULL_QUANTITIES,
    travel: card(
      "Travel",
      "‖ΔW‖_F/‖W₀‖_F",
      "How far the weights moved since the earlier checkpoint, in units of their size there.",
      "‖W − W₀‖_F/‖W₀‖_F",
      SAXE,
      "0 where the tensor was frozen",
      [RUN],
    ),
    changeNorm: card(
      "Size of the change",
      "‖ΔW‖_F",
      "Root of the summed squares of W − W₀.",
      "‖W − W₀‖_F",
      SAXE,
      "0 where frozen",
      [RUN],
    ),
    initialNorm: card(
      "Earlier size",
      "‖W₀‖_F",
      "Frobenius norm of the earlier weights.",
      "‖W₀‖_F",
      SAXE,
      "s√(nm) for entries of standard deviation s",
      [],
    ),
    cosine: card(
      "Cosine",
      "cos(W, W₀)",
      "How much of the direction of the earlier weights is left.",
      "⟨W, W₀⟩/(‖W‖_F‖W₀‖_F)",
      SAXE,
      "0 ± 1/√(nm) for weights that have nothing to do with each other; 1 where frozen",
      [RUN],
    ),
    change: card(
      "Modes learned since",
      "#{σᵢ(ΔW) > s₉₉}",
      "Singular values of the change above the 99 % edge of its own noise.",
      "ΔW = W − W₀ = Σᵢ σᵢuᵢvᵢᵀ",
      HAN,
      "0 with probability 0.99 if the change were independent entries of one variance",
      [RUN, "The bulk of the change is its noise; σ is matched to its median singular value."],
    ),
    alignment: card(
      "In the earlier weights' leading subspace",
      "‖U₀ᵀu‖²",
      "How much of a learned direction lies in the leading singular vectors of the earlier weights.",
      "‖U₀,ₖᵀu‖², ‖V₀,ₖᵀv‖²",
      EDELMAN,
      "k/n and k/m for a random direction",
      [RUN],
    ),
  },
  reference: "required",
  cacheable: true,
} as const satisfies AnalysisManifest;
