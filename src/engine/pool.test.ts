import { expect, test } from "vitest";
import type { Frame } from "../protocol/frames.ts";
import { WorkerPool } from "./pool.ts";
import type { WorkerHandle, Workers } from "./ports.ts";
import { Scheduler } from "./scheduler.ts";
import { TASK_FLAG, type Task, type TaskResult } from "./tasks.ts";

const task = (tensor: string): Task => ({
  uri: "memory:",
  version: "1",
  readings: [],
  analysis: "a",
  target: { tensor, part: null, tap: null },
  parameters: {},
  valuesHash: null,
  reference: null,
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
