import { expect, test } from "vitest";
import { SLICE_BYTES, sliceOf, takenApart, type Values } from "../../src/protocol/apart.ts";
import type { StudySnapshot } from "../../src/protocol/contract.ts";
import type { Frame, Transport } from "../../src/protocol/frames.ts";
import { Peer } from "../../src/protocol/peer.ts";
import { followStudy, type StudyUpdate } from "./study.ts";
import type { PanelPeer } from "./types.ts";

const QUESTION = { study: "dynamics", files: [], parameters: {} };

/** An engine that is played by the test, at the other end of a panel's peer. */
function engine() {
  const hears: ((frame: unknown) => void)[][] = [[], []];
  const end = (mine: number): Transport => ({
    send: (frame: Frame) => queueMicrotask(() => hears[1 - mine]?.forEach((hear) => void hear(frame))),
    onFrame: (listener) => void hears[mine]?.push(listener),
    close() {},
  });
  let now: Omit<StudySnapshot, "run"> = { revision: 0, state: "running", fraction: 0, error: null };
  const asked: string[] = [];
  /** Arrays that notes stand for. */
  const arrays = new Map<number, Values>();
  const host = new Peer<Record<never, never>, Record<string, unknown>>(end(1), {});
  host.otherwise(async (method, params) => {
    asked.push(method);
    if (method === "study/values") {
      const { values, from } = Object(params) as { values: number; from: number };
      const found = arrays.get(values);
      return { bytes: found === undefined ? null : sliceOf(found, from) };
    }
    return method === "study/start" ? { run: "s1" } : method === "study/snapshot" ? { run: "s1", ...now } : null;
  });
  return {
    peer: new Peer(end(0), {}) as unknown as PanelPeer,
    asked,
    arrays,
    async say(next: Partial<typeof now>) {
      now = { ...now, revision: now.revision + 1, ...next };
      host.emit("study/changed", { run: "s1", revision: now.revision, state: now.state, fraction: now.fraction });
      await new Promise((done) => setTimeout(done, 5));
    },
  };
}

test("updates come as they are published, and the last one is the result", async () => {
  const { peer, say } = engine();
  const seen: StudyUpdate[] = [];
  const done = followStudy(peer, QUESTION, (update) => seen.push(update), new AbortController().signal);
  await say({});
  await say({ result: 1, fraction: 0.5 });
  await say({ result: 2, fraction: 1, state: "finished" });
  await done;
  expect(seen.map(({ result, finished }) => [result, finished])).toEqual([
    [1, false],
    [2, true],
  ]);
});

test("large arrays come slice by slice: a field is replaced when it is whole, and the end waits for all of them", async () => {
  const { peer, say, asked, arrays } = engine();
  const seen: { cells: number; pictures: readonly Float32Array[]; finished: boolean }[] = [];
  const done = followStudy(
    peer,
    QUESTION,
    ({ result, finished }) => seen.push({ ...(result as (typeof seen)[number]), finished }),
    new AbortController().signal,
  );
  await say({ changes: { cells: 0, pictures: [] } });
  const pictures = [1, 2, 3].map((one) => new Float32Array(SLICE_BYTES / 4 + 10).fill(one));
  const keep = (values: Values) => arrays.set(arrays.size, values).size - 1;
  const packed = takenApart(pictures, { left: 0 }, keep);
  const gone = takenApart(pictures, { left: 0 }, () => 99);
  // Arrays of the second message are replaced before anyone asks for them: those of the third come instead.
  await say({ changes: { cells: 1, pictures: gone } });
  await say({ changes: { cells: 2, pictures: packed }, fraction: 1, state: "finished" });
  await done;
  expect(seen.at(-1)).toMatchObject({ cells: 2, finished: true });
  const same = (a: Float32Array, b: Float32Array) => a.length === b.length && a.every((value, at) => value === b[at]);
  expect(seen.at(-1)!.pictures.map((one, at) => same(one, pictures[at]!))).toEqual([true, true, true]);
  expect(seen.filter(({ finished }) => finished)).toHaveLength(1);
  // Cells did not wait for the pictures.
  expect(seen.some(({ cells, pictures: shown }) => cells === 2 && shown.length === 0)).toBe(true);
  expect(asked.filter((method) => method === "study/values").length).toBeGreaterThanOrEqual(6);
});

test("a failed study rejects with what the engine says", async () => {
  const { peer, say } = engine();
  const done = followStudy(peer, QUESTION, () => {}, new AbortController().signal);
  const error = { code: "bad-format" as const, message: "No chain.", details: {} };
  const ended = expect(done).rejects.toMatchObject({ code: "bad-format", message: "No chain." });
  await say({ state: "failed", error });
  await ended;
});

test("aborting cancels the study and rejects at once", async () => {
  const { peer, say, asked } = engine();
  const abort = new AbortController();
  const done = followStudy(peer, QUESTION, () => {}, abort.signal);
  const ended = expect(done).rejects.toMatchObject({ code: "cancelled" });
  await say({});
  abort.abort();
  await ended;
  await say({});
  expect(asked).toContain("study/cancel");
});
