import { criticalDecays, curvature, space, type Trained, trainability, transientChaos } from "./phases.ts";
import { isometry, orthogonalTanh, productSpectra } from "./spectra.ts";
import type { Demo } from "./types.ts";
import { defaults, gptAudit, normExplodes, residualGrowth } from "./variants.ts";

/** Every demonstration of docs/initialization.md, in its order. All draws are seeded; `trained` is what the training script wrote down. */
export function demonstrations(trained: Trained): readonly Demo[] {
  return [
    transientChaos(),
    trainability(trained),
    curvature(),
    criticalDecays(),
    productSpectra(),
    orthogonalTanh(),
    isometry(),
    space(),
    normExplodes(),
    residualGrowth(),
    defaults(),
    gptAudit(),
  ];
}
