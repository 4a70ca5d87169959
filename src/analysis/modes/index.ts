import { frobeniusSquare } from "../../numerics/dense.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { degenerateGroups } from "../_shared/degenerate.ts";
import { loadMatrix } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { Mode, ModesResult } from "./types.ts";

const TOLERANCE = 1e-7;
const SEED = 2016;

export const modesAnalysis: Analysis<ModesResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { count } = readParameters(manifest.parameters, parameters);
    const { reading, ...matrix } = await loadMatrix(context);
    const totalSquare = frobeniusSquare(matrix);
    // One more than is shown, so that the last one's group is known.
    const triplets = topTriplets(matrix, count + 1, {
      tolerance: TOLERANCE,
      seed: SEED,
      cancel: context.cancel,
      progress: context.progress,
    });
    const known = triplets.values.subarray(0, triplets.converged);
    const groups = degenerateGroups(known);
    const top = known[0] ?? 0;
    const modes = Array.from({ length: Math.min(count, known.length) }, (_, index): Mode => {
      const left = Float32Array.from(triplets.left[index] ?? []);
      const right = Float32Array.from(triplets.right[index] ?? []);
      const singularValue = known[index] ?? 0;
      return {
        index,
        singularValue,
        share: totalSquare === 0 ? 0 : singularValue ** 2 / totalSquare,
        residual: top === 0 ? 0 : (triplets.residuals[index] ?? 0) / top,
        left,
        right,
        leftIpr: inverseParticipation(left),
        rightIpr: inverseParticipation(right),
        degenerateGroup: groups[index] ?? [index],
      };
    });
    return { reading, rows: matrix.rows, columns: matrix.columns, modes, totalSquare };
  },
};

function inverseParticipation(x: Float32Array): number {
  let sum = 0;
  for (const value of x) sum += value ** 4;
  return sum;
}
