import { ModeScopeError } from "../../base/errors.ts";
import type { Block, Block32, Block64, KernelName, Kernels, ProductOptions, WidenedDtype } from "./types.ts";
import { WasmMemory } from "./wasmMemory.ts";
import { bandWorkspaceBytes } from "./workspace.ts";

type Values = Float32Array | Float64Array;
type Widening = (out: number, source: number, count: number) => void;

/** What `assembly/index.ts` exports. Addresses and steps in bytes, sizes in elements. */
interface Exports {
  workspaceEnd(): number;
  gemm64(...operands: number[]): void;
  gemm32(...operands: number[]): void;
  syrk64(...operands: number[]): void;
  syr2k64(...operands: number[]): void;
  symm64(...operands: number[]): void;
  symv64(...operands: number[]): void;
  gemvDouble(...operands: number[]): void;
  gemvSingle(...operands: number[]): void;
  bandChase(work: number, n: number, bandwidth: number): void;
  widenF16: Widening;
  widenBf16: Widening;
  widenE4m3: Widening;
  widenE5m2: Widening;
  widenI8: Widening;
  widenU8: Widening;
}

const WIDENINGS = {
  f16: { kernel: "widenF16", bytes: 2 },
  bf16: { kernel: "widenBf16", bytes: 2 },
  f8_e4m3: { kernel: "widenE4m3", bytes: 1 },
  f8_e5m2: { kernel: "widenE5m2", bytes: 1 },
  i8: { kernel: "widenI8", bytes: 1 },
  u8: { kernel: "widenU8", bytes: 1 },
} as const satisfies Record<WidenedDtype, { kernel: keyof Exports; bytes: number }>;

/** Largest bandwidth whose sweep vectors fit the kernels' workspace. */
const MAX_BANDWIDTH = 1024;

const step = ({ data, stride }: Block<Values>): number => stride * data.BYTES_PER_ELEMENT;

/** A compiled module as a set of kernels: turns blocks into addresses and steps. */
export class CompiledKernels implements Kernels {
  readonly memory: WasmMemory;
  private readonly exports: Exports;

  constructor(
    readonly name: Exclude<KernelName, "plain">,
    module: WebAssembly.Module,
  ) {
    const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536 });
    this.exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
    this.memory = new WasmMemory(memory, this.exports.workspaceEnd());
  }

  gemm64(c: Block64, a: Block64, b: Block64, options: ProductOptions = {}): void {
    this.exports.gemm64(...this.product(c, a, b, options));
  }

  gemm32(c: Block32, a: Block32, b: Block32, options: ProductOptions = {}): void {
    this.exports.gemm32(...this.product(c, a, b, options));
  }

  syrk64(c: Block64, a: Block64 | Block32, options: Omit<ProductOptions, "transposeB"> = {}): void {
    const { alpha = 1, beta = 0 } = options;
    const { depth, along, across } = operand(a, options.transposeA === true);
    const single = a.data instanceof Float32Array ? 1 : 0;
    const used = alpha === 0 ? 0 : depth;
    this.exports.syrk64(c.rows, used, alpha, this.at(a), across, along, single, beta, this.at(c), step(c));
  }

  syr2k64(c: Block64, v: Block64, w: Block64): void {
    this.exports.syr2k64(c.rows, v.columns, this.at(v), step(v), this.at(w), step(w), this.at(c), step(c));
  }

  symm64(c: Block64, a: Block64, b: Block64): void {
    this.exports.symm64(c.rows, c.columns, this.at(a), step(a), this.at(b), step(b), this.at(c), step(c));
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

  widen(out: Float32Array, dtype: WidenedDtype, source: Uint8Array): void {
    const { kernel } = WIDENINGS[dtype];
    this.exports[kernel](this.memory.address(out), this.memory.address(source), out.length);
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

  private at({ data }: Block<Values>): number {
    return this.memory.address(data);
  }

  private product(c: Block<Values>, a: Block<Values>, b: Block<Values>, options: ProductOptions): number[] {
    const { alpha = 1, beta = 0 } = options;
    const left = operand(a, options.transposeA === true);
    // The columns of op(B) are the rows of op(B)ᵀ.
    const right = operand(b, options.transposeB !== true);
    const depth = alpha === 0 ? 0 : left.depth;
    return [
      c.rows,
      c.columns,
      depth,
      alpha,
      this.at(a),
      left.across,
      left.along,
      this.at(b),
      right.across,
      right.along,
      beta,
      this.at(c),
      step(c),
    ];
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

/** Of a left operand: how deep the product is, the bytes to the next column (`along`) and to the next row (`across`) of op(A). */
function operand(block: Block<Values>, transpose: boolean): { depth: number; along: number; across: number } {
  const size = block.data.BYTES_PER_ELEMENT;
  return transpose
    ? { depth: block.rows, along: step(block), across: size }
    : { depth: block.columns, along: size, across: step(block) };
}
