import { contentHash, knownValuesHash, knowValuesHash } from "../analysis/_shared/contentHash.ts";
import { type ThreadSource, useThreads } from "../analysis/_shared/kernelThreads.ts";
import { useKernelWidening } from "../analysis/_shared/kernelWidening.ts";
import { analysisById } from "../analysis/registry.ts";
import { sharedCancelToken } from "../base/cancel.ts";
import { CancelledError, StaleSourceError } from "../base/errors.ts";
import type { OpenInference } from "../base/inference.ts";
import type { Transport } from "../protocol/frames.ts";
import { type Handlers, Peer } from "../protocol/peer.ts";
import { recallByContent, remember, resultKeys } from "./cache.ts";
import { explainMemory } from "./memory.ts";
import type { Hashing, Sources } from "./ports.ts";
import { referenceOf } from "./reference.ts";
import { type Opened, openByUri, tensorOf } from "./session.ts";
import { runStudy } from "./studyTask.ts";
import { partOf } from "./targets.ts";
import {
  TASK_FLAG,
  type Task,
  type TaskResult,
  type TaskSource,
  type WorkerHostEvents,
  type WorkerHostMethods,
  type WorkerMethods,
} from "./tasks.ts";

/** Checkpoints that a worker keeps open: a series is walked file by file, so a few suffice. */
const OPEN_CHECKPOINTS = 4;
/** Kernels may report at every reflector; a person sees ten changes a second. */
const PROGRESS_EVERY_MILLISECONDS = 100;

/**
 * The life of a worker: opens what it is told to, computes, answers. `localSources` may refuse; the engine's host then reads for us. With `helpers` large
 * kernel calls are shared with threads of its own, as many as the pool says are idle; with `openInference` studies can run models.
 */
export function runWorker(
  transport: Transport,
  makeSources: (host: Peer<WorkerHostMethods, WorkerHostEvents>) => Sources,
  hashing: Hashing,
  platform: { readonly helpers?: Omit<ThreadSource, "allowed">; readonly openInference?: OpenInference } = {},
): void {
  const { helpers, openInference } = platform;
  let allowed = () => 1;
  if (helpers !== undefined)
    useThreads({ most: helpers.most, start: helpers.start, lost: helpers.lost, allowed: () => allowed() });
  useKernelWidening();
  const opened = new Map<string, Promise<Opened>>();
  const handlers: Handlers<WorkerMethods> = {
    "task/run": ({ task, flag }, signal) =>
      run(task, flag, signal).catch((error: unknown) => {
        throw explainMemory(error, task.target.tensor, task.target.tensor);
      }),
    "study/run": ({ task, flag }, signal) => {
      useFlag(flag);
      return runStudy(task, {
        sources,
        openInference,
        cancel: flag === null ? tokenOf(signal) : sharedCancelToken(flag),
        signal,
        progress: throttled((fraction) => host.emit("task/progress", { fraction })),
        publish: (fraction, partial) => host.emit("task/partial", { fraction, partial }),
      });
    },
  };
  const host: Peer<WorkerHostMethods, WorkerHostEvents> = new Peer(transport, handlers);
  host.on("checkpoint/forget", ({ uri }) => {
    for (const [key, known] of opened) {
      if (!key.endsWith(` ${uri}`)) continue;
      opened.delete(key);
      known.then((value) => value.checkpoint.close()).catch(() => undefined);
    }
  });
  const sources = makeSources(host);
  const store = {
    get: (key: string) => host.request("cache/get", { key }),
    put: async (key: string, bytes: Uint8Array<ArrayBuffer>) => void (await host.request("cache/put", { key, bytes })),
  };

  async function open({ uri, version, readings }: TaskSource): Promise<Opened> {
    const key = `${version} ${uri}`;
    const known = opened.get(key) ?? openByUri(sources, uri, readings);
    opened.delete(key);
    opened.set(key, known);
    known.catch(() => opened.delete(key));
    for (const [oldest, old] of opened) {
      if (opened.size <= OPEN_CHECKPOINTS) break;
      opened.delete(oldest);
      old.then((value) => value.checkpoint.close()).catch(() => undefined);
    }
    const value = await known;
    if (value.checkpoint.version !== version) {
      opened.delete(key);
      await value.checkpoint.close();
      throw new StaleSourceError(uri);
    }
    return value;
  }

  function useFlag(flag: Int32Array<SharedArrayBuffer> | null): void {
    if (flag !== null) allowed = () => Math.max(1, Atomics.load(flag, TASK_FLAG.threads));
  }

  async function run(task: Task, flag: Int32Array<SharedArrayBuffer> | null, signal: AbortSignal): Promise<TaskResult> {
    const { checkpoint, ...rest } = await open(task);
    useFlag(flag);
    const tensor = tensorOf({ checkpoint, ...rest }, task.target.tensor);
    const analysis = analysisById(task.analysis);
    const reference = task.reference === null ? undefined : referenceOf(tensor, await open(task.reference));
    const context = {
      checkpoint,
      tensor,
      part: partOf(tensor, task.target),
      target: task.target,
      ...(reference === undefined ? {} : { reference }),
      cancel: flag === null ? tokenOf(signal) : sharedCancelToken(flag),
      signal,
      progress: throttled((fraction) => host.emit("task/progress", { fraction })),
      ...(hashing.stream === undefined ? {} : { sha256: hashing.stream }),
    };
    if (task.valuesHash !== null) knowValuesHash(context, task.valuesHash);
    const { manifest } = analysis;
    if (!manifest.cacheable)
      return { result: await analysis.run(context, task.parameters), fromCache: false, valuesHash: null };

    const keys = await resultKeys(
      hashing.text,
      task.version,
      task.uri,
      manifest,
      task.target,
      task.parameters,
      task.reference,
    );
    const against =
      reference === undefined
        ? null
        : "reason" in reference
          ? reference.reason
          : await contentHash({ ...context, ...reference });
    const contentKey = async () => keys.byContent(await contentHash(context), against);
    const ask = manifest.hashesValues !== true || knownValuesHash(context) !== null;
    const known = ask ? await recallByContent(store, await contentKey()) : null;
    const result = known === null ? await analysis.run(context, task.parameters) : known.result;
    // Not waited for: the frames leave before the answer does, and the engine makes later readers wait.
    remember(store, keys, await contentKey(), result, known === null).catch(() => undefined);
    return { result, fromCache: known !== null, valuesHash: knownValuesHash(context) };
  }
}

function throttled(report: (fraction: number) => void): (fraction: number) => void {
  let next = performance.now() + PROGRESS_EVERY_MILLISECONDS;
  return (fraction) => {
    const now = performance.now();
    if (now < next) return;
    next = now + PROGRESS_EVERY_MILLISECONDS;
    report(fraction);
  };
}

function tokenOf(signal: AbortSignal) {
  return {
    get cancelled() {
      return signal.aborted;
    },
    throwIfCancelled() {
      if (signal.aborted) throw new CancelledError();
    },
  };
}
