import { entryFacts, heavyEntries, meanOutlier } from "../../numerics/randomMatrix/entries.ts";
import { orthogonalFit } from "../../numerics/randomMatrix/orthogonal.ts";
import { nullPValue, signFlipNull } from "../../numerics/randomMatrix/signFlip.ts";
import { weightWatcherNorms } from "../../numerics/randomMatrix/weightWatcher.ts";
import { singularValues } from "../../numerics/svd/singularValues.ts";
import { loadMatrix } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis, Measured } from "../types.ts";
import { manifest } from "./manifest.ts";
import { MIN_VALUES, noiseAccount } from "./noise.ts";
import { operatorAccount } from "./operator.ts";
import { tailAccount } from "./tail.ts";
import type { NoiseAccount, Remark, Said, SignFlipAccount, SpectralNullResult } from "./types.ts";

const MAX_HEAVY = 16;
const FLIPPED_MODES = 16;
/** Above this share of exact zeros the entries have no one variance. */
const SPARSE = 0.1;

export const spectralNullAnalysis: Analysis<SpectralNullResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { noiseStd, flipDraws, tailDraws, grid, seed } = readParameters(manifest.parameters, parameters);
    const { cancel, tensor } = context;
    const part = (from: number, share: number) => (fraction: number) => context.progress(from + share * fraction);
    const matrix = await loadMatrix(context);
    const { rows, columns } = matrix;
    const s = singularValues(matrix, { cancel, progress: part(0, 0.3) });
    const top = s[0] ?? 0;
    const entries = entryFacts(matrix);
    const orthogonal = orthogonalFit(s, rows, columns);
    const refusal = noiseRefusal();
    const noise: Said<NoiseAccount> =
      refusal === null ? noiseAccount(s, rows, columns, noiseStd) : { value: null, reason: refusal };
    const signFlip = flipAccount();
    const powerLaw = tailAccount(s, noise.value, { draws: tailDraws, seed, cancel, progress: part(0.7, 0.1) });
    const operator = operatorAccount({ ...context, progress: part(0.8, 0.2) }, matrix, top, grid);

    const robust = noise.value?.noiseStd.value ?? robustStd(entries.std, top, s, rows * columns);
    const threshold = robust * (rows * columns) ** 0.25;
    const heavy = heavyEntries(matrix, threshold, MAX_HEAVY);
    const mean = meanOutlier(entries, rows * columns);
    const exact = (value: number, method: string): Measured => ({ value, how: { kind: "exact", method } });
    const alpha = powerLaw.value?.alpha ?? null;
    const norms = weightWatcherNorms(s, alpha?.value ?? null, noise.value?.bulkEdge.value ?? null);
    const scaled = (value: number | null, slope: number): Measured | null =>
      value === null || alpha === null || alpha.how.kind !== "estimate"
        ? null
        : { value, how: { ...alpha.how, standardError: Math.abs(slope) * alpha.how.standardError } };
    const allValues = "from all singular values in float64";
    return {
      reading: matrix.reading,
      noise,
      signFlip,
      powerLaw,
      weightWatcher: {
        logNorm: exact(norms.logNorm, allValues),
        logSpectralNorm: exact(norms.logSpectralNorm, allValues),
        alphaWeighted: scaled(norms.alphaWeighted, norms.logSpectralNorm),
        logAlphaNorm: scaled(norms.logAlphaNorm, norms.logSpectralNorm),
        mpSoftrank:
          norms.mpSoftrank === null ? null : exact(norms.mpSoftrank, "fitted bulk edge over the largest eigenvalue"),
      },
      orthogonality: {
        verdict: orthogonal.verdict,
        gain: exact(orthogonal.gain, "median singular value"),
        largestDeviation: exact(orthogonal.largestDeviation, allValues),
      },
      meanOutlier: exact(mean.z, "all entries, two passes in float64"),
      meanStrength: exact(mean.strength, "all entries, two passes in float64"),
      heavyEntries: { threshold, ...heavy },
      operator,
      remarks: remarks(),
    };

    /** Why independent entries of one variance are the wrong null here, or null if nothing speaks against them. */
    function noiseRefusal(): string | null {
      if (top === 0) return "All entries are zero.";
      if (matrix.reading.kind === "embedding" || tensor.role === "embedding")
        return "Rows of an embedding have norms that follow how often their items occur: independent entries of one variance are the wrong null.";
      if (orthogonal.verdict !== "no")
        return "All singular values are (nearly) equal, as an orthogonal initialization makes them: look at |σ − gain| instead.";
      if (entries.zeroShare > SPARSE)
        return `${(100 * entries.zeroShare).toFixed(0)} % of the entries are exactly zero: the edge of a dense matrix does not hold; see the sign-flip null.`;
      if (s.length < MIN_VALUES && noiseStd === 0)
        return `Only ${s.length} singular values: their median does not set a noise level.`;
      return null;
    }

    function flipAccount(): Said<SignFlipAccount> {
      if (top === 0) return { value: null, reason: "All entries are zero." };
      if (flipDraws === 0) return { value: null, reason: "No draws were asked for." };
      const draws = signFlipNull(matrix, { draws: flipDraws, seed, cancel, progress: part(0.3, 0.4) });
      const at = (share: number) => draws[Math.min(draws.length - 1, Math.floor(share * draws.length))] ?? 0;
      const p = s.slice(0, FLIPPED_MODES).map((value) => nullPValue(draws, value));
      return { reason: null, value: { draws: flipDraws, p, median: at(0.5), upper: at(0.95) } };
    }

    function remarks(): Remark[] {
      const { name } = tensor;
      const list: Remark[] = [];
      if (top === 0) list.push({ code: "zero", message: `${name}: every entry is zero.` });
      if (heavy.count > 0) {
        const [first] = heavy.largest;
        const others = heavy.count === 1 ? "one entry" : `${heavy.count} entries`;
        list.push({
          code: "heavy-entry",
          message: `${name}: ${others} alone would make an outlier; the largest is ${first?.value.toPrecision(4)} at row ${first?.row}, column ${first?.column}.`,
        });
      }
      if (Math.abs(mean.z) > 5)
        list.push({
          code: "mean",
          message: `${name}: the entries' mean is not zero (z = ${mean.z.toFixed(1)}), which alone makes a singular value near ${mean.strength.toPrecision(4)}.`,
        });
      if (orthogonal.verdict !== "no" && top > 0)
        list.push({
          code: "orthogonal",
          message: `${name}: ${orthogonal.verdict === "near" ? "nearly " : ""}orthogonal, gain ${orthogonal.gain.toPrecision(4)}.`,
        });
      return list;
    }
  },
};

/** σ without the largest mode, where no noise level could be fitted: one spike must not hide itself by raising the scale. */
function robustStd(std: number, top: number, s: Float64Array, elements: number): number {
  const rest = s.subarray(1).reduce((sum, value) => sum + value * value, 0);
  return top === 0 || s.length < 2 ? std : Math.sqrt(rest / elements);
}
