import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Workers } from "../../engine/ports.ts";
import { TASK_FLAG } from "../../engine/tasks.ts";
import type { Transport } from "../../protocol/frames.ts";
import { enableWideVectors } from "./wasmFeatures.ts";

/** A worker whose own objects (not its arrays, which the engine bounds) pass this dies alone, with a reason, before the machine suffers. */
const HEAP_MEGABYTES = 1024;
/** The other half is the editor's, the language servers', the training run's. */
const MEMORY_SHARE = 1 / 2;
/** Small nurseries: the work is in typed arrays, and each idle worker would hold the default's 48 MB. */
const NURSERY_MEGABYTES = 8;

/** What a worker thread is told at its start. */
export interface WorkerOptions {
  /** The editor comes first: these threads get what processor time it leaves. */
  readonly background: boolean;
  /** What all tasks may hold together; left out: half of the machine's memory, or of what a container leaves of it. */
  readonly memoryBytes?: number;
  /** For tests: a heap that is soon full. */
  readonly heapMegabytes?: number;
}

/** Worker threads of this process, which must be one of our own (V8's switches hold for all of it), each running the worker bundle that lies beside this one. */
export function threadWorkers(folder: string, count: number, options: WorkerOptions): Workers {
  return {
    memoryBytes: options.memoryBytes ?? Math.min(totalmem(), process.constrainedMemory() || totalmem()) * MEMORY_SHARE,
    count: count > 0 ? count : Math.max(1, availableParallelism()),
    spawn() {
      // Before the first thread compiles kernels; opening a checkpoint needs none and does not wait for this.
      enableWideVectors();
      const worker = new Worker(join(folder, "worker.cjs"), {
        workerData: options,
        resourceLimits: {
          maxOldGenerationSizeMb: options.heapMegabytes ?? HEAP_MEGABYTES,
          maxYoungGenerationSizeMb: NURSERY_MEGABYTES,
        },
      });
      const transport: Transport = {
        send: (frame) => worker.postMessage(frame),
        onFrame: (listener) => void worker.on("message", listener),
        close() {},
      };
      return {
        transport,
        onExit(listener) {
          let reason = "it stopped";
          worker.on("error", (error: Error & { code?: string }) => {
            reason = error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "it ran out of memory" : error.message;
          });
          worker.on("exit", () => listener(reason));
        },
        terminate: () => void worker.terminate(),
      };
    },
    sharedFlag: () => new Int32Array(new SharedArrayBuffer(4 * TASK_FLAG.length)),
  };
}
