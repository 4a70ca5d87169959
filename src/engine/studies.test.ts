import { expect, test, vi } from "vitest";
import type { StudySnapshot } from "../protocol/contract.ts";
import { Scheduler } from "./scheduler.ts";
import { Studies } from "./studies.ts";
import type { TaskResult, WorkerTask } from "./tasks.ts";

const FILES = ["a", "b", "c"].map((name) => ({ role: "checkpoint", uri: `file:///run/${name}.safetensors` }));
const MODEL = { role: "model", uri: "file:///m.onnx" };
const STIMULI = { role: "stimuli", uri: "file:///s.npz" };
const TABLE = { role: "table", uri: "file:///run/data.csv" };

/** A runner that is played by the test: it says what a worker would. */
function studies() {
  const begun: {
    task: WorkerTask;
    signal: AbortSignal | undefined;
    say: (fraction: number, partial?: unknown) => void;
    answer: (result: TaskResult) => void;
    fail: (error: unknown) => void;
  }[] = [];
  const events: Omit<StudySnapshot, "result" | "error">[] = [];
  const scheduler = new Scheduler(() => ({
    free: true,
    admits: () => true,
    run: (task, signal, say = () => {}) =>
      new Promise<TaskResult>((answer, fail) => void begun.push({ task, signal, say, answer, fail })),
  }));
  const all = new Studies(
    () => scheduler,
    (changed) => events.push(changed),
  );
  const ask = <M extends keyof typeof all.handlers>(method: M) => all.handlers[method];
  const start = (files: readonly unknown[] = [...FILES, TABLE], parameters: unknown = {}, study = "dynamics") =>
    ask("study/start")({ study, files, parameters } as never, new AbortController().signal);
  const snapshot = (run: string, since = 0) =>
    ask("study/snapshot")({ run, since }, new AbortController().signal) as StudySnapshot;
  return { begun, events, start, snapshot, ask };
}
const idOf = (started: unknown) => (started as { run: string }).run;

test("a study publishes what it knows, then its result; a reader that has it is not sent it again", async () => {
  const { begun, start, snapshot, events } = studies();
  const run = idOf(start());
  expect(begun[0]?.task).toMatchObject({ study: "dynamics", files: [...FILES, TABLE], readings: [] });
  expect(snapshot(run)).toEqual({ run, revision: 0, state: "running", fraction: 0, error: null });
  begun[0]!.say(0.5, { curves: 1 });
  const half = snapshot(run);
  expect(half).toMatchObject({ state: "running", fraction: 0.5, result: { curves: 1 } });
  begun[0]!.say(0.7);
  expect(snapshot(run, half.revision)).not.toHaveProperty("result");
  begun[0]!.answer({ result: { curves: 2 }, fromCache: false, valuesHash: null });
  await Promise.resolve();
  await Promise.resolve();
  expect(snapshot(run, half.revision)).toMatchObject({ state: "finished", fraction: 1, result: { curves: 2 } });
  expect(events.at(-1)).toMatchObject({ run, state: "finished" });
});

test("a cancelled study is over at once, and its worker hears of it", () => {
  const { begun, start, snapshot, ask } = studies();
  const run = idOf(start());
  ask("study/cancel")({ run }, new AbortController().signal);
  expect(begun[0]?.signal?.aborted).toBe(true);
  expect(snapshot(run).state).toBe("cancelled");
  begun[0]!.say(0.9, { late: true });
  expect(snapshot(run)).not.toHaveProperty("result");
});

test("a failure is told with its code", async () => {
  const { begun, start, snapshot } = studies();
  const run = idOf(start());
  begun[0]!.fail(new RangeError("oops"));
  await Promise.resolve();
  await Promise.resolve();
  expect(snapshot(run)).toMatchObject({ state: "failed", error: { code: "internal" } });
});

test.each([
  [[MODEL], /given 0 of files of stimuli; it takes 1/],
  [[MODEL, MODEL, STIMULI], /given 2 of ONNX models/],
  [[{ role: "secrets", uri: "file:///etc/passwd" }], /takes files with a URI and a role: model, stimuli/],
  [[null], /takes files with a URI and a role/],
])("files that do not fit are refused: %j", (files, why) => {
  expect(() => studies().start(files, {}, "activations")).toThrow(why);
});

test("a study that takes too long is ended with its worker, counted from when it begins", () => {
  vi.useFakeTimers();
  try {
    const { begun, start, snapshot } = studies();
    const run = idOf(start([MODEL, STIMULI], {}, "activations"));
    vi.advanceTimersByTime(10_000_000);
    begun[0]!.say(0);
    vi.advanceTimersByTime(899_000);
    expect(snapshot(run).state).toBe("running");
    vi.advanceTimersByTime(2_000);
    expect(snapshot(run)).toMatchObject({ state: "failed", error: { code: "limit-exceeded" } });
    expect(begun[0]!.signal?.aborted).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test("a limit that is for models alone leaves a long comparison of files in peace", () => {
  vi.useFakeTimers();
  try {
    for (const [files, state] of [
      [[{ role: "activations", uri: "file:///a.npz" }], "running"],
      [[MODEL, STIMULI], "failed"],
    ] as const) {
      const { begun, start, snapshot } = studies();
      const run = idOf(start(files, {}, "similarity"));
      begun[0]!.say(0);
      vi.advanceTimersByTime(1_799_000);
      expect(snapshot(run).state).toBe("running");
      vi.advanceTimersByTime(10_000_000);
      expect(snapshot(run).state).toBe(state);
    }
  } finally {
    vi.useRealTimers();
  }
});

test("a study that is gone says so", () => {
  expect(() => studies().snapshot("study-9")).toThrow("This study is gone.");
});
