import type { Mode, ModesResult } from "../../../src/analysis/modes/types.ts";
import { formatNumber } from "../../shell/format.ts";

/** Expected Σu⁴ of a random unit vector with n Gaussian entries: 3/(n+2). */
export function gaussianIpr(n: number): number {
  return 3 / (n + 2);
}

export interface ModeRow {
  readonly rank: string;
  readonly sigma: string;
  readonly share: string;
  /** IPR of the left and right vector as multiples of the Gaussian null: 1 is spread as noise is. */
  readonly left: string;
  readonly right: string;
  readonly degenerate: boolean;
}

export function modeRow(mode: Mode, { rows, columns }: Pick<ModesResult, "rows" | "columns">, digits: number): ModeRow {
  const ipr = (value: number, n: number) =>
    `${formatNumber(value, 3).text} (${formatNumber(value / gaussianIpr(n), 2).text}×)`;
  return {
    rank: String(mode.index + 1),
    sigma: formatNumber(mode.singularValue, digits).text,
    share: `${formatNumber(100 * mode.share, 3).text} %`,
    left: ipr(mode.leftIpr, rows),
    right: ipr(mode.rightIpr, columns),
    degenerate: mode.degenerateGroup.length > 1,
  };
}

/** The warning over the vectors of a mode that shares its singular value; null for one that stands alone. */
export function degenerateNotice(mode: Mode): string | null {
  if (mode.degenerateGroup.length < 2) return null;
  const ranks = mode.degenerateGroup.map((rank) => String(rank + 1)).join(", ");
  return `Modes ${ranks} have singular values too close to tell apart: the subspace counts, not the vector. Any rotation within it is as good an answer as this one.`;
}
