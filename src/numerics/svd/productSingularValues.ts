import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { type DenseMatrix, finiteMagnitude } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { notConverged } from "../eigen/tridiagonalValues.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import { gradedProduct } from "./gradedProduct.ts";
import { diagonalLogs, type Link, sweepLinks, transposedLinks } from "./linkSweep.ts";
import { orthogonalizeRows, rowLength } from "./rowJacobi.ts";
import { powerOfTwo } from "./scaled.ts";

export interface ProductSpectrum {
  /**
   * ln σ_α of the product, descending, one for each of its min(rows, columns) values. −∞: not to be told from zero, because what reaches a layer is shortened by
   * it to less than max(rows, columns)·ε·(its longest column).
   */
  readonly logValues: Float64Array<ArrayBuffer>;
  /** How many are finite. */
  readonly rank: number;
}

export interface ProductOptions {
  readonly cancel?: CancelToken;
  readonly progress?: (fraction: number) => void;
  readonly kernels?: Kernels;
}

/** Sweeps bring the diagonals into falling order; what is not settled then is left to Jacobi. */
const MAX_SWEEPS = 10;
const LEAST_SWEEPS = 4;
/** ln of how far a later diagonal element may exceed an earlier one: it costs as much accuracy. */
const ORDERED = Math.log(8);

/**
 * ln σ of W_L…W_1 without ever forming the product, whose small values would drown in the rounding of its large ones. Q_l·R_l = W_l·Q_{l−1} from the first
 * layer to the last, the same for the transposed R from the last to the first, and so on until the diagonal of R_L…R_1 falls (product QR: Bojanczyk, Golub &
 * Van Dooren 1992; Stewart 1997); then one-sided Jacobi over the rows of that product, each with an exponent of its own (Bojanczyk, Ewerbring, Luk &
 * Van Dooren 1991). `layers` in the order in which they act, from the input to the output.
 * Relative error of each σ about L·n·ε times the condition of single layers, whatever the condition of the product. Squares of entries below 1e-150 of a
 * layer's largest vanish. Cost about 7·n³ flops a layer and sweep, and Jacobi on one n × n matrix. Non-finite entries are refused with their place.
 */
export function productSingularValues(layers: readonly DenseMatrix[], options: ProductOptions = {}): ProductSpectrum {
  const { cancel = NEVER_CANCELLED, progress = () => {} } = options;
  const kernels = options.kernels ?? loadKernels();
  requireChain(layers);
  const [first, last] = [layers[0], layers[layers.length - 1]];
  const count = Math.min(first?.columns ?? 0, last?.rows ?? 0);
  const logValues = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  let shift = 0;
  let links: readonly Link[] = layers.map((layer) => {
    const unit = powerOfTwo(finiteMagnitude(layer) || 1);
    shift += Math.log(unit);
    return { rows: layer.rows, columns: layer.columns, data: Float64Array.from(layer.data, (value) => value / unit) };
  });
  let settled = false;
  for (let turn = 0; turn < MAX_SWEEPS; turn++) {
    if (turn > 0) links = transposedLinks(links);
    // The first two settle the rank that all factors have in common.
    const ranked = turn < 2 || !settled;
    links = sweepLinks(kernels, links, ranked, cancel);
    progress((0.8 * (turn + 1)) / MAX_SWEEPS);
    if (links.some(({ rows }) => rows === 0)) return { logValues, rank: 0 };
    settled = links.every(({ rows, columns }) => rows === columns);
    if (turn + 1 >= LEAST_SWEEPS && !ranked && falls(diagonalLogs(links))) break;
  }
  if (!settled) throw notConverged();
  const rank = links[0]?.columns ?? 0;
  const found = kernels.memory.scope(8 * (rank * rank + rank) + 1024, () => {
    const rows = dense(kernels.memory.float64(rank * rank), rank, rank);
    const exponents = kernels.memory.float64(rank);
    gradedProduct(links, rows.data, exponents);
    orthogonalizeRows(kernels, rows, exponents, cancel);
    return Float64Array.from(
      exponents,
      (exponent, i) => exponent * Math.LN2 + Math.log(rowLength(rows.data.subarray(i * rank, (i + 1) * rank))) + shift,
    );
  });
  logValues.set(found.sort().reverse());
  progress(1);
  return { logValues, rank: found.filter((value) => value > Number.NEGATIVE_INFINITY).length };
}

function falls(logs: Float64Array): boolean {
  let least = Number.POSITIVE_INFINITY;
  for (const log of logs) {
    if (log > least + ORDERED) return false;
    least = Math.min(least, log);
  }
  return true;
}

function requireChain(layers: readonly DenseMatrix[]): void {
  for (const [at, layer] of layers.entries()) {
    const before = layers[at - 1];
    if (before !== undefined && before.rows !== layer.columns)
      throw new ModeScopeError(
        "bad-request",
        `Layer ${at + 1} of the chain takes ${layer.columns} inputs, but layer ${at} gives ${before.rows}.`,
        { remedy: "Choose layers that follow one another." },
      );
  }
}
