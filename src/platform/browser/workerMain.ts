import { runWorker } from "../../engine/workerLoop.ts";
import { onnxRuntime } from "../onnxRuntime.ts";
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
  { openInference: onnxRuntime(fetchRuntime) },
);

/** The worker's name is the address of the folder that its bundle came from. */
async function fetchRuntime(): Promise<Uint8Array> {
  const answer = await fetch(`${self.name}/../onnx-runtime.wasm`);
  if (!answer.ok) throw new Error(`The runtime for models could not be loaded (${answer.status}).`);
  return new Uint8Array(await answer.arrayBuffer());
}
