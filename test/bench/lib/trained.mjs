// Matrices whose spectra look like those of trained layers: a bulk of noise, a power-law tail that leaves it, and one spike.
import { normalSource } from "./random.mjs";

/** Entries of an initialization with std 0.02, as these models use. */
const STD = 0.02;
/** One in so many directions belongs to the tail. */
const TAIL_SHARE = 8;

/** Strength of the k-th direction (from 1) in units of the noise's largest singular value; values below 1 stay inside the bulk. */
export function tailStrength(k) {
  return k === 1 ? 15 : 6 * k ** -0.9;
}

/** rows × columns float32, row-major. `gemm(rows, columns, depth, a, b)` multiplies (rows × depth)·(depth × columns). */
export function trainedMatrix(rows, columns, seed, gemm) {
  const { fill } = normalSource(seed);
  const noise = fill(new Float32Array(rows * columns), STD);
  const rank = Math.floor(Math.min(rows, columns) / TAIL_SHARE);
  if (rank === 0) return noise;
  const left = fill(new Float32Array(rows * rank));
  const right = fill(new Float32Array(rank * columns));
  const unit = (STD * (Math.sqrt(rows) + Math.sqrt(columns))) / Math.sqrt(rows * columns);
  for (let k = 0; k < rank; k++) {
    const factor = unit * tailStrength(k + 1);
    for (let j = 0; j < columns; j++) right[k * columns + j] *= factor;
  }
  const signal = gemm(rows, columns, rank, left, right);
  for (let i = 0; i < noise.length; i++) noise[i] += signal[i];
  return noise;
}
