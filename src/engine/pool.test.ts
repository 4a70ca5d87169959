import { expect, test } from "vitest";
import type { Frame } from "../protocol/frames.ts";
import { WorkerPool } from "./pool.ts";
import type { WorkerHandle, Workers } from "./ports.ts";
import { Scheduler } from "./scheduler.ts";
import { TASK_FLAG, type Task, type TaskResult } from "./tasks.ts";

const task = (tensor: string, over: Partial<Task> = {}): Task => ({
  uri: "memory:",
  version: "1",
  readings: [],
  analysis: "a",
  target: { tensor, part: null, tap: null },
  parameters: {},
  bytes: 10,
  retires: false,
  valuesHash: null,
  reference: null,
  ...over,
});

interface FakeWorker {
  readonly asked: string[];
  answer(): void;
  die(reason: string): void;
  terminated: boolean;
}

function fakeWorkers(
  count: number,
  shared: boolean,
): { workers: Workers; all: FakeWorker[]; flags: Int32Array<SharedArrayBuffer>[] } {
  const all: FakeWorker[] = [];
  const flags: Int32Array<SharedArrayBuffer>[] = [];
  const spawn = (): WorkerHandle => {
    let listener: (frame: unknown) => void = () => {};
    let exit: (reason: string) => void = () => {};
    let id = 0;
    const worker: FakeWorker = {
      asked: [],
      terminated: false,
      answer: () => listener({ kind: "res", id, ok: true, result: { result: worker.asked.at(-1), fromCache: false } }),
      die: (reason) => exit(reason),
    };
    all.push(worker);
    return {
      transport: {
        send(frame: Frame) {
          if (frame.kind !== "req") return;
          id = frame.id;
          worker.asked.push((frame.params as { task: Task }).task.target.tensor);
        },
        onFrame: (added) => {
          listener = added;
        },
        close() {},
      },
      onExit: (added) => {
        exit = added;
      },
      terminate: () => {
        worker.terminated = true;
      },
    };
  };
  return {
    workers: {
      count,
      memoryBytes: 100,
      spawn,
      sharedFlag() {
        if (!shared) return null;
        const flag = new Int32Array(new SharedArrayBuffer(4 * TASK_FLAG.length));
        flags.push(flag);
        return flag;
      },
    },
    all,
    flags,
  };
}

const noHost = {
  "source/open": never,
  "source/read": never,
  "source/sibling": never,
  "source/list": never,
  "cache/get": never,
  "cache/put": never,
};
function never(): never {
  throw new Error("not asked in this test");
}

function poolOf(count: number, shared = true) {
  const { workers, all, flags } = fakeWorkers(count, shared);
  const lost: string[] = [];
  const pool: WorkerPool = new WorkerPool(
    workers,
    noHost,
    () => scheduler.pump(),
    (reason) => lost.push(reason),
  );
  const scheduler: Scheduler = new Scheduler(() => pool);
  return { scheduler, all, lost, flags };
}

test("no more workers than allowed, and the most urgent ticket next", async () => {
  const { scheduler, all } = poolOf(1);
  const results: unknown[] = [];
  const note = (result: Promise<TaskResult>) => result.then((value) => results.push(value.result));
  note(scheduler.enqueue(task("first"), 5).result);
  note(scheduler.enqueue(task("later"), 9).result);
  const moved = scheduler.enqueue(task("moved"), 10);
  note(moved.result);
  moved.ticket.urgency = 1;
  for (let i = 0; i < 3; i++) {
    all[0]?.answer();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  expect(all.length).toBe(1);
  expect(results).toEqual(["first", "moved", "later"]);
});

test("a dead worker costs its task, and the next one runs in a new worker", async () => {
  const { scheduler, all, lost } = poolOf(1);
  const first = scheduler.enqueue(task("big"), 0).result;
  const second = scheduler.enqueue(task("small"), 1).result;
  all[0]?.die("it ran out of memory");
  await expect(first).rejects.toMatchObject({ code: "worker-lost", details: { tensor: "big" } });
  all[1]?.answer();
  await expect(second).resolves.toMatchObject({ result: "small" });
  expect(lost).toEqual(["it ran out of memory"]);
});

test("a kernel that does not hear a cancel is ended with its worker", async () => {
  for (const shared of [true, false]) {
    const { scheduler, all } = poolOf(1, shared);
    const controller = new AbortController();
    const running = scheduler.enqueue(task("deaf"), 0, controller.signal).result;
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: "cancelled" });
    expect(all[0]?.terminated).toBe(true);
  }
});

test("a waiting ticket that is cancelled never starts", async () => {
  const { scheduler, all } = poolOf(1);
  const controller = new AbortController();
  const first = scheduler.enqueue(task("first"), 0).result;
  const waiting = scheduler.enqueue(task("waiting"), 1, controller.signal).result;
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
  all[0]?.answer();
  await first;
  expect(all[0]?.asked).toEqual(["first"]);
});

test("what does not fit into memory waits, and what is less urgent behind it; alone, everything may try", async () => {
  const { scheduler, all } = poolOf(3);
  const asked = () => all.flatMap((worker) => worker.asked);
  void scheduler.enqueue(task("a", { bytes: 60 }), 1).result;
  void scheduler.enqueue(task("b", { bytes: 60 }), 2).result;
  void scheduler.enqueue(task("small", { bytes: 1 }), 3).result;
  expect(asked()).toEqual(["a"]);
  all[0]?.answer();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(asked().sort()).toEqual(["a", "b", "small"]);

  const alone = poolOf(2);
  void alone.scheduler.enqueue(task("huge", { bytes: 1e12 }), 0).result;
  void alone.scheduler.enqueue(task("next", { bytes: 1 }), 1).result;
  expect(alone.all.flatMap((worker) => worker.asked)).toEqual(["huge"]);
});

test("a worker that held much ends with its task: its memory goes back, the next task has a new one", async () => {
  const { scheduler, all, lost } = poolOf(1);
  const big = scheduler.enqueue(task("big", { retires: true }), 0).result;
  const next = scheduler.enqueue(task("next"), 1).result;
  all[0]?.answer();
  await expect(big).resolves.toMatchObject({ result: "big" });
  expect(all[0]?.terminated).toBe(true);
  all[1]?.answer();
  await expect(next).resolves.toMatchObject({ result: "next" });
  expect(lost).toEqual([]);
});

test("cores that no other matrix wants go to the running tasks, and come back when one does", async () => {
  const { scheduler, all, flags } = poolOf(3);
  const threads = () => flags.map((flag) => Atomics.load(flag, TASK_FLAG.threads));
  const first = scheduler.enqueue(task("first"), 0).result;
  expect(threads()).toEqual([3]);
  const second = scheduler.enqueue(task("second"), 0).result;
  expect(threads()).toEqual([2, 1]);
  const third = scheduler.enqueue(task("third"), 0).result;
  expect(threads()).toEqual([1, 1, 1]);
  for (const worker of all.slice(1)) worker.answer();
  await Promise.all([second, third]);
  expect(threads()[0]).toBe(3);
  all[0]?.answer();
  await first;
});
