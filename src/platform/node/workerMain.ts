import { constants, getPriority, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { runWorker } from "../../engine/workerLoop.ts";
import { remoteSources } from "../remoteSources.ts";
import { nodeSources } from "./fileSource.ts";
import { hashText } from "./hash.ts";
import type { WorkerOptions } from "./workers.ts";

const port = parentPort;
if (port === null) throw new Error("This bundle runs as a worker thread.");
if ((workerData as WorkerOptions).background) yieldToTheEditor();
runWorker(
  {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => void port.on("message", listener),
    close() {},
  },
  (host) => nodeSources(remoteSources(host)),
  hashText,
);

/** Of this thread on Linux; elsewhere a process has one priority, and this one does nothing but compute. */
function yieldToTheEditor(): void {
  try {
    setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // Not allowed everywhere; then it competes as before.
  }
}
