import { ModeScopeError } from "../base/errors.ts";
import type { DenseMatrix } from "../numerics/dense.ts";
import { bilinear, chainProduct, type DataMode, dataModes } from "../numerics/learning/linearChain.ts";
import type { DataTable } from "./types.ts";

/** Modes of Σ³¹ = Σ y xᵀ, and how far the inputs are from white in their basis. */
export interface TaughtModes {
  readonly modes: readonly DataMode[];
  /** vᵀΣ¹¹v of each mode (mean over its group): 1 for one-hot items. */
  readonly deltas: readonly number[];
  /** Share of VᵀΣ¹¹V that lies off its diagonal (Saxe, McClelland & Ganguli 2014, eq. 18): the theory needs it small. 0 for one-hot items. */
  readonly inputMixing: number;
}

export function taughtModes({ y, x }: DataTable): TaughtModes {
  if (x === null) {
    const modes = dataModes(y);
    return { modes, deltas: modes.map(() => 1), inputMixing: 0 };
  }
  if (x.columns !== y.columns)
    throw new ModeScopeError("bad-request", `There are inputs of ${x.columns} items, but the table has ${y.columns}.`);
  const modes = dataModes(chainProduct([transposed(x), y]));
  const correlations = chainProduct([transposed(x), x]);
  let [all, diagonal] = [0, 0];
  const deltas = modes.map(({ v }) => {
    let sum = 0;
    for (const one of v) sum += bilinear(one, correlations, one);
    return sum / v.length;
  });
  const flat = modes.flatMap(({ v }) => v);
  for (const [i, a] of flat.entries())
    for (const [j, b] of flat.entries()) {
      const square = bilinear(a, correlations, b) ** 2;
      all += square;
      if (i === j) diagonal += square;
    }
  return { modes, deltas, inputMixing: all === 0 ? 0 : 1 - diagonal / all };
}

export function transposed({ rows, columns, data }: DenseMatrix): DenseMatrix {
  const out = new Float64Array(rows * columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) out[j * rows + i] = data[at]!;
  return { rows: columns, columns: rows, data: out };
}

/** What the network answers to each item: W_D…W_1 X. */
export function answersOf(total: DenseMatrix, { x }: DataTable): DenseMatrix {
  return x === null ? total : chainProduct([x, total]);
}
