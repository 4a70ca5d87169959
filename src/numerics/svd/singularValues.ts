import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, finiteMagnitude } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { symmetricEigenvalues, symmetricEigenvaluesBytes } from "../eigen/symmetricEigen.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import { gramOfSmaller } from "./gram.ts";
import { jacobiValues } from "./jacobiSvd.ts";
import { copied, powerOfTwo, scaled } from "./scaled.ts";
import { thinSvd, thinSvdBytes } from "./thinSvd.ts";

export interface KernelOptions {
  readonly cancel?: CancelToken;
  readonly progress?: (fraction: number) => void;
}

/** `jacobi`: QR and one-sided Jacobi, every value to its own relative accuracy. `gram`: eigenvalues of AᵀA. `svd`: with vectors, level by level. */
export type ValuesMethod = "jacobi" | "gram" | "svd";

export interface ExactOptions extends KernelOptions {
  /** `gram`: fast, with a floor. `floorless`: never by the Gram matrix alone. `auto` (default): Gram, and again without floor where a small value needs it. */
  readonly route?: "auto" | "gram" | "floorless";
  /** Default: the best of this engine. */
  readonly kernels?: Kernels;
}

export interface ExactValues {
  /** Descending. */
  readonly values: Float64Array<ArrayBuffer>;
  readonly method: ValuesMethod;
  /** Values below it are not to be told from zero, in the matrix's units; 0 where the method has no floor. */
  readonly floor: number;
}

/** Up to this smaller side Jacobi comes first: about a millisecond, and it spares the question whether a small value needs a repair. */
const SMALL = 64;
/** Up to here Jacobi repairs (8 ms at 128, where the levels of the thin SVD take 3); where it is asked for in so many words, it may take half a second. */
const JACOBI_REPAIR = 128;
const JACOBI_ASKED = 512;
const GRAM_FLOOR = 2 ** -26;
/** Smaller values than this part of σ₁ would carry an error of more than about 1e-10·σ₁ by the Gram route. */
const NEEDS_REPAIR = 3e-6;
/**
 * The same for float32 entries, at 1e-9·σ₁: the rounding of the entries themselves moves such values by 1e-9·σ₁ to 1e-8·σ₁, so a repair, which costs several times
 * as much as the values, would make them no truer.
 */
const NEEDS_REPAIR_SINGLE = 1e-7;

/**
 * All min(rows, columns) singular values with what is known of their accuracy. `auto` is within about 1e-10·σ₁ everywhere (1e-9·σ₁ for float32
 * entries) and repairs what lies near the floor.
 * Empty matrix: none. Non-finite: refused with the place. Cancellable at least every column or 1e9 operations.
 */
export function exactSingularValues(matrix: DenseMatrix, options: ExactOptions = {}): ExactValues {
  const { cancel = NEVER_CANCELLED, progress = () => {}, route = "auto" } = options;
  cancel.throwIfCancelled();
  const largest = finiteMagnitude(matrix);
  const p = Math.min(matrix.rows, matrix.columns);
  if (p === 0 || largest === 0) return { values: new Float64Array(p), method: "jacobi", floor: 0 };
  const scale = powerOfTwo(largest);
  const units = (values: Float64Array): Float64Array<ArrayBuffer> =>
    Float64Array.from(values, (value) => value * scale);
  const kernels = options.kernels ?? loadKernels();
  const byJacobi = (watch: (fraction: number) => void): ExactValues => ({
    values: units(jacobiValues(kernels, matrix, scale, cancel, watch)),
    method: "jacobi",
    floor: 0,
  });
  if (route !== "gram" && p <= (route === "floorless" ? JACOBI_ASKED : SMALL)) return byJacobi(progress);
  if (route !== "floorless") {
    const part = route === "auto" ? 0.4 : 1;
    const values = gramValues(kernels, matrix, scale, cancel, (fraction) => progress(part * fraction));
    const top = values[0] as number;
    const needsRepair = matrix.data instanceof Float32Array ? NEEDS_REPAIR_SINGLE : NEEDS_REPAIR;
    if (route === "gram" || (values[p - 1] as number) > needsRepair * top) {
      progress(1);
      return { values: units(values), method: "gram", floor: GRAM_FLOOR * top * scale };
    }
  }
  if (p <= JACOBI_REPAIR) return byJacobi((fraction) => progress(0.4 + 0.6 * fraction));
  const values = kernels.memory.scope(
    8 * matrix.data.length + thinSvdBytes(matrix.rows, matrix.columns),
    () => thinSvd(kernels, scaled(kernels, matrix, scale), { cancel, progress }).values,
  );
  return { values: units(values), method: "svd", floor: 0 };
}

/** The values of `exactSingularValues` by its default route. */
export function singularValues(matrix: DenseMatrix, options: KernelOptions = {}): Float64Array<ArrayBuffer> {
  return exactSingularValues(matrix, options).values;
}

function gramValues(
  kernels: Kernels,
  matrix: DenseMatrix,
  scale: number,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): Float64Array {
  const p = Math.min(matrix.rows, matrix.columns);
  const { memory } = kernels;
  // float32 goes in as it is, range and all: its squares are far from the ends of float64.
  const single = matrix.data instanceof Float32Array;
  const unit = single ? 1 / scale : 1;
  const bytes = 8 * p * p + (single ? 4 : 8) * matrix.data.length + symmetricEigenvaluesBytes(p);
  return memory.scope(bytes, () => {
    const gram = dense(memory.float64(p * p), p, p);
    gramOfSmaller(kernels, gram, single ? copied(kernels, matrix) : scaled(kernels, matrix, scale), cancel);
    progress(0.3);
    const watch = { cancel, progress: (fraction: number) => progress(0.3 + 0.7 * fraction) };
    return symmetricEigenvalues(kernels, gram, watch)
      .reverse()
      .map((value) => unit * Math.sqrt(Math.max(0, value)));
  });
}
