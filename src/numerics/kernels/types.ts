/**
 * The linear-algebra kernels that drivers (tridiagonalization, singular values, Krylov methods) are written on. Every set of kernels, compiled or
 * plain, implements this interface with the same results to rounding; the drivers never ask which set they hold.
 *
 * Operands are row-major blocks inside the set's own memory: element (i, j) of a block is `data[i * stride + j]`. Vectors are contiguous.
 * No kernel allocates for its caller, logs, or checks for NaN: drivers screen their input first.
 */
export interface Block<Values extends Float32Array | Float64Array> {
  readonly data: Values;
  readonly rows: number;
  readonly columns: number;
  /** Elements from one row to the next; ≥ columns. */
  readonly stride: number;
}

export type Block64 = Block<Float64Array>;
export type Block32 = Block<Float32Array>;

/**
 * A matrix in panels of 24 rows, each stored column by column, both sizes filled up with zeros: the layout in which products with 8 vectors at a time
 * read it in one go. `panels.ts` writes it.
 */
export interface Panels<Values extends Float32Array | Float64Array = Float32Array | Float64Array> {
  readonly data: Values;
  /** Of the matrix. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * `wide`: fused, in tiles for engines that join vectors to 32 bytes; `multiply-add`: fused through relaxed SIMD; `simd`: separate multiply and add;
 * `plain`: TypeScript, everywhere.
 */
export type KernelName = "wide" | "multiply-add" | "simd" | "plain";

/** Dtypes that a kernel widens to float32 straight from the file's bytes (little-endian). */
export type WidenedDtype = "f16" | "bf16" | "f8_e4m3" | "f8_e5m2" | "f8_e4m3fnuz" | "f8_e5m2fnuz" | "i8" | "u8";

/** Whole numbers stand for scale·q + offset. */
export interface Affine {
  readonly scale: number;
  readonly offset: number;
}

/**
 * Memory that kernels can reach. Views stay valid until their scope ends: a scope states the bytes it may need before it starts, because growing the
 * memory of a compiled set detaches every view made before.
 */
export interface KernelMemory {
  // Arrays are zero when they are handed out. A scope that allocates more than it stated throws, in every set.
  /** Runs `body` with at least `bytes` free; everything allocated inside is released when it returns or throws. Scopes may nest within the stated bytes. */
  scope<Result>(bytes: number, body: () => Result): Result;
  float64(length: number): Float64Array;
  float32(length: number): Float32Array;
  bytes(length: number): Uint8Array;
}

/** Of n columns: n diagonal elements, and a subdiagonal one and a reflector's factor for each but the last. */
export interface TridiagonalForm {
  readonly diagonal: Float64Array;
  readonly subdiagonal: Float64Array;
  readonly taus: Float64Array;
}

export interface ProductOptions {
  /** Use Aᵀ. Default false. */
  readonly transposeA?: boolean;
  /** Use Bᵀ. Default false. */
  readonly transposeB?: boolean;
  /** Default 1. */
  readonly alpha?: number;
  /** C := alpha·A·B + beta·C. Default 0; with 0, C is never read (NaN there does no harm). */
  readonly beta?: number;
}

export interface Kernels {
  readonly name: KernelName;
  readonly memory: KernelMemory;

  /** C := alpha·op(A)·op(B) + beta·C in float64. Blocks must not overlap C. */
  gemm64(c: Block64, a: Block64, b: Block64, options?: ProductOptions): void;
  /** C := alpha·op(A)·op(B) + beta·C in float32. */
  gemm32(c: Block32, a: Block32, b: Block32, options?: ProductOptions): void;

  /** Lower triangle of C := alpha·A·Aᵀ + beta·C (or AᵀA with transposeA), accumulated in float64; float32 input is widened while it is packed. */
  syrk64(c: Block64, a: Block<Float32Array | Float64Array>, options?: Omit<ProductOptions, "transposeB">): void;
  /** Lower triangle of C := C − V·Wᵀ − W·Vᵀ; V, W are n×k, or stored `byRows`, k×n. */
  syr2k64(c: Block64, v: Block64, w: Block64, byRows?: boolean): void;
  /** C := A·B for symmetric A of which the lower triangle is read. */
  symm64(c: Block64, aLower: Block64, b: Block64): void;
  /** y := A·x for symmetric A of which the lower triangle is read. */
  symv64(y: Float64Array, aLower: Block64, x: Float64Array): void;
  /** y := alpha·op(A)·x + beta·y. */
  gemv64(y: Float64Array, a: Block64, x: Float64Array, options?: Omit<ProductOptions, "transposeB">): void;
  /** y := alpha·op(A)·x + beta·y, A in float32, x and y in float64 (the matrix is widened while it is read). */
  gemv32(y: Float64Array, a: Block32, x: Float64Array, options?: Omit<ProductOptions, "transposeB">): void;

  /**
   * Y := Y + Aᵀ·(A·X) for X and Y of padded columns × 8, row-major, reading A once. Sums in the type of X; float64 A wants float64 X. With `images`
   * (padded rows × 8) also A·X. Errors with float32 sums: about 1e-6·‖A‖²·‖X‖.
   */
  gramPanels<Values extends Float32Array | Float64Array>(y: Values, a: Panels, x: Values, images?: Values): void;

  /**
   * Of every two of several matrices, one below the other in `stack` and all of stack.rows/count rows, the sums of their elementwise product: row
   * a(a + 1)/2 + b of `sums` += Σⱼ A(i, j)·B(i, j) for a ≥ b; with `down` Σᵢ, for every column j. Products of float32 are added in float32 up to 128 at a time.
   */
  pairSums(sums: Block64, stack: Block<Float32Array | Float64Array>, count: number, down?: boolean): void;

  /**
   * Columns start, start + 1, … (as many as V has rows) of the Householder reduction of a symmetric A, of which the lower triangle is read, to tridiagonal form:
   * diagonal, subdiagonal and reflector factors at these places, reflectors below the subdiagonal with their leading 1, and V and W (by rows, n wide) with
   * which the rest of A is updated: A − V·Wᵀ − W·Vᵀ. That update is left to the caller. n ≤ QR_ROWS (workspace.ts).
   */
  tridiagonalPanel64(a: Block64, start: number, v: Block64, w: Block64, form: TridiagonalForm): void;

  /**
   * Householder reduction of a symmetric band matrix (lower band: `band[i * (bandwidth + 1) + d]` is element (i, i − d), zero outside the matrix) to
   * tridiagonal form, values only: writes the diagonal (n) and subdiagonal (n − 1). Destroys `band`. Bulge chasing (Lang 1993; Haidar et al. 2011).
   * A compiled set takes `bandWorkspaceBytes(n, bandwidth)` (workspace.ts) from the running scope: add them to what it states. Bandwidth ≤ 1024.
   */
  bandToTridiagonal64(diagonal: Float64Array, subdiagonal: Float64Array, band: Float64Array, bandwidth: number): void;

  /**
   * Householder QR of A (m×n) in place: R on and above the diagonal; below it, in column k, the reflector H_k = I − taus[k]·v·vᵀ without its leading 1;
   * Q = H₀H₁…. `taus` has min(m, n) places. With `pivots` (n places) the longest remaining column goes first: column j of Q·R is column pivots[j] of A.
   * A compiled set takes up to QR_ROWS × QR_COLUMNS (workspace.ts).
   */
  qr64(a: Block64, taus: Float64Array, pivots?: Float64Array): void;
  /** C := Q·C, or Qᵀ·C, for the reflectors below the diagonal of what `qr64` left; C has as many rows as that. */
  applyQ64(c: Block64, reflectors: Block64, taus: Float64Array, transpose?: boolean): void;
  /**
   * One sweep of one-sided Jacobi: every pair of rows of A whose cosine is above `tolerance` is rotated until it is orthogonal, and the same pair of rows of
   * `companion` with it. Row i stands for 2^exponents[i] times what is stored. Returns the largest cosine that it met: below the tolerance, all is done.
   */
  jacobiSweep64(a: Block64, exponents: Float64Array, tolerance: number, companion?: Block64): number;

  /** Widens `length` little-endian elements to float32; exact for every bit pattern of these dtypes (NaN payloads excepted). */
  widen(out: Float32Array, dtype: WidenedDtype, source: Uint8Array): void;
  /** The same for quantized whole numbers: scale·q + offset in float64, rounded once to float32, the same bits in every set. */
  widenAffine(out: Float32Array, dtype: "i8" | "u8", source: Uint8Array, affine: Affine): void;
}
