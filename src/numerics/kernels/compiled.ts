import { ModeScopeError } from "../../base/errors.ts";
import { type Exports, instantiate, type SharedKernel, WORKSPACE } from "./exports.ts";
import { requirePairShapes } from "./pairs.ts";
import { PANEL_ROWS, PANEL_WIDTH, paddedColumns, requirePanelShapes } from "./panels.ts";
import { evenStart, triangleStart } from "./shares.ts";
import type {
  Affine,
  Block,
  Block32,
  Block64,
  KernelName,
  Kernels,
  Panels,
  ProductOptions,
  TridiagonalForm,
  WidenedDtype,
} from "./types.ts";
import { WasmMemory } from "./wasmMemory.ts";
import { bandWorkspaceBytes, QR_COLUMNS, QR_ROWS } from "./workspace.ts";

type Values = Float32Array | Float64Array;
/** Runs a kernel whose work can be shared: `operands` gives those of share `index` of `count`. */
export interface Executor {
  /** How many shares a call of so many flops is worth just now. */
  shares(own: Exports, flops: number): number;
  run(own: Exports, kernel: SharedKernel, count: number, operands: (index: number) => readonly number[]): void;
  /** Workspaces of further threads, behind the first. */
  readonly helpers: number;
}

const WIDENINGS = {
  f16: { kernel: "widenF16", bytes: 2 },
  bf16: { kernel: "widenBf16", bytes: 2 },
  f8_e4m3: { kernel: "widenE4m3", bytes: 1 },
  f8_e5m2: { kernel: "widenE5m2", bytes: 1 },
  f8_e4m3fnuz: { kernel: "widenE4m3fnuz", bytes: 1 },
  f8_e5m2fnuz: { kernel: "widenE5m2fnuz", bytes: 1 },
  i8: { kernel: "widenI8", bytes: 1 },
  u8: { kernel: "widenU8", bytes: 1 },
} as const satisfies Record<WidenedDtype, { kernel: keyof Exports; bytes: number }>;

/** Largest bandwidth whose sweep vectors fit the kernels' workspace. */
const MAX_BANDWIDTH = 1024;

const step = ({ data, stride }: Block<Values>): number => stride * data.BYTES_PER_ELEMENT;

/** Of a workspace, the part where a helper sums its share of a product with panels: no such product packs anything there. */
const SUMS_OFFSET = 256 * 120 * 8;
const SUMS_BYTES = 256 * 1024 * 8;

/** A compiled module as a set of kernels: turns blocks into addresses and steps, and large calls into shares. */
export class CompiledKernels implements Kernels {
  readonly memory: WasmMemory;
  private readonly exports: Exports;
  private readonly workspaceBytes: number;

  constructor(
    readonly name: Exclude<KernelName, "plain">,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    private readonly executor: Executor | null = null,
  ) {
    this.exports = instantiate(module, memory, WORKSPACE);
    this.workspaceBytes = this.exports.workspaceBytes();
    this.memory = new WasmMemory(memory, WORKSPACE + (1 + (executor?.helpers ?? 0)) * this.workspaceBytes);
  }

  gemm64(c: Block64, a: Block64, b: Block64, options: ProductOptions = {}): void {
    this.product("gemm64", c, a, b, options);
  }

  gemm32(c: Block32, a: Block32, b: Block32, options: ProductOptions = {}): void {
    this.product("gemm32", c, a, b, options);
  }

  syrk64(c: Block64, a: Block<Values>, options: Omit<ProductOptions, "transposeB"> = {}): void {
    const { alpha = 1, beta = 0 } = options;
    const { depth, along, across } = operand(a, options.transposeA === true);
    const single = a.data instanceof Float32Array ? 1 : 0;
    const used = alpha === 0 ? 0 : depth;
    const [from, to] = [this.at(a), this.at(c)];
    this.share("syrk64", c.rows * c.rows * used, (index, count) => [
      triangleStart(c.rows, index, count),
      triangleStart(c.rows, index + 1, count),
      used,
      alpha,
      from,
      across,
      along,
      single,
      beta,
      to,
      step(c),
    ]);
  }

  syr2k64(c: Block64, v: Block64, w: Block64, byRows = false): void {
    const [vRow, vDepth] = byRows ? [8, step(v)] : [step(v), 8];
    const [wRow, wDepth] = byRows ? [8, step(w)] : [step(w), 8];
    const depth = byRows ? v.rows : v.columns;
    const [x, y, to] = [this.at(v), this.at(w), this.at(c)];
    this.share("syr2k64", 2 * c.rows * c.rows * depth, (index, count) => [
      triangleStart(c.rows, index, count),
      triangleStart(c.rows, index + 1, count),
      depth,
      x,
      vRow,
      vDepth,
      y,
      wRow,
      wDepth,
      to,
      step(c),
    ]);
  }

  symm64(c: Block64, a: Block64, b: Block64): void {
    const [x, y, to] = [this.at(a), this.at(b), this.at(c)];
    this.share("symm64", 2 * c.rows * c.rows * c.columns, (index, count) => [
      evenStart(c.rows, index, count),
      evenStart(c.rows, index + 1, count),
      c.rows,
      c.columns,
      x,
      step(a),
      y,
      step(b),
      to,
      step(c),
    ]);
  }

  symv64(y: Float64Array, a: Block64, x: Float64Array): void {
    this.exports.symv64(a.rows, this.memory.address(y), this.at(a), step(a), this.memory.address(x));
  }

  gemv64(y: Float64Array, a: Block64, x: Float64Array, options: Omit<ProductOptions, "transposeB"> = {}): void {
    this.exports.gemvDouble(...this.vectorProduct(y, a, x, options));
  }

  gemv32(y: Float64Array, a: Block32, x: Float64Array, options: Omit<ProductOptions, "transposeB"> = {}): void {
    this.exports.gemvSingle(...this.vectorProduct(y, a, x, options));
  }

  gramPanels<T extends Values>(y: T, a: Panels, x: T, images?: T): void {
    requirePanelShapes(y, a, x, images);
    const kind = x instanceof Float32Array ? 0 : a.data instanceof Float32Array ? 1 : 2;
    const panels = Math.ceil(a.rows / PANEL_ROWS);
    const columns = paddedColumns(a.columns);
    const length = columns * PANEL_WIDTH;
    const [matrix, from, to] = [this.at(a), this.memory.address(x), this.memory.address(y)];
    const out = images === undefined ? 0 : this.memory.address(images);
    const fits = length * x.BYTES_PER_ELEMENT <= SUMS_BYTES;
    // Every helper sums into its own workspace.
    const sums = (index: number) => WORKSPACE + index * this.workspaceBytes + SUMS_OFFSET;
    const flops = fits ? 4 * panels * PANEL_ROWS * length : 0;
    const count = this.share("gramPanels", flops, (index, shares) => {
      if (index > 0) this.memory.view(x, sums(index), length).fill(0);
      const part = (at: number) => Math.floor((panels * at) / shares);
      return [kind, part(index), part(index + 1), columns, matrix, from, index === 0 ? to : sums(index), out];
    });
    for (let index = 1; index < count; index++) {
      const partial = this.memory.view(x, sums(index), length);
      for (let i = 0; i < length; i++) y[i] = (y[i] as number) + (partial[i] as number);
    }
  }

  pairSums(sums: Block64, stack: Block<Values>, count: number, down = false): void {
    const rows = requirePairShapes(sums, stack, count, down);
    const [depth, length] = down ? [rows, stack.columns] : [stack.columns, rows];
    const [from, to] = [this.at(stack), this.at(sums)];
    this.share("pairSums", count * (count + 1) * rows * stack.columns, (index, shares) => [
      stack.data instanceof Float32Array ? 1 : 0,
      down ? 1 : 0,
      evenStart(length, index, shares),
      evenStart(length, index + 1, shares),
      depth,
      count,
      from,
      rows * step(stack),
      step(stack),
      to,
      step(sums),
    ]);
  }

  tridiagonalPanel64(a: Block64, start: number, v: Block64, w: Block64, form: TridiagonalForm): void {
    requireRoom(a.rows, 1);
    if (step(v) !== step(w)) throw new ModeScopeError("internal", "V and W of a panel differ in their stride.");
    const [matrix, vs, ws] = [this.at(a), this.at(v), this.at(w)];
    const out = [form.diagonal, form.subdiagonal, form.taus].map((values) => this.memory.address(values));
    this.exports.tridiagonalPanel64(a.rows, matrix, step(a), start, v.rows, vs, ws, step(v), ...out);
  }

  bandToTridiagonal64(diagonal: Float64Array, subdiagonal: Float64Array, band: Float64Array, bandwidth: number): void {
    const n = diagonal.length;
    if (bandwidth > MAX_BANDWIDTH) throw new ModeScopeError("internal", `Bandwidth ${bandwidth} > ${MAX_BANDWIDTH}.`);
    if (bandwidth > 1 && n > 2) {
      this.memory.scope(bandWorkspaceBytes(n, bandwidth), () => this.chase(n, band, bandwidth));
    }
    for (let i = 0, at = 0; i < n; i++, at += bandwidth + 1) {
      diagonal[i] = band[at] as number;
      if (i > 0) subdiagonal[i - 1] = bandwidth > 0 ? (band[at + 1] as number) : 0;
    }
  }

  qr64(a: Block64, taus: Float64Array, pivots?: Float64Array): void {
    requireRoom(a.rows, a.columns);
    const at = pivots === undefined ? 0 : this.memory.address(pivots);
    this.exports.qr64(a.rows, a.columns, this.at(a), step(a), this.memory.address(taus), at);
  }

  applyQ64(c: Block64, reflectors: Block64, taus: Float64Array, transpose = false): void {
    requireRoom(c.rows, c.columns);
    const count = Math.min(taus.length, c.rows, reflectors.columns);
    const [to, from] = [this.at(c), this.at(reflectors)];
    const factors = this.memory.address(taus);
    this.exports.applyQ64(transpose ? 1 : 0, c.rows, c.columns, count, to, step(c), from, step(reflectors), factors);
  }

  jacobiSweep64(a: Block64, exponents: Float64Array, tolerance: number, companion?: Block64): number {
    const [count, at, row] =
      companion === undefined ? [0, 0, 0] : [companion.columns, this.at(companion), step(companion)];
    const scales = this.memory.address(exponents);
    return this.exports.jacobiSweep64(a.rows, a.columns, this.at(a), step(a), scales, tolerance, count, at, row);
  }

  widen(out: Float32Array, dtype: WidenedDtype, source: Uint8Array): void {
    const { kernel } = WIDENINGS[dtype];
    this.exports[kernel](this.memory.address(out), this.memory.address(source), out.length);
  }

  widenAffine(out: Float32Array, dtype: "i8" | "u8", source: Uint8Array, { scale, offset }: Affine): void {
    const [to, from] = [this.memory.address(out), this.memory.address(source)];
    this.exports.widenAffine(to, from, out.length, dtype === "i8" ? 1 : 0, scale, offset);
  }

  /** Moves the band into rows of 2·bandwidth, where the bulges have room, and its tridiagonal back. */
  private chase(n: number, band: Float64Array, b: number): void {
    const stride = 2 * b - 1;
    const work = this.memory.float64(n * 2 * b);
    for (let i = 0; i < n; i++) {
      for (let d = 0; d <= Math.min(b, i); d++) work[(i + 1) * stride + i - d] = band[i * (b + 1) + d] as number;
    }
    this.exports.bandChase(work.byteOffset, n, b);
    for (let i = 0; i < n; i++) {
      band[i * (b + 1)] = work[(i + 1) * stride + i] as number;
      if (i > 0) band[i * (b + 1) + 1] = work[(i + 1) * stride + i - 1] as number;
    }
  }

  private at({ data }: { readonly data: Values }): number {
    return this.memory.address(data);
  }

  /** Alone, or with the helpers where the work is worth it. Returns how many shares it was. */
  private share(
    kernel: SharedKernel,
    flops: number,
    operands: (index: number, count: number) => readonly number[],
  ): number {
    const count = this.executor?.shares(this.exports, flops) ?? 1;
    if (this.executor === null || count === 1) this.exports[kernel](...operands(0, 1));
    else this.executor.run(this.exports, kernel, count, (index) => operands(index, count));
    return count;
  }

  private product(
    kernel: "gemm64" | "gemm32",
    c: Block<Values>,
    a: Block<Values>,
    b: Block<Values>,
    options: ProductOptions,
  ): void {
    const { alpha = 1, beta = 0 } = options;
    const left = operand(a, options.transposeA === true);
    // The columns of op(B) are the rows of op(B)ᵀ.
    const right = operand(b, options.transposeB !== true);
    const depth = alpha === 0 ? 0 : left.depth;
    const [x, y, to] = [this.at(a), this.at(b), this.at(c)];
    const byRows = c.rows >= c.columns;
    const length = byRows ? c.rows : c.columns;
    this.share(kernel, 2 * c.rows * c.columns * depth, (index, count) => {
      const start = evenStart(length, index, count);
      const size = evenStart(length, index + 1, count) - start;
      const [row, column] = byRows ? [start, 0] : [0, start];
      const at = to + row * step(c) + column * c.data.BYTES_PER_ELEMENT;
      const [rows, columns] = byRows ? [size, c.columns] : [c.rows, size];
      return [
        rows,
        columns,
        depth,
        alpha,
        x + row * left.across,
        left.across,
        left.along,
        y + column * right.across,
        right.across,
        right.along,
        beta,
        at,
        step(c),
      ];
    });
  }

  private vectorProduct(
    y: Float64Array,
    a: Block<Values>,
    x: Float64Array,
    { transposeA = false, alpha = 1, beta = 0 }: ProductOptions,
  ): number[] {
    const { rows, columns } = a;
    const at = this.memory;
    return [transposeA ? 1 : 0, rows, columns, alpha, this.at(a), step(a), at.address(x), beta, at.address(y)];
  }
}

function requireRoom(rows: number, columns: number): void {
  if (rows > QR_ROWS || columns > QR_COLUMNS)
    throw new ModeScopeError(
      "internal",
      `A QR factorization of ${rows} × ${columns} does not fit the kernels' workspace.`,
    );
}

/** Of a left operand: how deep the product is, the bytes to the next column (`along`) and to the next row (`across`) of op(A). */
function operand(block: Block<Values>, transpose: boolean): { depth: number; along: number; across: number } {
  const size = block.data.BYTES_PER_ELEMENT;
  return transpose
    ? { depth: block.rows, along: step(block), across: size }
    : { depth: block.columns, along: size, across: step(block) };
}
