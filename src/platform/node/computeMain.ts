import { dirname } from "node:path";
import { Engine } from "../../engine/engine.ts";
import { serveEngine } from "../../engine/serve.ts";
import type { SourceMethods } from "../../protocol/contract.ts";
import { Peer } from "../../protocol/peer.ts";
import { relaySources, remoteSources } from "../remoteSources.ts";
import { diskCache } from "./diskCache.ts";
import { nodeSources } from "./fileSource.ts";
import { hashText } from "./hash.ts";
import { threadWorkers } from "./workers.ts";

/** The compute process: an engine at the end of an IPC channel. It ends when its host does. */
interface ComputeOptions {
  readonly cacheFolder: string;
  readonly cacheBytes: number;
  readonly workers: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as ComputeOptions;
const send = process.send?.bind(process);
if (send === undefined) throw new Error("This bundle runs as a child process.");

const peer: Peer<SourceMethods, Record<string, never>> = new Peer<SourceMethods, Record<string, never>>(
  {
    send: (frame) => void send(frame, undefined, undefined, () => undefined),
    onFrame: (listener) => void process.on("message", listener),
    close() {},
  },
  {},
);
const engine = new Engine(
  {
    sources: nodeSources(remoteSources(peer)),
    workers: threadWorkers(dirname(__filename), options.workers, { background: true }),
    cache: diskCache(options.cacheFolder, options.cacheBytes),
    hashText,
  },
  relaySources(peer),
  (event, data) => peer.emit(event, data),
);
serveEngine(peer, engine);
peer.hello("compute");
process.on("disconnect", () => {
  engine.dispose();
  process.exit(0);
});
