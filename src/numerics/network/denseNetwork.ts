/**
 * A chain of dense layers h^l = W^l·φ(h^(l−1)) + b^l, the first one acting on the input itself. Many inputs or vectors at once, as rows.
 * Products in float64 on the kernels; 2·n·m flops a row and layer.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import type { Activation } from "../meanField/activation.ts";

export interface DenseLayer {
  /** out × in. */
  readonly weight: DenseMatrix;
  readonly bias: Float64Array<ArrayBuffer> | null;
}

/** Rows that one call of a kernel takes: a cancel is seen between them. */
const ROWS_AT_ONCE = 64;

export class DenseNetwork {
  readonly #kernels: Kernels;

  constructor(
    readonly layers: readonly DenseLayer[],
    readonly activation: Activation,
    private readonly cancel: CancelToken = NEVER_CANCELLED,
  ) {
    this.#kernels = loadKernels();
  }

  get inputs(): number {
    return this.layers[0]?.weight.columns ?? 0;
  }

  /** Width of a layer's pre-activations. */
  width(layer: number): number {
    return this.layers[layer]!.weight.rows;
  }

  /** x·Wᵀ for rows x. */
  times(layer: number, x: Float64Array): Float64Array<ArrayBuffer> {
    return this.#product(this.layers[layer]!.weight, x, false);
  }

  /** y·W for rows y. */
  timesTransposed(layer: number, y: Float64Array): Float64Array<ArrayBuffer> {
    return this.#product(this.layers[layer]!.weight, y, true);
  }

  /** Pre-activations of every layer for each row of `inputs`. */
  forward(inputs: Float64Array): Float64Array<ArrayBuffer>[] {
    const found: Float64Array<ArrayBuffer>[] = [];
    for (const layer of this.layers.keys()) found.push(this.step(layer, found[layer - 1] ?? null, inputs));
    return found;
  }

  /** Pre-activations of one layer from those of the layer before (null for the first, which takes the inputs). */
  step(layer: number, before: Float64Array | null, inputs: Float64Array): Float64Array<ArrayBuffer> {
    const { bias } = this.layers[layer]!;
    const { value } = this.activation;
    const h = this.times(layer, before === null ? inputs : before.map(value));
    if (bias !== null) for (let i = 0; i < h.length; i++) h[i] = h[i]! + bias[i % bias.length]!;
    return h;
  }

  #product(weight: DenseMatrix, x: Float64Array, transposed: boolean): Float64Array<ArrayBuffer> {
    const { rows, columns, data } = weight;
    const [from, to] = transposed ? [rows, columns] : [columns, rows];
    const count = x.length / from;
    const out = new Float64Array(count * to);
    const { memory } = this.#kernels;
    const most = Math.min(count, ROWS_AT_ONCE);
    memory.scope(8 * (rows * columns + most * (from + to)) + 4096, () => {
      const w = dense(memory.float64(rows * columns), rows, columns);
      w.data.set(data);
      const [input, output] = [memory.float64(most * from), memory.float64(most * to)];
      for (let at = 0; at < count; at += most) {
        this.cancel.throwIfCancelled();
        const part = Math.min(most, count - at);
        input.set(x.subarray(at * from, (at + part) * from));
        const [a, c] = [dense(input, part, from), dense(output, part, to)];
        this.#kernels.gemm64(c, a, w, { transposeB: !transposed });
        out.set(output.subarray(0, part * to), at * to);
      }
    });
    return out;
  }
}
