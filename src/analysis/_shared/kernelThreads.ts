/** How the engine's workers lend threads to the kernels: the engine knows threads, the numerics know what to do with them. */
export { useThreads } from "../../numerics/kernels/load.ts";
export { type HelperStart, runHelper } from "../../numerics/kernels/threads/helper.ts";
export type { ThreadSource } from "../../numerics/kernels/threads/team.ts";
