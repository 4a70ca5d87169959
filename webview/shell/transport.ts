import type { Transport } from "../../src/protocol/frames.ts";

export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Frames over the webview's two-way message pipe. What arrives is checked by the peer. */
export function webviewTransport(api: Pick<VsCodeApi, "postMessage">, target: Window): Transport {
  const stop = new AbortController();
  return {
    send: (frame) => api.postMessage(frame),
    onFrame: (listener) => {
      target.addEventListener("message", (event) => listener(event.data), { signal: stop.signal });
    },
    close: () => stop.abort(),
  };
}
