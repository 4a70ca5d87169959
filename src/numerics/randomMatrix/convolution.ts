import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { type KernelOptions, singularValues } from "../svd/singularValues.ts";
import { topTriplets } from "../svd/topTriplets.ts";

/** A two-dimensional convolution kernel, taps outermost: tap (a, b) is the out × in matrix from (a·width + b)·out·in on. */
export interface Kernel {
  readonly outputs: number;
  readonly inputs: number;
  readonly height: number;
  readonly width: number;
  readonly data: ArrayLike<number>;
}

/** Singular values of the operator on an image of `rows` × `columns`, per frequency, row-major. */
export interface OperatorSpectrum {
  readonly rows: number;
  readonly columns: number;
  /** Largest singular value at each frequency. */
  readonly largest: Float64Array<ArrayBuffer>;
  /** All rows·columns·min(outputs, inputs) of them, descending; null where only the largest were asked for. */
  readonly all: Float64Array<ArrayBuffer> | null;
}

/**
 * The convolution as a linear operator on images with circular padding and stride 1 (Sedghi, Gupta & Long 2019, theorem 6): its singular
 * values are those of the out × in matrices K̂(ω) = Σ_{a,b} K_{ab}·exp(−2πi(ω₁a/rows + ω₂b/columns)), one per frequency.
 *
 * K̂ = A + iB has the singular values of the real [[A, −B], [B, A]], each twice; K̂(−ω) is its conjugate, so half of the frequencies suffice.
 * With R the kernel reshaped to out × (in·taps): ‖R‖ ≤ ‖op‖ ≤ √taps·‖R‖ where the image is no smaller than the kernel.
 * Error as `singularValues` (1e-12·σ₁ in tests). Cost: half of rows·columns decompositions of 2·out × 2·in.
 */
export function operatorSpectrum(
  kernel: Kernel,
  rows: number,
  columns: number,
  options: KernelOptions & { readonly onlyLargest?: boolean } = {},
): OperatorSpectrum {
  const cancel = options.cancel ?? NEVER_CANCELLED;
  const count = Math.min(kernel.outputs, kernel.inputs);
  const largest = new Float64Array(rows * columns);
  const all = options.onlyLargest === true ? null : new Float64Array(rows * columns * count);
  for (let p = 0; p < rows; p++) {
    for (let q = 0; q < columns; q++) {
      const twin = ((rows - p) % rows) * columns + ((columns - q) % columns);
      const here = p * columns + q;
      if (twin < here) {
        largest[here] = largest[twin]!;
        all?.copyWithin(here * count, twin * count, (twin + 1) * count);
        continue;
      }
      cancel.throwIfCancelled();
      const real = twin === here;
      const matrix = atFrequency(kernel, p / rows, q / columns, real);
      if (all === null) {
        largest[here] = topTriplets(matrix, 1, { cancel, tolerance: 1e-5 }).values[0] ?? 0;
      } else {
        const s = singularValues(matrix, { cancel });
        for (let k = 0; k < count; k++) all[here * count + k] = s[real ? k : 2 * k] ?? 0;
        largest[here] = s[0] ?? 0;
      }
      options.progress?.((here + 1) / (rows * columns));
    }
  }
  all?.sort().reverse();
  return { rows, columns, largest, all };
}

/** K̂(ω) as a real matrix; `real` where its imaginary part is zero (ω and −ω are the same frequency). */
function atFrequency(
  { outputs, inputs, height, width, data }: Kernel,
  f: number,
  g: number,
  real: boolean,
): DenseMatrix {
  const size = outputs * inputs;
  const a = new Float64Array(size);
  const b = new Float64Array(size);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const angle = -2 * Math.PI * (f * y + g * x);
      const cosine = Math.cos(angle);
      const sine = Math.sin(angle);
      for (let i = 0; i < size; i++, at++) {
        a[i] = a[i]! + cosine * data[at]!;
        b[i] = b[i]! + sine * data[at]!;
      }
    }
  }
  if (real) return { rows: outputs, columns: inputs, data: a };
  const wide = new Float64Array(4 * size);
  for (let i = 0; i < outputs; i++) {
    for (let j = 0; j < inputs; j++) {
      const from = i * inputs + j;
      const upper = i * 2 * inputs + j;
      const lower = (i + outputs) * 2 * inputs + j;
      wide[upper] = a[from]!;
      wide[upper + inputs] = -b[from]!;
      wide[lower] = b[from]!;
      wide[lower + inputs] = a[from]!;
    }
  }
  return { rows: 2 * outputs, columns: 2 * inputs, data: wide };
}
