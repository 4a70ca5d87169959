import type { CancelToken } from "../../base/cancel.ts";
import { dense, part } from "../eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes } from "../eigen/symmetricEigen.ts";
import { PANEL_WIDTH } from "../kernels/panels.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import type { Random } from "../random.ts";
import { orthonormalize, orthonormalizeBytes, projectOut } from "./blockBasis.ts";
import type { GramOperator } from "./gramOperator.ts";

const B = PANEL_WIDTH;

/** Bytes that a `BlockLanczos` takes from the running scope. */
export function blockLanczosBytes(columns: number, length: number, room: number): number {
  const size = room + B;
  return (
    8 * (columns * size + 2 * size * size + 3 * length + B * B + columns * room) +
    Math.max(symmetricEigenBytes(size), orthonormalizeBytes(length, size) + 2 * 8 * B * size) +
    4096
  );
}

export interface Ritz {
  /** Descending; eigenvalues of AᵀA on the basis. */
  readonly values: Float64Array;
  /** Row i belongs to value i. */
  readonly vectors: Block64;
  /** ‖AᵀA·x − θx‖ of each, from the coupling to the block behind the basis. */
  readonly residuals: Float64Array;
}

/**
 * Block Lanczos on AᵀA (Golub & Underwood 1977) with full reorthogonalization and thick restart (Wu & Simon 2000): B·Q = Q·H + Q₊·R·Eᵀ.
 * H is the projection as it was measured, so that a restart needs no special case. A block of 8 finds up to 8 copies of a multiple eigenvalue;
 * a vanished direction is replaced by a random one. ‖QᵀQ − I‖ of a few ε. A step costs a product with 8 vectors and 32·n·basis flops.
 */
export class BlockLanczos {
  /** Columns of Q that H knows. */
  #known = 0;
  readonly #q: Block64;
  readonly #h: Float64Array;
  readonly #size: number;
  readonly #coupling: Float64Array;
  readonly #x: Float64Array;
  readonly #w: Float64Array;
  readonly #turned: Float64Array;
  readonly #vectors: Float64Array;
  #fresh = 0;
  #norm = 0;

  constructor(
    private readonly kernels: Kernels,
    private readonly operator: GramOperator,
    private readonly random: Random,
    /** The basis grows no further than this; at most columns − 8. */
    readonly room: number,
    private readonly cancel: CancelToken,
  ) {
    const { memory } = kernels;
    const n = operator.columns;
    this.#size = room + B;
    this.#q = { data: memory.float64(n * this.#size), rows: n, columns: this.#size, stride: this.#size };
    this.#h = memory.float64(this.#size * this.#size);
    this.#vectors = memory.float64(this.#size * this.#size);
    this.#coupling = memory.float64(B * B);
    this.#x = memory.float64(operator.length);
    this.#w = memory.float64(operator.length);
    this.#turned = memory.float64(n * room);
    this.#addRandomBlock();
  }

  get size(): number {
    return this.#known;
  }

  /** No further step fits. */
  get full(): boolean {
    return this.#known + B > this.room;
  }

  /** Multiplies the newest block and appends the next one. */
  step(): void {
    this.cancel.throwIfCancelled();
    const { kernels } = this;
    const known = this.#known;
    const used = known + B;
    const n = this.operator.columns;
    this.#gather(known);
    this.operator.apply(this.#w, this.#x);
    const w = dense(this.#w, n, B);
    kernels.memory.scope(2 * 8 * B * used + 512, () => {
      // Against the neighbours first: what is left is so small that one pass over the whole basis is enough.
      const near = Math.max(0, this.#fresh > 0 ? known - B : 0);
      const first = projectOut(kernels, w, part(this.#q, 0, near, n, used - near));
      const second = projectOut(kernels, w, part(this.#q, 0, 0, n, used));
      for (let i = 0; i < used; i++) {
        for (let c = 0; c < B; c++) {
          const value = (second[i * B + c] as number) + (i >= near ? (first[(i - near) * B + c] as number) : 0);
          this.#h[(known + c) * this.#size + i] = value;
          this.#h[i * this.#size + known + c] = value;
          if (i === known + c) this.#norm = Math.max(this.#norm, value);
        }
      }
    });
    this.#known = used;
    this.#fresh++;
    this.#append(w);
  }

  ritz(): Ritz {
    const n = this.#known;
    const { memory } = this.kernels;
    const vectors = dense(this.#vectors, n, n);
    const sorted = new Float64Array(n);
    memory.scope(symmetricEigenBytes(n) + 8 * n * n, () => {
      const h = dense(memory.float64(n * n), n, n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++)
          h.data[i * n + j] = ((this.#h[i * this.#size + j] as number) + (this.#h[j * this.#size + i] as number)) / 2;
      const values = symmetricEigen(this.kernels, h, vectors, { cancel: this.cancel, progress() {} });
      const order = Array.from(values.keys()).sort((a, b) => (values[b] as number) - (values[a] as number));
      h.data.set(vectors.data.subarray(0, n * n));
      for (const [to, from] of order.entries()) {
        sorted[to] = values[from] as number;
        vectors.data.set(h.data.subarray(from * n, (from + 1) * n), to * n);
      }
    });
    const residuals = Float64Array.from({ length: n }, (_, i) =>
      this.#residual(vectors.data.subarray(i * n, (i + 1) * n)),
    );
    return { values: sorted, vectors, residuals };
  }

  /** Columns from…from+count−1 of the Ritz vectors as rows of 8, padded: `count` ≤ 8. */
  vectors({ vectors }: Ritz, from: number, count: number, out: Float64Array): void {
    const n = this.operator.columns;
    out.fill(0);
    this.kernels.gemm64(
      { data: out, rows: n, columns: count, stride: B },
      part(this.#q, 0, 0, n, this.#known),
      part(vectors, from, 0, count, this.#known),
      { transposeB: true },
    );
  }

  /** Keeps the leading Ritz vectors and the block behind the basis; or, with `explore`, a random block orthogonal to them instead. */
  restart(ritz: Ritz, keep: number, explore = false): void {
    const n = this.operator.columns;
    const known = this.#known;
    const { data } = this.#q;
    const turned = dense(this.#turned, n, keep);
    this.kernels.gemm64(turned, part(this.#q, 0, 0, n, known), part(ritz.vectors, 0, 0, keep, known), {
      transposeB: true,
    });
    for (let i = 0; i < n; i++) {
      const row = i * this.#size;
      for (let c = 0; c < B; c++) data[row + keep + c] = data[row + known + c] as number;
      for (let c = 0; c < keep; c++) data[row + c] = turned.data[i * keep + c] as number;
    }
    this.#h.fill(0);
    for (let i = 0; i < keep; i++) this.#h[i * this.#size + i] = ritz.values[i] as number;
    this.#known = keep;
    this.#fresh = 0;
    if (explore) this.#addRandomBlock();
  }

  #residual(vector: Float64Array): number {
    const last = vector.subarray(vector.length - B);
    let square = 0;
    for (let i = 0; i < B; i++) {
      let sum = 0;
      for (let j = i; j < B; j++) sum += (this.#coupling[i * B + j] as number) * (last[j] as number);
      square += sum * sum;
    }
    return Math.sqrt(square);
  }

  #addRandomBlock(): void {
    const n = this.operator.columns;
    for (let i = 0; i < n * B; i++) this.#w[i] = this.random.normal();
    const w = dense(this.#w, n, B);
    this.kernels.memory.scope(8 * B * this.#size + 512, () =>
      projectOut(this.kernels, w, part(this.#q, 0, 0, n, this.#known)),
    );
    this.#append(w);
  }

  #append(w: Block64): void {
    const n = this.operator.columns;
    const basis = part(this.#q, 0, 0, n, this.#known);
    orthonormalize(this.kernels, w, basis, this.#coupling, this.#norm, this.random);
    // Element by element: a view for each row would be garbage by the thousand at every step.
    const { data } = this.#q;
    for (let i = 0, from = 0; i < n; i++) {
      const to = i * this.#size + this.#known;
      for (let c = 0; c < B; c++) data[to + c] = w.data[from++] as number;
    }
  }

  #gather(from: number): void {
    const n = this.operator.columns;
    this.#x.fill(0);
    const { data } = this.#q;
    for (let i = 0, to = 0; i < n; i++) {
      const at = i * this.#size + from;
      for (let c = 0; c < B; c++) this.#x[to++] = data[at + c] as number;
    }
  }
}
