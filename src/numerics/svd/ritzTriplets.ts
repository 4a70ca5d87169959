import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, multiply, multiplyTransposed } from "../dense.ts";
import { dense, part } from "../eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes } from "../eigen/symmetricEigen.ts";
import { PANEL_WIDTH, paddedRows } from "../kernels/panels.ts";
import type { Kernels } from "../kernels/types.ts";
import { norm } from "./blockBasis.ts";
import type { BlockLanczos, Ritz } from "./blockLanczos.ts";
import type { GramOperator } from "./gramOperator.ts";
import { convergedCount, fixSigns, type Triplets } from "./triplets.ts";

const B = PANEL_WIDTH;
/** A smaller part of σ₁ is nothing but rounding of A·v: its left vector is any completion. */
const NOTHING = 1e-12;

interface Wish {
  readonly count: number;
  readonly unit: number;
  readonly tolerance: number;
}

/** Bytes that `assembleTriplets` takes from the running scope, besides those of one product with images. */
export function assembleBytes({ rows, columns }: DenseMatrix, count: number): number {
  const k = Math.ceil(count / B) * B;
  const [large, small] = [Math.max(rows, columns), Math.min(rows, columns)];
  return (
    8 * (2 * k * (large + 2 * small) + 4 * k * k + 2 * B * (small + 12) + B * paddedRows(large)) +
    symmetricEigenBytes(k) +
    4096
  );
}

/**
 * Turns Ritz vectors x into triplets: one product gives A·x and AᵀA·x, a last rotation makes the images orthogonal (Rayleigh–Ritz on A·X), u = A·x/σ.
 * Then ‖Av−σu‖ is rounding and ‖Aᵀu−σv‖ = ‖AᵀA·v/σ − σv‖ is measured.
 */
export function assembleTriplets(
  kernels: Kernels,
  matrix: DenseMatrix,
  operator: GramOperator,
  lanczos: BlockLanczos,
  ritz: Ritz,
  { count, unit, tolerance }: Wish,
): Triplets {
  const { memory } = kernels;
  const { rows, columns } = operator;
  return memory.scope(assembleBytes(matrix, count) + 8 * paddedRows(rows) * B, () => {
    const block = (height: number, width: number) => dense(memory.float64(height * width), height, width);
    // Vectors as rows: x of length columns, images of length rows, backs of length columns.
    const [x, images, backs] = [block(count, columns), block(count, rows), block(count, columns)];
    const [from, to] = [memory.float64(operator.length), memory.float64(operator.length)];
    const image = new Float64Array(operator.imageLength);
    for (let at = 0; at < count; at += B) {
      const width = Math.min(B, count - at);
      lanczos.vectors(ritz, at, width, from);
      operator.apply(to, from, image);
      scatter(x.data, from, at, width, columns);
      scatter(backs.data, to, at, width, columns);
      scatter(images.data, image, at, width, rows);
    }
    const gram = block(count, count);
    kernels.syrk64(gram, images);
    const turn = block(count, count);
    const lambda = symmetricEigen(kernels, gram, turn, { cancel: NEVER_CANCELLED, progress() {} });
    const order = Array.from(lambda.keys()).sort((a, b) => (lambda[b] as number) - (lambda[a] as number));
    const turned = (of: typeof x) => {
      const out = block(count, of.columns);
      for (const [to, from] of order.entries())
        kernels.gemm64(part(out, to, 0, 1, of.columns), part(turn, from, 0, 1, count), of);
      return out;
    };
    const [v, u, back] = [turned(x), turned(images), turned(backs)];
    return finish(matrix, operator.transposed, v, u, back, { count, unit, tolerance });
  });
}

function finish(
  matrix: DenseMatrix,
  transposed: boolean,
  v: { data: Float64Array; columns: number },
  u: { data: Float64Array; columns: number },
  back: { data: Float64Array },
  { count, unit, tolerance }: Wish,
): Triplets {
  const values = new Float64Array(count);
  const residuals = new Float64Array(count);
  const smaller: Float64Array<ArrayBuffer>[] = [];
  const larger: Float64Array<ArrayBuffer>[] = [];
  for (let k = 0; k < count; k++) {
    const right = Float64Array.from(v.data.subarray(k * v.columns, (k + 1) * v.columns));
    const left = Float64Array.from(u.data.subarray(k * u.columns, (k + 1) * u.columns));
    const sigma = norm(left);
    values[k] = sigma;
    if (sigma > NOTHING * (values[0] as number)) {
      for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) / sigma;
      let square = 0;
      for (let i = 0; i < right.length; i++)
        square += ((back.data[k * v.columns + i] as number) / sigma - sigma * (right[i] as number)) ** 2;
      residuals[k] = Math.sqrt(square);
    } else {
      complete(left, larger);
      const turn = transposed ? multiply : multiplyTransposed;
      const out = new Float64Array(right.length);
      turn(matrix, left, out);
      residuals[k] = Math.max(sigma, norm(out) / unit);
    }
    smaller.push(right);
    larger.push(left);
  }
  for (let k = 0; k < count; k++) {
    const [right, left] = [smaller[k] as Float64Array, larger[k] as Float64Array];
    if (transposed) fixSigns(right, left);
    else fixSigns(left, right);
  }
  const scaledValues = values.map((value) => value * unit);
  const scaledResiduals = residuals.map((value) => value * unit);
  return {
    values: scaledValues,
    left: transposed ? smaller : larger,
    right: transposed ? larger : smaller,
    residuals: scaledResiduals,
    converged: convergedCount(scaledValues, scaledResiduals, tolerance),
    method: "block lanczos",
  };
}

/** A unit vector orthogonal to `others`: of the coordinate axes, the first that leaves enough. */
function complete(x: Float64Array, others: readonly Float64Array[]): void {
  for (let axis = 0; axis < x.length; axis++) {
    x.fill(0);
    x[axis] = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (const y of others) {
        let sum = 0;
        for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
        for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) - sum * (y[i] as number);
      }
    }
    const size = norm(x);
    if (size < 0.5 / Math.sqrt(x.length)) continue;
    for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / size;
    return;
  }
}

function scatter(out: Float64Array, block: Float64Array, at: number, width: number, length: number): void {
  for (let i = 0; i < length; i++)
    for (let c = 0; c < width; c++) out[(at + c) * length + i] = block[i * B + c] as number;
}
