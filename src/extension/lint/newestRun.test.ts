import { expect, test } from "vitest";
import { NewestRun } from "./newestRun.ts";

/** Runs that end when the test says so. */
function play() {
  const runs: { id: string; end(result: string | null): void; fail(error: Error): void }[] = [];
  const [finished, failed, cancelled]: [string[], unknown[], string[]] = [[], [], []];
  let off = false;
  const newest = new NewestRun<string>({
    start: async () => {
      await null;
      return off ? null : `r${runs.length}`;
    },
    follow: (id, signal) =>
      new Promise((resolve, reject) => {
        runs.push({ id, end: resolve, fail: reject });
        signal.addEventListener("abort", () => resolve(null));
      }),
    cancel: (run) => cancelled.push(run),
    finished: async (result) => void finished.push(result),
    failed: (error) => failed.push(error),
  });
  const started = async (count: number) => {
    while (runs.length < count) await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { newest, runs, finished, failed, cancelled, started, turnOff: () => (off = true) };
}

const never = new AbortController().signal;

test("whoever waits is answered by the newest run, also where an earlier one could not read a file half written", async () => {
  const { newest, runs, finished, failed, started } = play();
  let told = 0;
  const answer = newest.ask(never, () => told++);
  await started(1);
  const second = newest.begin();
  await second;
  await started(2);
  runs[0]!.fail(new Error("The file ends early."));
  await newest.begin();
  await started(3);
  runs[2]!.end("third");
  expect(await answer).toEqual({ kind: "result", result: "third" });
  expect([finished, failed]).toEqual([["third"], []]);
  expect(told).toBeGreaterThan(1);
});

test("the newest's failure is thrown and told; a deletion, a cancel and the settings are three different words", async () => {
  const first = play();
  const failing = first.newest.ask(never, () => {});
  await first.started(1);
  first.runs[0]!.fail(new Error("The header is cut."));
  await expect(failing).rejects.toThrow("The header is cut.");
  expect(first.failed).toHaveLength(1);

  const gone = first.newest.ask(never, () => {});
  await first.started(2);
  first.newest.stop();
  expect(await gone).toEqual({ kind: "gone" });

  const stop = new AbortController();
  const cancelled = first.newest.ask(stop.signal, () => {});
  await first.started(3);
  stop.abort();
  expect(await cancelled).toEqual({ kind: "cancelled" });

  first.turnOff();
  expect(await first.newest.ask(never, () => {})).toEqual({ kind: "off" });
  expect(first.finished).toEqual([]);
});

test("a start that another has overtaken is cancelled, and leads to the other's run", async () => {
  const { newest, cancelled, started, runs } = play();
  const [first, second] = [newest.begin(), newest.begin()];
  expect(await second).toBe("r0");
  expect(await first).toBe("r0");
  await started(1);
  expect(cancelled).toEqual(["r0"]);
  expect(runs).toHaveLength(1);
});
