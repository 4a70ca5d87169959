import type { Kernels } from "../kernels/types.ts";
import type { KernelOptions } from "./singularValues.ts";

export interface TripletOptions extends KernelOptions {
  /** ‖Av−σu‖ and ‖Aᵀu−σv‖ at most tolerance·σ₁ (default 1e-8). From 1e-5 on the products are summed in float32, which is more than twice as fast. */
  readonly tolerance?: number;
  readonly seed?: number;
  /** At most so many products with a block of eight vectors (default: as many as needed). */
  readonly maxSteps?: number;
  /** `exact`: thin SVD. `krylov`: block Lanczos. `auto` (default): the quicker one for this size. */
  readonly route?: "auto" | "exact" | "krylov";
  /** Default: the best of this engine. */
  readonly kernels?: Kernels;
}

export interface Triplets {
  readonly values: Float64Array<ArrayBuffer>;
  /** k left vectors of length rows, k right vectors of length columns; signs fixed (see `fixSigns`). */
  readonly left: readonly Float64Array<ArrayBuffer>[];
  readonly right: readonly Float64Array<ArrayBuffer>[];
  /** max(‖Av−σu‖, ‖Aᵀu−σv‖) of each triplet, in the matrix's units. */
  readonly residuals: Float64Array<ArrayBuffer>;
  /** How many of the leading ones met the tolerance. */
  readonly converged: number;
  readonly method: "thin svd" | "block lanczos";
}

/** How many from the first on meet the tolerance. */
export function convergedCount(values: Float64Array, residuals: Float64Array, tolerance: number): number {
  let count = 0;
  while (count < values.length && (residuals[count] as number) <= tolerance * (values[0] as number)) count++;
  return count;
}

/** sign(Σ sign(vᵢ)vᵢ²) on the right vector decides; u and v flip together (Bro, Acar & Kolda 2008). */
export function fixSigns(u: Float64Array, v: Float64Array): void {
  let vote = 0;
  for (let i = 0; i < v.length; i++) vote += Math.sign(v[i] as number) * (v[i] as number) ** 2;
  if (vote >= 0) return;
  for (let i = 0; i < v.length; i++) v[i] = -(v[i] as number);
  for (let i = 0; i < u.length; i++) u[i] = -(u[i] as number);
}
