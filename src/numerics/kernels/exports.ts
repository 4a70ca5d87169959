/** What `assembly/index.ts` exports. Addresses and steps in bytes, sizes in elements. */
export interface Exports {
  workspaceBytes(): number;
  useWorkspace(at: number): void;
  gemm64(...operands: number[]): void;
  gemm32(...operands: number[]): void;
  syrk64(...operands: number[]): void;
  syr2k64(...operands: number[]): void;
  symm64(...operands: number[]): void;
  gramPanels(...operands: number[]): void;
  pairSums(...operands: number[]): void;
  symv64(...operands: number[]): void;
  gemvDouble(...operands: number[]): void;
  gemvSingle(...operands: number[]): void;
  tridiagonalPanel64(...operands: number[]): void;
  bandChase(work: number, n: number, bandwidth: number): void;
  qr64(...operands: number[]): void;
  applyQ64(...operands: number[]): void;
  jacobiSweep64(...operands: number[]): number;
  widenF16: Widening;
  widenBf16: Widening;
  widenE4m3: Widening;
  widenE5m2: Widening;
  widenE4m3fnuz: Widening;
  widenE5m2fnuz: Widening;
  widenI8: Widening;
  widenU8: Widening;
  widenAffine(out: number, source: number, count: number, signed: number, scale: number, offset: number): void;
}

type Widening = (out: number, source: number, count: number) => void;

/** Kernels whose work several threads can share; a helper is told which by its place here. */
export const SHARED_KERNELS = ["gemm64", "gemm32", "syrk64", "syr2k64", "symm64", "gramPanels", "pairSums"] as const;
export type SharedKernel = (typeof SHARED_KERNELS)[number];

/** A compiled module over a memory, with its workspace at `workspace`. */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, workspace: number): Exports {
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  exports.useWorkspace(workspace);
  return exports;
}

/** Where the first workspace begins; a null pointer is never an operand. */
export const WORKSPACE = 1024;
