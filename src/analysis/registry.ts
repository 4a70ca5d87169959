import { ModeScopeError } from "../base/errors.ts";
import { distributionAnalysis } from "./distribution/index.ts";
import { heatmapAnalysis } from "./heatmap/index.ts";
import { modeHierarchyAnalysis } from "./mode-hierarchy/index.ts";
import { modesAnalysis } from "./modes/index.ts";
import { spectralNullAnalysis } from "./spectral-null/index.ts";
import { spectrumAnalysis } from "./spectrum/index.ts";
import { statisticsAnalysis } from "./statistics/index.ts";
import { travelAnalysis } from "./travel/index.ts";
import type { Analysis } from "./types.ts";

/** Every analysis, in the order in which people meet them. A new one is a folder and a line here. */
export const ANALYSES: readonly Analysis[] = [
  statisticsAnalysis,
  spectrumAnalysis,
  distributionAnalysis,
  heatmapAnalysis,
  modesAnalysis,
  spectralNullAnalysis,
  travelAnalysis,
  modeHierarchyAnalysis,
];

export function analysisById(id: string): Analysis {
  const analysis = ANALYSES.find((candidate) => candidate.manifest.id === id);
  if (analysis !== undefined) return analysis;
  const known = ANALYSES.map((candidate) => candidate.manifest.id).join(", ");
  throw new ModeScopeError("bad-request", `There is no analysis ${id}.`, {
    field: "analysis",
    remedy: `Known analyses: ${known}.`,
  });
}
