import { expect, test } from "vitest";
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
  const host = new Peer<Record<never, never>, Record<string, unknown>>(end(1), {});
  host.otherwise(async (method) => {
    asked.push(method);
    return method === "study/start" ? { run: "s1" } : method === "study/snapshot" ? { run: "s1", ...now } : null;
  });
  return {
    peer: new Peer(end(0), {}) as unknown as PanelPeer,
    asked,
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
