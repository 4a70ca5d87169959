import {
  type KernelMemory,
  rememberKernels,
  type ThreadSource,
  useThreads,
} from "../analysis/_shared/kernelThreads.ts";
import { useKernelWidening } from "../analysis/_shared/kernelWidening.ts";
import { sharedCancelToken } from "../base/cancel.ts";
import { CancelledError, StaleSourceError } from "../base/errors.ts";
import type { OpenInference } from "../base/inference.ts";
import type { Transport } from "../protocol/frames.ts";
import { type Handlers, Peer } from "../protocol/peer.ts";
import { studyById } from "../studies/registry.ts";
import { answerTarget } from "./answer.ts";
import { explainMemory } from "./memory.ts";
import type { Hashing, Sources } from "./ports.ts";
import { type Opened, openByUri } from "./session.ts";
import { changedFields } from "./studyResult.ts";
import { runStudy } from "./studyTask.ts";
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
 * kernel calls are shared with threads of its own, as many as the pool says are idle; with `openInference` studies can run models; with `kernelMemory` all
 * workers of a machine use the same kernels.
 */
export function runWorker(
  transport: Transport,
  makeSources: (host: Peer<WorkerHostMethods, WorkerHostEvents>) => Sources,
  hashing: Hashing,
  platform: {
    readonly helpers?: Omit<ThreadSource, "allowed">;
    readonly openInference?: OpenInference;
    readonly kernelMemory?: KernelMemory;
  } = {},
): void {
  const { helpers, openInference, kernelMemory } = platform;
  if (kernelMemory !== undefined) rememberKernels(kernelMemory);
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
    "study/run": async ({ task, flag }, signal) => {
      useFlag(flag);
      const changed = studyById(task.study).immutable === true ? changedFields() : (whole: unknown) => whole;
      const answer = await runStudy(task, {
        sources,
        openInference,
        answering: { store, hashing },
        cancel: flag === null ? tokenOf(signal) : sharedCancelToken(flag),
        signal,
        progress: throttled((fraction) => host.emit("task/progress", { fraction })),
        publish: (fraction, partial) => host.emit("task/partial", { fraction, partial: changed(partial) }),
      });
      return { ...answer, result: changed(answer.result) };
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
    const opened = await open(task);
    useFlag(flag);
    const answer = await answerTarget(
      opened,
      task,
      task.reference === null ? null : await open(task.reference),
      {
        cancel: flag === null ? tokenOf(signal) : sharedCancelToken(flag),
        signal,
        progress: throttled((fraction) => host.emit("task/progress", { fraction })),
      },
      { store, hashing },
    );
    if (answer === null) throw new CancelledError();
    return answer;
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
