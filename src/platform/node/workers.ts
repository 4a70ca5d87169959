import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Workers } from "../../engine/ports.ts";
import type { Transport } from "../../protocol/frames.ts";

/** Worker threads of this process, each running the worker bundle that lies beside this one. */
export function threadWorkers(folder: string, count: number): Workers {
  return {
    count: count > 0 ? count : Math.max(1, availableParallelism()),
    spawn() {
      const worker = new Worker(join(folder, "worker.cjs"));
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
    sharedFlag: () => new Int32Array(new SharedArrayBuffer(4)),
  };
}
