/** A thread that a worker starts beside itself (see `runWorker`) is given a start and runs it; a worker itself is given a memory of what was chosen before. */
export { type HelperStart, type KernelMemory, runHelper } from "../analysis/_shared/kernelThreads.ts";
