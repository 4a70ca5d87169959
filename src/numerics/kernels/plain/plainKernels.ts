import type { Kernels } from "../types.ts";
import { bandToTridiagonal64 } from "./band.ts";
import { jacobiSweep64 } from "./jacobi.ts";
import { PlainMemory } from "./memory.ts";
import { pairSums } from "./pairs.ts";
import { gramPanels } from "./panels.ts";
import { gemm, symm64, syr2k64, syrk64 } from "./product.ts";
import { applyQ64, qr64 } from "./qr.ts";
import { tridiagonalPanel64 } from "./tridiagonal.ts";
import { gemv, symv64 } from "./vector.ts";
import { widen, widenAffine } from "./widen.ts";

/** The set that runs everywhere: the oracle of the compiled ones and the fallback where none of them passes. */
export function plainKernels(): Kernels {
  return {
    name: "plain",
    memory: new PlainMemory(),
    gemm64: gemm,
    gemm32: gemm,
    syrk64,
    syr2k64,
    symm64,
    symv64,
    gemv64: gemv,
    gemv32: gemv,
    gramPanels,
    pairSums,
    tridiagonalPanel64,
    bandToTridiagonal64,
    qr64,
    applyQ64,
    jacobiSweep64,
    widen,
    widenAffine,
  };
}
