import type { DescribedTensor } from "../../../base/tensor.ts";
import { entryFacts, heavyEntries, meanOutlier } from "../../../numerics/randomMatrix/entries.ts";
import { type OrthogonalFit, orthogonalFit } from "../../../numerics/randomMatrix/orthogonal.ts";
import type { Measured } from "../../types.ts";
import type { LoadedMatrix } from "../input.ts";
import { MIN_VALUES, type NoiseInput, noiseAccount } from "./noise.ts";
import type { NullAccount, Remark } from "./types.ts";

const MAX_HEAVY = 16;
/** Above this share of exact zeros the entries have no one variance. */
const SPARSE = 0.1;
const MEAN_Z = 5;
/** Standard deviations beyond which an entry is no usual draw; in a small matrix the spike threshold alone lies among the usual ones. */
const UNUSUAL = 6;

export interface NullInput {
  readonly tensor: Pick<DescribedTensor, "name" | "role">;
  /** What the remarks call the matrix: the tensor, with its part. */
  readonly label: string;
  readonly matrix: LoadedMatrix;
  /** Descending: all of them, or the leading ones. */
  readonly singularValues: Float64Array;
  readonly frobeniusSquare: number;
  readonly known: NoiseInput["known"];
}

/** The spectrum and the entries of one matrix against their nulls; where a null may not be shown, the reason in its place. */
export function nullAccount(input: NullInput): NullAccount {
  const { matrix, singularValues: s, frobeniusSquare, known } = input;
  const { rows, columns } = matrix;
  const elements = rows * columns;
  const top = s[0] ?? 0;
  const whole = s.length === Math.min(rows, columns);
  const entries = entryFacts(matrix);
  const orthogonal = whole ? orthogonalFit(s, rows, columns) : null;
  const refusal = noiseRefusal(input, entries.zeroShare, orthogonal, whole);
  const noise =
    refusal === null
      ? noiseAccount({ singularValues: s, rows, columns, frobeniusSquare, known })
      : { value: null, reason: refusal };
  const robust = noise.value?.noiseStd.value ?? robustStd(entries.std, top, frobeniusSquare, elements, s.length);
  const threshold = Math.max(robust * elements ** 0.25, UNUSUAL * entries.std);
  const heavy = heavyEntries(matrix, threshold, MAX_HEAVY);
  const mean = meanOutlier(entries, elements);
  const exact = (value: number, method: string): Measured => ({ value, how: { kind: "exact", method } });
  return {
    noise,
    orthogonality:
      orthogonal === null
        ? null
        : {
            verdict: orthogonal.verdict,
            gain: exact(orthogonal.gain, "median singular value"),
            largestDeviation: exact(orthogonal.largestDeviation, "from all singular values in float64"),
          },
    meanOutlier: exact(mean.z, "all entries, two passes in float64"),
    meanStrength: exact(mean.strength, "all entries, two passes in float64"),
    heavyEntries: { threshold, ...heavy },
    remarks: remarks(input.label, top, heavy, mean, orthogonal),
  };
}

/** Why independent entries of one variance are the wrong null here, or null if nothing speaks against them. */
function noiseRefusal(
  { tensor, matrix, singularValues: s, known }: NullInput,
  zeroShare: number,
  orthogonal: OrthogonalFit | null,
  whole: boolean,
): string | null {
  if ((s[0] ?? 0) === 0) return "All entries are zero.";
  if (matrix.reading.kind === "embedding" || tensor.role === "embedding")
    return "Rows of an embedding have norms that follow how often their items occur: independent entries of one variance are the wrong null.";
  if (orthogonal !== null && orthogonal.verdict !== "no")
    return "All singular values are (nearly) equal, as an orthogonal initialization makes them: look at |σ − gain| instead.";
  if (zeroShare > SPARSE)
    return `${(100 * zeroShare).toFixed(0)} % of the entries are exactly zero: the edge of a dense matrix does not hold; see the sign-flip null.`;
  if (whole && s.length < MIN_VALUES && known === null)
    return `Only ${s.length} singular values: their median does not set a noise level.`;
  return null;
}

function remarks(
  name: string,
  top: number,
  heavy: NullAccount["heavyEntries"] | Omit<NullAccount["heavyEntries"], "threshold">,
  mean: { readonly z: number; readonly strength: number },
  orthogonal: OrthogonalFit | null,
): Remark[] {
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
  if (Math.abs(mean.z) > MEAN_Z)
    list.push({
      code: "mean",
      message: `${name}: the entries' mean is not zero (z = ${mean.z.toFixed(1)}), which alone makes a singular value near ${mean.strength.toPrecision(4)}.`,
    });
  if (orthogonal !== null && orthogonal.verdict !== "no" && top > 0)
    list.push({
      code: "orthogonal",
      message: `${name}: ${orthogonal.verdict === "near" ? "nearly " : ""}orthogonal, gain ${orthogonal.gain.toPrecision(4)}.`,
    });
  return list;
}

/** σ without the largest mode, where no noise level could be fitted: one spike must not hide itself by raising the scale. */
function robustStd(std: number, top: number, square: number, elements: number, values: number): number {
  return top === 0 || values < 2 ? std : Math.sqrt(Math.max(0, square - top * top) / elements);
}
