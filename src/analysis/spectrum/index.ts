import { rankNulls } from "../../numerics/randomMatrix/rankNulls.ts";
import { loadMatrix } from "../_shared/input.ts";
import { nullAccount } from "../_shared/null/account.ts";
import { tailAccount } from "../_shared/null/tail.ts";
import { readParameters } from "../_shared/parameters.ts";
import { targetLabel } from "../_shared/targetLabel.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { SpectrumResult } from "./types.ts";
import { exactValues, leadingValues, sketchedValues } from "./values.ts";

const SPARKLINE_POINTS = 48;
/** Enough to refuse at 0.1; the analysis of one tensor's null takes more. */
const TAIL_DRAWS = 39;
const SEED = 2016;

export const spectrumAnalysis: Analysis<SpectrumResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { exactLimit, topK, route, sketchAbove } = readParameters(manifest.parameters, parameters);
    const matrix = await loadMatrix(context);
    const { rows, columns } = matrix;
    const { cancel } = context;
    const small = Math.min(rows, columns);
    const watch = { cancel, progress: (fraction: number) => context.progress(0.8 * fraction) };
    const values =
      small > sketchAbove
        ? sketchedValues(matrix, watch)
        : small <= exactLimit
          ? exactValues(matrix, route === "floorless" ? "floorless" : "auto", watch)
          : leadingValues(matrix, topK, watch);
    const { singularValues: s } = values;
    const account = nullAccount({
      tensor: context.tensor,
      label: targetLabel(context),
      matrix,
      singularValues: s,
      frobeniusSquare: values.frobeniusNorm.value ** 2,
      known: null,
    });
    const powerLaw =
      values.promise === "exact"
        ? tailAccount(s, account.noise.value, {
            draws: TAIL_DRAWS,
            seed: SEED,
            cancel,
            progress: (fraction) => context.progress(0.8 + 0.2 * fraction),
          })
        : { value: null, reason: "The tail needs all singular values: compute them exactly." };
    return {
      reading: matrix.reading,
      rows,
      columns,
      ...values,
      ...account,
      powerLaw,
      rankNulls: rankNulls(rows, columns),
      sparkline: sparklineOf(s),
      degenerate: degeneracy(s),
    };
  },
};

function sparklineOf(s: Float64Array): Float32Array<ArrayBuffer> {
  const points = Math.min(SPARKLINE_POINTS, s.length);
  const top = s[0] || 1;
  return Float32Array.from(
    { length: points },
    (_, i) => (s[points === 1 ? 0 : Math.round((i * (s.length - 1)) / (points - 1))] as number) / top,
  );
}

function degeneracy(s: Float64Array): string | null {
  return (s[0] ?? 0) === 0
    ? "All entries are zero: rank 0. The effective rank of a zero matrix is not defined; 0 is shown by convention."
    : null;
}
