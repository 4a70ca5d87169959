import { offerWidening } from "../../base/widening.ts";
import { widenByKernels } from "../../numerics/kernels/fileWidening.ts";

/** From now on this thread reads narrow dtypes by kernels: the formats ask `base/widening.ts`, and know neither kernels nor numerics. */
export function useKernelWidening(): void {
  offerWidening((bytes, dtype, affine) => widenByKernels(bytes, dtype, affine));
}
