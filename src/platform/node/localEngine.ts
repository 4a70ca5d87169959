import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TensorReading } from "../../base/tensor.ts";
import { Engine } from "../../engine/engine.ts";
import { type Opened, openByUri } from "../../engine/session.ts";
import { NO_OTHER_SOURCES, relaySources } from "../remoteSources.ts";
import { cacheHome } from "./cacheHome.ts";
import { diskCache } from "./diskCache.ts";
import { nodeSources } from "./fileSource.ts";
import { hashText } from "./hash.ts";
import { threadWorkers } from "./workers.ts";

/** Opens a checkpoint of this machine in this very thread, hands it over and closes it: for the command line's look at many small files. */
export async function withLocalCheckpoint<T>(
  path: string,
  { readings, signal }: { readonly readings: readonly TensorReading[]; readonly signal: AbortSignal },
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const opened = await openByUri(nodeSources(NO_OTHER_SOURCES), pathToFileURL(resolve(path)).href, readings, signal);
  try {
    return await use(opened);
  } finally {
    await opened.checkpoint.close();
  }
}

/** An engine in this process, with worker threads: for the command line. `folder` holds the worker bundle. */
export function localEngine(
  folder: string,
  options: { readonly workers: number; readonly cacheBytes: number },
  emit: (event: string, data: unknown) => void,
): Engine {
  const refuse = relaySources({
    requestUntyped: async (_method, params) => NO_OTHER_SOURCES.open(String((params as { uri?: unknown }).uri)),
  });
  return new Engine(
    {
      sources: nodeSources(NO_OTHER_SOURCES),
      workers: threadWorkers(folder, options.workers, { background: false }),
      cache: diskCache(join(cacheHome(), "modescope", "results"), options.cacheBytes),
      hashText,
    },
    refuse,
    emit,
  );
}
