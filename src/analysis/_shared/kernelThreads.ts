/** How the engine's workers lend threads and a memory to the kernels: the engine knows where these are, the numerics know what to do with them. */
export { type KernelMemory, rememberKernels, useThreads } from "../../numerics/kernels/load.ts";
export { type HelperStart, runHelper } from "../../numerics/kernels/threads/helper.ts";
export type { ThreadSource } from "../../numerics/kernels/threads/team.ts";
