import type { DType } from "./dtype.ts";

/** Whole numbers that stand for scale·q + offset. */
export interface AffineCodes {
  readonly scale: number;
  readonly offset: number;
}

/**
 * Something quicker than a loop that turns little-endian elements of a narrow dtype into float32, with the same bits. Null: this one is left to the loop.
 * The formats know nothing of kernels; a worker that has them offers them here, before it opens its first file.
 */
export type Widening = (
  bytes: Uint8Array<ArrayBuffer>,
  dtype: DType,
  affine: AffineCodes | null,
) => Float32Array<ArrayBuffer> | null;

let offered: Widening | null = null;

export function offerWidening(widening: Widening | null): void {
  offered = widening;
}

export const widened: Widening = (bytes, dtype, affine) => offered?.(bytes, dtype, affine) ?? null;
