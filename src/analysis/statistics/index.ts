import { DTYPES } from "../../base/dtype.ts";
import { knownValuesHash, ValuesHasher } from "../_shared/contentHash.ts";
import { forEachChunk, matrixReading } from "../_shared/input.ts";
import { Moments } from "../_shared/moments.ts";
import { readParameters } from "../_shared/parameters.ts";
import type { Analysis, AnalysisContext } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { StatisticsResult } from "./types.ts";

export const statisticsAnalysis: Analysis<StatisticsResult> = {
  manifest,

  applies(tensor) {
    if (DTYPES[tensor.dtype].kind !== "complex") return null;
    return { reason: `${tensor.name} is complex (${tensor.dtype}): only real values are summarised.` };
  },

  async run(context, parameters) {
    readParameters(manifest.parameters, parameters);
    const moments = new Moments();
    const known = knownValuesHash(context);
    const hasher = known === null ? new ValuesHasher(context) : null;
    await forEachChunk(context, (values) => {
      moments.add(values);
      hasher?.update(values);
    });
    context.progress(1);
    return {
      elements: moments.elements,
      finite: moments.finite,
      zeros: moments.zeros,
      nan: moments.nan,
      infinite: moments.infinite,
      mean: moments.mean,
      std: moments.std,
      min: moments.min,
      max: moments.max,
      meanSquare: moments.meanSquare,
      firstNonFinite: moments.firstNonFinite,
      contentHash: known ?? hasher!.hex(),
      sigmaW2: sigmaW2(context, moments),
    };
  },
};

/**
 * σ̂_w² = fan_in·mean(W²), without subtracting the mean. A tap is one position of the kernel, but a unit still sums over all of it: the
 * fan-in is that of the whole kernel.
 */
function sigmaW2({ tensor, target }: AnalysisContext, moments: Moments): StatisticsResult["sigmaW2"] {
  if (tensor.role !== "weight" || moments.finite === 0) return null;
  const reading = matrixReading(tensor, { ...target, tap: null });
  if ("reason" in reading || reading.kind === "embedding") return null;
  const fanIn = reading.columns;
  return { value: fanIn * moments.meanSquare, relativeStandardError: Math.sqrt(2 / moments.finite), fanIn };
}
