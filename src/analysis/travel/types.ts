import type { MatrixReading } from "../../base/tensor.ts";
import type { NoiseAccount, Said, SignalMode } from "../_shared/null/types.ts";
import type { Measured } from "../types.ts";

/** One direction that training added, and what it has to do with the weights before and after. */
export interface LearnedMode extends SignalMode {
  /** Squared length of u and v inside the leading `subspace` singular vectors of the earlier weights; by chance subspace/n and subspace/m. */
  readonly leftInInitial: number;
  readonly rightInInitial: number;
  /** The mode of the later weights that it is most alike, and |u·u'|·|v·v'|. */
  readonly final: { readonly index: number; readonly overlap: number };
}

export interface ChangeSpectrum {
  readonly promise: "exact" | "top-k";
  /** Of ΔW, descending. */
  readonly singularValues: Float64Array<ArrayBuffer>;
  readonly stableRank: Measured;
  readonly noise: Said<NoiseAccount>;
  /** Dimension of the earlier weights' leading subspace that the modes are compared with. */
  readonly subspace: number;
  /** The leading signal modes of ΔW, at most 16. */
  readonly modes: readonly LearnedMode[];
}

export interface TravelResult {
  readonly reading: MatrixReading;
  readonly rows: number;
  readonly columns: number;
  /** ‖W − W₀‖_F/‖W₀‖_F. */
  readonly travel: Measured;
  readonly changeNorm: Measured;
  readonly initialNorm: Measured;
  /** ⟨W, W₀⟩/(‖W‖·‖W₀‖). */
  readonly cosine: Measured;
  readonly change: Said<ChangeSpectrum>;
}
