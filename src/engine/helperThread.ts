/** A thread that a worker starts beside itself (see `runWorker`) is given one of these and runs it. */
export { type HelperStart, runHelper } from "../analysis/_shared/kernelThreads.ts";
