import { Engine } from "../../src/engine/engine.ts";
import type { WorkerHandle } from "../../src/engine/ports.ts";
import { diskCache } from "../../src/platform/node/diskCache.ts";
import { nodeSources } from "../../src/platform/node/fileSource.ts";
import { hashText } from "../../src/platform/node/hash.ts";
import { threadWorkers } from "../../src/platform/node/workers.ts";
import { NO_OTHER_SOURCES, relaySources } from "../../src/platform/remoteSources.ts";
import type { RunSnapshot, TargetOutcome } from "../../src/protocol/contract.ts";

export const NEVER = new AbortController().signal;

/** An engine in this process over real worker threads, with its workers in view. */
export function engineOf(
  bundles: string,
  cacheFolder: string,
  workers = 2,
  options: Partial<Parameters<typeof threadWorkers>[2]> = {},
) {
  const spawned: WorkerHandle[] = [];
  const events: { event: string; data: unknown }[] = [];
  let busy = 0;
  const threads = threadWorkers(bundles, workers, { background: false, ...options });
  const engine = new Engine(
    {
      sources: nodeSources(NO_OTHER_SOURCES),
      workers: {
        ...threads,
        spawn() {
          const handle = threads.spawn();
          spawned.push(handle);
          let mine = 0;
          const count = (change: number) => {
            mine += change;
            busy += change;
          };
          handle.transport.onFrame((frame) => {
            if ((frame as { kind: string }).kind === "res") count(-1);
          });
          return {
            ...handle,
            // On a machine under load a kernel may not hear the cancel in time; its worker is then ended, and answers no more.
            terminate() {
              count(-mine);
              handle.terminate();
            },
            transport: {
              ...handle.transport,
              send(frame) {
                if (frame.kind === "req") count(1);
                handle.transport.send(frame);
              },
            },
          };
        },
      },
      cache: diskCache(cacheFolder, 64 * 2 ** 20),
      hashText,
    },
    relaySources({ requestUntyped: () => Promise.reject(new Error("Only local files here.")) }),
    (event, data) => events.push({ event, data }),
  );
  return {
    engine,
    spawned,
    events,
    /** Tasks that a worker has and has not answered. */
    busy: () => busy,
    open: (uri: string) => Promise.resolve(engine.handlers["checkpoint/open"]({ uri }, NEVER)),
    start: (checkpoint: string, analysis: string, parameters = {}) =>
      Promise.resolve(engine.handlers["run/start"]({ checkpoint, analysis, targets: "all", parameters }, NEVER)),
    snapshot: async (run: string, since = 0) => engine.handlers["run/snapshot"]({ run, since }, NEVER),
    async ended(run: string): Promise<RunSnapshot> {
      for (;;) {
        const snapshot = await engine.handlers["run/snapshot"]({ run, since: 0 }, NEVER);
        if (snapshot.state !== "running") return snapshot;
        await sleep(5);
      }
    },
  };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export async function until(what: string, holds: () => boolean | Promise<boolean>, timeout = 30_000): Promise<void> {
  const end = Date.now() + timeout;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`Waited ${timeout} ms until ${what}.`);
    await sleep(2);
  }
}

/** Results by tensor, without what may differ between runs (times, whether cached). */
export function resultsOf(outcomes: readonly TargetOutcome[]): Map<string, unknown> {
  return new Map(
    outcomes.map(({ target, outcome }) => [target.tensor, outcome.kind === "done" ? outcome.result : outcome.kind]),
  );
}
