import type { CancelToken } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { fillPanels, PANEL_ROWS, PANEL_WIDTH, paddedColumns, paddedRows, panelLength } from "../kernels/panels.ts";
import type { Kernels, Panels } from "../kernels/types.ts";

/** What one call of a kernel may take without a look at the cancel token, in floating-point operations. */
const CALL = 1e9;

type Values = Float32Array | Float64Array;

/** Sums in float32 are about 2.5 times as fast; products carry an error of about 1e-6·σ₁², so residuals end near 1e-6·σ₁. */
export type Precision = "single" | "double";

/** Bytes that a `GramOperator` takes from the running scope. */
export function gramOperatorBytes({ rows, columns, data }: DenseMatrix, precision: Precision): number {
  const [large, small] = [Math.max(rows, columns), Math.min(rows, columns)];
  const vectors = paddedColumns(small) * PANEL_WIDTH;
  const single = precision === "single";
  const element = single || data instanceof Float32Array ? 4 : 8;
  return element * panelLength(large, small) + (single ? 8 : 0) * vectors;
}

/**
 * X ↦ AᵀA·X for eight vectors at a time, A turned so that its columns are the smaller side, divided by `scale`. The copy in panels is read once a product.
 * Vectors are rows of 8, `length` of them, those behind `columns` zero. 4·rows·columns·8 flops.
 */
export class GramOperator {
  /** Sizes of the turned matrix: rows ≥ columns. */
  readonly rows: number;
  readonly columns: number;
  readonly transposed: boolean;
  /** Elements of a block of eight vectors. */
  readonly length: number;
  readonly #panels: Panels;
  readonly #single: { readonly x: Float32Array; readonly y: Float32Array } | null;

  constructor(
    private readonly kernels: Kernels,
    matrix: DenseMatrix,
    scale: number,
    precision: Precision,
    private readonly cancel: CancelToken,
  ) {
    this.transposed = matrix.columns > matrix.rows;
    this.rows = Math.max(matrix.rows, matrix.columns);
    this.columns = Math.min(matrix.rows, matrix.columns);
    this.length = paddedColumns(this.columns) * PANEL_WIDTH;
    const { memory } = kernels;
    const size = panelLength(this.rows, this.columns);
    const single = precision === "single";
    const data: Values = single || matrix.data instanceof Float32Array ? memory.float32(size) : memory.float64(size);
    this.#panels = fillPanels(data, matrix, 1 / scale, this.transposed);
    this.#single = single ? { x: memory.float32(this.length), y: memory.float32(this.length) } : null;
  }

  /** Elements of the images of a block. */
  get imageLength(): number {
    return paddedRows(this.rows) * PANEL_WIDTH;
  }

  /** y := AᵀA·x; with `images` (an ordinary array will do) also A·x, rows of 8. */
  apply(y: Float64Array, x: Float64Array, images?: Float64Array): void {
    const single = this.#single;
    if (single === null) {
      y.fill(0);
      this.#run(y, x, images);
      return;
    }
    single.x.set(x);
    single.y.fill(0);
    this.#run(single.y, single.x, images);
    y.set(single.y);
  }

  #run<T extends Values>(y: T, x: T, images: Float64Array | undefined): void {
    const { data, rows, columns } = this.#panels;
    const panel = PANEL_ROWS * paddedColumns(columns);
    const panels = Math.ceil(rows / PANEL_ROWS);
    const step = Math.max(1, Math.floor(CALL / (4 * panel * PANEL_WIDTH)));
    for (let from = 0; from < panels; from += step) {
      this.cancel.throwIfCancelled();
      const count = Math.min(step, panels - from);
      const part: Panels = {
        data: data.subarray(from * panel, (from + count) * panel),
        rows: count * PANEL_ROWS,
        columns,
      };
      if (images === undefined) this.kernels.gramPanels(y, part, x);
      else this.#withImages(y, part, x, images.subarray(from * PANEL_ROWS * PANEL_WIDTH));
    }
  }

  #withImages<T extends Values>(y: T, part: Panels, x: T, images: Float64Array): void {
    const { memory } = this.kernels;
    const length = part.rows * PANEL_WIDTH;
    memory.scope(8 * length, () => {
      const out = (x instanceof Float32Array ? memory.float32(length) : memory.float64(length)) as T;
      this.kernels.gramPanels(y, part, x, out);
      images.set(out);
    });
  }
}

/** Bytes beyond `gramOperatorBytes` that `apply` with images needs free. */
export function imageBytes({ rows, columns }: DenseMatrix): number {
  return 8 * paddedRows(Math.max(rows, columns)) * PANEL_WIDTH;
}
