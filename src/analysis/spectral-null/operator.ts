import type { DenseMatrix } from "../../numerics/dense.ts";
import { type Kernel, operatorSpectrum } from "../../numerics/randomMatrix/convolution.ts";
import type { LoadedMatrix } from "../_shared/input.ts";
import type { Said } from "../_shared/null/types.ts";
import { spatialAxes } from "../_shared/selection.ts";
import type { AnalysisContext } from "../types.ts";
import type { OperatorAccount } from "./types.ts";

/** Above this many channels on the smaller side, 32 decompositions of twice that size take minutes. */
const MAX_CHANNELS = 128;

/** A convolution kernel as an operator on an image of side `grid`; one-dimensional kernels on a line of that length. */
export function operatorAccount(
  context: AnalysisContext,
  matrix: LoadedMatrix,
  norm: number,
  grid: number,
): Said<OperatorAccount> {
  const { tensor, cancel, progress } = context;
  const axes = matrix.reading.kind === "conv-reshaped" ? spatialAxes(tensor) : [];
  if (axes.length === 0) return { value: null, reason: "No convolution kernel." };
  if (axes.length > 2) return { value: null, reason: "Convolutions in three dimensions are not taken as operators." };
  const taps = axes.reduce((product, axis) => product * tensor.shape[axis]!, 1);
  const inputs = matrix.columns / taps;
  if (Math.min(matrix.rows, inputs) > MAX_CHANNELS)
    return {
      value: null,
      reason: `More than ${MAX_CHANNELS} channels: one decomposition per frequency would take minutes.`,
    };
  const width = tensor.shape[axes[axes.length - 1]!]!;
  const height = taps / width;
  const side: readonly [number, number] = [axes.length === 1 ? 1 : Math.max(grid, height), Math.max(grid, width)];
  const tapsFirst = matrix.reading.columnAxes[0] === axes[0];
  const data = tapsOutermost(matrix, matrix.rows, inputs, taps, tapsFirst);
  const kernel: Kernel = { outputs: matrix.rows, inputs, height, width, data };
  const { all, largest } = operatorSpectrum(kernel, side[0], side[1], { cancel, progress });
  const how = {
    kind: "exact" as const,
    method: `singular values per frequency of a ${side.join(" × ")} grid, circular padding, stride 1`,
  };
  return {
    reason: null,
    value: {
      grid: side,
      norm: { value: all?.[0] ?? 0, how },
      smallest: { value: all?.[all.length - 1] ?? 0, how },
      lowerBound: norm,
      upperBound: Math.sqrt(taps) * norm,
      byFrequency: largest,
    },
  };
}

/** From out × (in·taps), or out × (taps·in), to taps × out × in. */
function tapsOutermost(
  { data, columns }: DenseMatrix,
  outputs: number,
  inputs: number,
  taps: number,
  tapsFirst: boolean,
) {
  const out = new Float64Array(data.length);
  for (let tap = 0, at = 0; tap < taps; tap++)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++, at++)
        out[at] = data[o * columns + (tapsFirst ? tap * inputs + i : i * taps + tap)]!;
  return out;
}
