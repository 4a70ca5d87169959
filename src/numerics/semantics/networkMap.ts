import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { ModeScopeError } from "../../base/errors.ts";
import type { DenseMatrix } from "../dense.ts";
import { timesTransposed, transposed } from "./correlations.ts";

/**
 * The linear map that stands for a network on given items, from its answers Ŷ (outputs × items) and the inputs X (inputs × items).
 *   white X (one-hot items): M = ŶXᵀ, which for one-hot items is Ŷ itself (Saxe et al. 2014, figure 3, for tanh networks)
 *   any other X:             B = ŶXᵀ(XXᵀ + ridge·tr(XXᵀ)/N₁·I)⁻¹, and R² = 1 − ‖Ŷ − BX‖²/‖Ŷ − mean‖²: how much of its behaviour the linear view explains
 * Where XXᵀ has no inverse and ridge = 0 the pseudo-inverse is taken (the map of least norm). Cost: N₁³ + N₃·N₁·P, N₁ at most `MOST_INPUTS`.
 */
export interface NetworkMap {
  /** Outputs × inputs. */
  readonly map: DenseMatrix;
  /** 1 for one-hot items, where the map is the answers. NaN where all answers are equal. */
  readonly rSquared: number;
}

/** A cubic step in plain TypeScript: a few seconds. */
const MOST_INPUTS = 1024;
/** Directions of the inputs weaker than this part of the strongest are rounding. */
const RANK_FLOOR = 1e-12;

export function networkMap(answers: DenseMatrix, x: DenseMatrix | null, ridge: number): NetworkMap {
  if (x === null) return { map: answers, rSquared: 1 };
  if (x.columns !== answers.columns)
    throw new ModeScopeError(
      "bad-request",
      `There are answers to ${answers.columns} items, but inputs of ${x.columns}: they must be the same items in the same order.`,
    );
  const small = Math.min(x.rows, x.columns);
  if (small > MOST_INPUTS)
    throw new ModeScopeError(
      "limit-exceeded",
      `The inputs are ${x.rows} × ${x.columns}: a linear map is fitted for at most ${MOST_INPUTS} inputs or items.`,
    );
  // XᵀX and XXᵀ share their eigenvalues: the smaller one is decomposed. B = ŶXᵀ(XXᵀ+r)⁻¹ = Ŷ(XᵀX+r)⁻¹Xᵀ.
  const wide = x.rows <= x.columns;
  const side = wide ? x : transposed(x);
  const gram = new Matrix(rowsOf(timesTransposed(side, side)));
  const eigen = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const largest = Math.max(0, ...eigen.realEigenvalues);
  const added = (ridge * gram.trace()) / small;
  const inverse = eigen.realEigenvalues.map((value) => (value <= RANK_FLOOR * largest ? 0 : 1 / (value + added)));
  const q = eigen.eigenvectorMatrix;
  const middle = q.mmul(Matrix.diag(inverse)).mmul(q.transpose());
  const [yHat, inputs] = [new Matrix(rowsOf(answers)), new Matrix(rowsOf(x))];
  const b = wide ? yHat.mmul(inputs.transpose()).mmul(middle) : yHat.mmul(middle).mmul(inputs.transpose());
  return { map: denseOf(b), rSquared: explained(yHat, b.mmul(inputs)) };
}

function explained(wanted: Matrix, got: Matrix): number {
  let [rest, all] = [0, 0];
  for (let r = 0; r < wanted.rows; r++) {
    const row = wanted.getRow(r);
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    for (const [p, value] of row.entries()) {
      rest += (value - got.get(r, p)) ** 2;
      all += (value - mean) ** 2;
    }
  }
  return all === 0 ? Number.NaN : 1 - rest / all;
}

function rowsOf({ rows, columns, data }: DenseMatrix): number[][] {
  return Array.from({ length: rows }, (_, r) => Array.from(data.subarray(r * columns, (r + 1) * columns)));
}

function denseOf(matrix: Matrix): DenseMatrix {
  return { rows: matrix.rows, columns: matrix.columns, data: Float64Array.from(matrix.to1DArray()) };
}

/** The rotation R nearest to making `from`·R equal `to` (Procrustes): both n vectors as lists, g of them. Returns R, g × g. */
export function procrustes(
  from: readonly ArrayLike<number>[],
  to: readonly ArrayLike<number>[],
): readonly (readonly number[])[] {
  const inner = from.map((one) => to.map((other) => dot(one, other)));
  const svd = new SingularValueDecomposition(new Matrix(inner), { autoTranspose: true });
  return svd.leftSingularVectors.mmul(svd.rightSingularVectors.transpose()).to2DArray();
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
