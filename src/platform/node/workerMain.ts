import { readFile } from "node:fs/promises";
import { availableParallelism, constants, getPriority, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { type HelperStart, runHelper } from "../../engine/helperThread.ts";
import { runWorker } from "../../engine/workerLoop.ts";
import { onnxRuntime } from "../onnxRuntime.ts";
import { remoteSources } from "../remoteSources.ts";
import { nodeSources } from "./fileSource.ts";
import { hashing } from "./hash.ts";
import { kernelMemory } from "./kernelMemory.ts";
import type { WorkerOptions } from "./workers.ts";

/** More threads than this on one matrix wait for one another's memory. */
const MOST_HELPERS = 7;

/** A worker's own thread for shares of its kernel calls: this bundle again, with the start in `helper`. */
interface HelperData {
  readonly helper: HelperStart;
}

function isHelper(data: unknown): data is HelperData {
  return typeof data === "object" && data !== null && "helper" in data;
}

const port = parentPort;
if (port === null || isMainThread) throw new Error("This bundle runs as a worker thread.");
if (isHelper(workerData)) runHelper(workerData.helper);
else {
  if ((workerData as WorkerOptions).background) yieldToTheEditor();
  runWorker(
    {
      send: (frame) => port.postMessage(frame),
      onFrame: (listener) => void port.on("message", listener),
      close() {},
    },
    (host) => nodeSources(remoteSources(host)),
    hashing,
    {
      kernelMemory: kernelMemory(),
      openInference: onnxRuntime(() => readFile(join(dirname(__filename), "..", "onnx-runtime.wasm"))),
      helpers: {
        most: Math.min(MOST_HELPERS, availableParallelism() - 1),
        start(helper) {
          const data: HelperData = { helper };
          // What goes wrong in a helper is told through the shared control block; its thread must not end this one a second time.
          new Worker(__filename, { workerData: data, stdout: true, stderr: true }).on("error", () => undefined).unref();
        },
        // Ends this thread only: the pool says what happened and starts another.
        lost: () => process.exit(1),
      },
    },
  );
}

/** Of this thread and its helpers on Linux; elsewhere a process has one priority, and this one does nothing but compute. */
function yieldToTheEditor(): void {
  try {
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // Not allowed everywhere; then it competes as before.
  }
}
