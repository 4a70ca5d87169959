import { join } from "node:path";
import { Engine } from "../../engine/engine.ts";
import { NO_OTHER_SOURCES, relaySources } from "../remoteSources.ts";
import { cacheHome } from "./cacheHome.ts";
import { diskCache } from "./diskCache.ts";
import { nodeSources } from "./fileSource.ts";
import { hashText } from "./hash.ts";
import { threadWorkers } from "./workers.ts";

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
