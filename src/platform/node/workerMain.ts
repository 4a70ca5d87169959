import { parentPort } from "node:worker_threads";
import { runWorker } from "../../engine/workerLoop.ts";
import { remoteSources } from "../remoteSources.ts";
import { nodeSources } from "./fileSource.ts";
import { hashing } from "./hash.ts";

const port = parentPort;
if (port === null) throw new Error("This bundle runs as a worker thread.");
runWorker(
  {
    send: (frame) => port.postMessage(frame),
    onFrame: (listener) => void port.on("message", listener),
    close() {},
  },
  (host) => nodeSources(remoteSources(host)),
  hashing,
);
