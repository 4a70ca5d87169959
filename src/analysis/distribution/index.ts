import { DTYPES } from "../../base/dtype.ts";
import { forEachChunk } from "../_shared/input.ts";
import { Moments } from "../_shared/moments.ts";
import { readParameters } from "../_shared/parameters.ts";
import { selectionOf } from "../_shared/selection.ts";
import type { Analysis, AnalysisContext } from "../types.ts";
import { automaticBins, equalEdges, HistogramPass } from "./histogram.ts";
import { defaultInitialization } from "./laws.ts";
import { manifest } from "./manifest.ts";
import { QuartileSample } from "./quartileSample.ts";
import type { DistributionLaw, DistributionResult } from "./types.ts";

/** Two passes over the values: moments and range first, then the bins. Memory is one chunk. */
export const distributionAnalysis: Analysis<DistributionResult> = {
  manifest,

  applies(tensor) {
    if (DTYPES[tensor.dtype].kind === "complex") {
      return { reason: `${tensor.name} is complex (${tensor.dtype}): only real values have a histogram.` };
    }
    return tensor.elements === 0 ? { reason: `${tensor.name} is empty.` } : null;
  },

  async run(context, parameters) {
    const { bins: asked } = readParameters(manifest.parameters, parameters);
    const moments = new Moments();
    const sample = new QuartileSample(selectionOf(context.tensor, context.target).elements);
    await forEachChunk(half(context, 0), (values, start) => {
      moments.add(values);
      sample.add(values, start);
    });
    const { finite, mean, std, min, max } = moments;
    if (finite === 0) return nothingFinite(context);

    const edges = equalEdges(
      min,
      max,
      asked > 0 ? asked : automaticBins(max - min, sample.interquartileRange(), std, finite),
    );
    const pass = new HistogramPass(edges, mean, std);
    await forEachChunk(half(context, 0.5), (values) => pass.add(values));
    context.progress(1);
    const { skewness, excessKurtosis } = pass.shape(finite);
    return {
      finite,
      edges,
      counts: pass.counts,
      mean,
      std,
      skewness,
      excessKurtosis,
      laws: lawsOf(context, mean, std),
    };
  },
};

function lawsOf(context: AnalysisContext, mean: number, std: number): readonly DistributionLaw[] {
  const law = defaultInitialization(context.tensor, context.checkpoint.framework);
  const fitted: DistributionLaw = {
    kind: "normal",
    mean,
    std,
    label: "normal of the same mean and spread",
    source: "mean and standard deviation of these elements",
  };
  return [...(std > 0 ? [fitted] : []), ...(law === null ? [] : [law])];
}

function nothingFinite(context: AnalysisContext): DistributionResult {
  const unknown = Number.NaN;
  return {
    finite: 0,
    edges: new Float64Array(0),
    counts: new Float64Array(0),
    mean: unknown,
    std: unknown,
    skewness: unknown,
    excessKurtosis: unknown,
    laws: lawsOf(context, unknown, unknown),
  };
}

/** Each pass is half of the way. */
function half(context: AnalysisContext, from: number): AnalysisContext {
  return { ...context, progress: (fraction) => context.progress(from + fraction / 2) };
}
