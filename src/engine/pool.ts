import { CancelledError, ModeScopeError } from "../base/errors.ts";
import { type Handlers, Peer } from "../protocol/peer.ts";
import type { WorkerHandle, Workers } from "./ports.ts";
import type { ProgressListener } from "./scheduler.ts";
import {
  TASK_FLAG,
  type TaskResult,
  type WorkerEvents,
  type WorkerHostMethods,
  type WorkerMethods,
  type WorkerTask,
} from "./tasks.ts";

/** A cancelled kernel has this long to notice before its worker is ended. */
const CANCEL_GRACE_MILLISECONDS = 120;
/** A worker with nothing to do gives its memory back after this long; starting one costs about 50 ms. */
const IDLE_MILLISECONDS = 20_000;

interface Slot {
  readonly handle: WorkerHandle;
  readonly peer: Peer<WorkerMethods, WorkerEvents>;
  readonly flag: Int32Array<SharedArrayBuffer> | null;
  job: Job | null;
  idle: unknown;
  gone: boolean;
}

interface Job {
  readonly task: WorkerTask;
  readonly signal: AbortSignal | undefined;
  readonly progress: ProgressListener;
  resolve(result: TaskResult): void;
  reject(error: unknown): void;
}

/**
 * Workers, started on demand, one task each at a time. A worker that dies costs its task (`worker-lost`) and is replaced.
 * The pool keeps no queue of its own: `free` says whether a task would start at once, and `onFree` asks for the next one.
 */
export class WorkerPool {
  readonly #slots = new Set<Slot>();
  #disposed = false;

  constructor(
    private readonly workers: Workers,
    private readonly hostHandlers: Handlers<WorkerHostMethods>,
    private readonly onFree: () => void,
    private readonly onLost: (reason: string) => void,
  ) {}

  get size(): number {
    return this.workers.count;
  }

  get free(): boolean {
    return (
      !this.#disposed && ([...this.#slots].some((slot) => slot.job === null) || this.#slots.size < this.workers.count)
    );
  }

  /** Whether the task fits into memory beside those that run; alone, everything may try. */
  admits(task: WorkerTask): boolean {
    const running = [...this.#slots].flatMap(({ job }) => (job === null ? [] : [job.task.bytes]));
    return running.length === 0 || running.reduce((sum, bytes) => sum + bytes, task.bytes) <= this.workers.memoryBytes;
  }

  run(task: WorkerTask, signal?: AbortSignal, progress: ProgressListener = () => {}): Promise<TaskResult> {
    const slot = [...this.#slots].find((candidate) => candidate.job === null) ?? this.#spawn();
    return new Promise<TaskResult>((resolve, reject) => {
      const job: Job = { task, signal, progress, resolve, reject };
      clearTimeout(slot.idle);
      slot.job = job;
      progress(0);
      if (slot.flag !== null) Atomics.store(slot.flag, TASK_FLAG.cancel, 0);
      this.#lendIdle();
      const onAbort = () => this.#cancel(slot, job);
      const finish = (then: () => void) => {
        signal?.removeEventListener("abort", onAbort);
        if (slot.job !== job) return;
        slot.job = null;
        if (task.retires) this.#drop(slot, new CancelledError());
        else
          slot.idle = setTimeout(() => slot.job === null && this.#drop(slot, new CancelledError()), IDLE_MILLISECONDS);
        then();
        this.onFree();
        this.#lendIdle();
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const { flag } = slot;
      const answer =
        "study" in task
          ? slot.peer.request("study/run", { task, flag })
          : slot.peer.request("task/run", { task, flag });
      answer.then(
        (result) => finish(() => resolve(result)),
        (error) => finish(() => reject(error)),
      );
    });
  }

  /** Nobody has this file open any more: on Windows an open handle would keep a training run from replacing it. */
  forget(uri: string): void {
    for (const { peer } of this.#slots) peer.emit("checkpoint/forget", { uri });
  }

  dispose(): void {
    this.#disposed = true;
    for (const slot of [...this.#slots]) this.#drop(slot, new CancelledError());
  }

  #spawn(): Slot {
    const handle = this.workers.spawn();
    const slot: Slot = {
      handle,
      peer: new Peer(handle.transport, this.hostHandlers),
      flag: this.workers.sharedFlag(),
      job: null,
      idle: undefined,
      gone: false,
    };
    this.#slots.add(slot);
    slot.peer.on("task/progress", ({ fraction }) => slot.job?.progress(fraction));
    slot.peer.on("task/partial", ({ fraction, partial }) => slot.job?.progress(fraction, partial));
    handle.onExit((reason) => {
      if (slot.gone) return;
      const task = slot.job?.task;
      const tensor = task === undefined || "study" in task ? undefined : task.target.tensor;
      this.#drop(
        slot,
        new ModeScopeError("worker-lost", `The compute worker ended while it worked on this: ${reason}.`, {
          remedy:
            "Everything else goes on in a new worker. If memory ran out, close other programs or lower modescope.compute.workers.",
          ...(tensor === undefined ? {} : { tensor }),
        }),
      );
      this.onLost(reason);
      this.onFree();
    });
    return slot;
  }

  /** One matrix a worker first; where fewer are left than there are workers, the idle ones' cores go to the busy ones, at once and while they work. */
  #lendIdle(): void {
    const busy = [...this.#slots].filter((slot) => slot.job !== null);
    for (const [index, { flag }] of busy.entries()) {
      if (flag === null) continue;
      const threads = Math.floor((this.workers.count + busy.length - 1 - index) / busy.length);
      Atomics.store(flag, TASK_FLAG.threads, threads);
    }
  }

  #cancel(slot: Slot, job: Job): void {
    if (slot.flag !== null) Atomics.store(slot.flag, TASK_FLAG.cancel, 1);
    setTimeout(
      () => {
        if (slot.job !== job) return;
        this.#drop(slot, new CancelledError());
        this.onFree();
      },
      slot.flag === null ? 0 : CANCEL_GRACE_MILLISECONDS,
    );
  }

  #drop(slot: Slot, error: ModeScopeError): void {
    slot.gone = true;
    clearTimeout(slot.idle);
    this.#slots.delete(slot);
    const job = slot.job;
    slot.job = null;
    job?.reject(error);
    slot.peer.dispose();
    slot.handle.terminate();
  }
}
