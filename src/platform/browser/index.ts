import { Engine } from "../../engine/engine.ts";
import type { Workers } from "../../engine/ports.ts";
import { serveEngine } from "../../engine/serve.ts";
import type { SourceMethods } from "../../protocol/contract.ts";
import type { Transport } from "../../protocol/frames.ts";
import { Peer } from "../../protocol/peer.ts";
import type { EngineLink, StartEngine } from "../engineLink.ts";
import { relaySources, remoteSources } from "../remoteSources.ts";
import { hashText } from "./hash.ts";
import { memoryCache } from "./memoryCache.ts";

/** A tab gets about 4 GB in all, and says nothing of what is left of them. */
const MEMORY_BYTES = 2 * 2 ** 30;

export const hostKind = "web" as const;

/** The web host is itself a worker: the engine runs on its thread, and the kernels in workers of their own. */
export const startEngine: StartEngine = async ({ bundles, cacheBytes, workers }): Promise<EngineLink> => {
  const script = URL.createObjectURL(await (await fetch(`${bundles}/worker.js`)).blob());
  const [near, far] = transportPair();
  const peer = new Peer<SourceMethods, Record<string, never>>(far);
  const engine = new Engine(
    {
      sources: remoteSources(peer),
      workers: webWorkers(script, bundles, workers),
      cache: memoryCache(Math.min(cacheBytes, 64 * 2 ** 20)),
      hashText,
    },
    relaySources(peer),
    (event, data) => peer.emit(event, data),
  );
  serveEngine(peer, engine);
  return {
    transport: near,
    processId: null,
    onExit() {},
    dispose() {
      engine.dispose();
      peer.dispose();
      URL.revokeObjectURL(script);
    },
  };
};

function webWorkers(script: string, bundles: string, count: number): Workers {
  return {
    memoryBytes: MEMORY_BYTES,
    count: count > 0 ? count : Math.max(1, navigator.hardwareConcurrency),
    spawn() {
      const worker = new Worker(script, { name: bundles });
      return {
        transport: {
          send: (frame) => worker.postMessage(frame),
          onFrame: (listener) => worker.addEventListener("message", (event) => listener(event.data)),
          close() {},
        },
        onExit: (listener) => worker.addEventListener("error", (event) => listener(event.message)),
        terminate: () => worker.terminate(),
      };
    },
    sharedFlag: () => null,
  };
}

/** Two ends in one thread; frames arrive in a later task, as over any other transport. */
function transportPair(): [Transport, Transport] {
  const listeners: ((frame: unknown) => void)[][] = [[], []];
  const end = (mine: number, other: number): Transport => ({
    send(frame) {
      setTimeout(() => {
        for (const listener of listeners[other] ?? []) listener(frame);
      }, 0);
    },
    onFrame: (listener) => void listeners[mine]?.push(listener),
    close() {},
  });
  return [end(0, 1), end(1, 0)];
}
