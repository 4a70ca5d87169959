import { runWorker } from "../../engine/workerLoop.ts";
import { remoteSources } from "../remoteSources.ts";
import { hashText } from "./hash.ts";

runWorker(
  {
    send: (frame) => postMessage(frame),
    onFrame: (listener) => addEventListener("message", (event) => listener((event as MessageEvent).data)),
    close() {},
  },
  (host) => remoteSources(host),
  { text: hashText },
);
