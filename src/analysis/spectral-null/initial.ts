import { frobeniusSquare } from "../../numerics/dense.ts";
import { entryFacts } from "../../numerics/randomMatrix/entries.ts";
import { singularValues } from "../../numerics/svd/singularValues.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { type LoadedMatrix, loadMatrix } from "../_shared/input.ts";
import { nullAccount } from "../_shared/null/account.ts";
import type { Said } from "../_shared/null/types.ts";
import type { AnalysisContext } from "../types.ts";
import type { InitialAccount } from "./types.ts";

const NONE = "No earlier checkpoint was named: weights alone do not say what was learned.";
const LEADING = 8;

interface Initial {
  /** The earlier matrix; null where there is none to compare with. */
  readonly matrix: LoadedMatrix | null;
  /** Its entries as noise, or why they are none: only then is their variance the noise level of what came after. */
  readonly account: Said<InitialAccount>;
}

/** The matrix that training started from, and whether it is what the noise null needs: independent entries of one variance, nothing standing out. */
export async function initialOf(context: AnalysisContext, exactLimit: number): Promise<Initial> {
  const { reference, cancel } = context;
  if (reference === undefined) return { matrix: null, account: { value: null, reason: NONE } };
  if ("reason" in reference) return { matrix: null, account: { value: null, reason: reference.reason } };
  const matrix = await loadMatrix({ ...context, ...reference, progress() {} });
  const { std } = entryFacts(matrix);
  const no = (reason: string): Initial => ({ matrix, account: { value: null, reason } });
  if (std === 0) return no("The earlier entries are all the same: there is no variance to go by.");
  const s =
    Math.min(matrix.rows, matrix.columns) <= exactLimit
      ? singularValues(matrix, { cancel })
      : topTriplets(matrix, LEADING, { tolerance: 1e-4, maxSteps: 64, cancel }).values;
  const { noise } = nullAccount({
    tensor: context.tensor,
    label: context.tensor.name,
    matrix,
    singularValues: s,
    frobeniusSquare: frobeniusSquare(matrix),
    known: { entryStd: std, source: "initial" },
  });
  if (noise.value === null)
    return no(`The earlier weights are not independent entries of one variance: ${noise.reason}`);
  const { signalModes, edgeRatio } = noise.value;
  if (signalModes.value > 0)
    return no(
      `The earlier weights are not noise: ${signalModes.value} of their singular values stand out already, so that their variance is no noise level.`,
    );
  return {
    matrix,
    account: {
      reason: null,
      value: {
        std: { value: std, how: { kind: "exact", method: "all earlier entries, two passes in float64" } },
        edgeRatio,
      },
    },
  };
}
