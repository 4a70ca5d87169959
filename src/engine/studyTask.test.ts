import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../base/cancel.ts";
import { nodeSources } from "../platform/node/fileSource.ts";
import { NO_OTHER_SOURCES } from "../platform/remoteSources.ts";
import { checkpointLintStudy } from "../studies/checkpoint-lint/index.ts";
import type { CheckpointLintResult } from "../studies/checkpoint-lint/types.ts";
import { answerTarget } from "./answer.ts";
import { openByUri } from "./session.ts";
import { runStudy } from "./studyTask.ts";

const URI = pathToFileURL(resolve("samples/digits/mlp/checkpoints/epoch-000.pt")).href;
const sources = nodeSources(NO_OTHER_SOURCES);
const watch = { cancel: NEVER_CANCELLED, signal: new AbortController().signal, progress() {} };

function keeping() {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const asked: string[] = [];
  const answering = {
    store: {
      get: async (key: string) => {
        asked.push(key);
        return kept.get(key) ?? null;
      },
      put: async (key: string, bytes: Uint8Array<ArrayBuffer>) => void kept.set(key, bytes),
    },
    hashing: { text: async (text: string) => createHash("sha256").update(text).digest("hex") },
  };
  return { kept, asked, answering };
}

async function lint(answering: ReturnType<typeof keeping>["answering"] | null, parameters: object) {
  const { result } = await runStudy(
    {
      study: checkpointLintStudy.manifest.id,
      files: [{ role: "checkpoint", uri: URI }],
      parameters,
      readings: [],
      bytes: 0,
      retires: false,
    },
    {
      ...watch,
      sources,
      openInference: undefined,
      ...(answering === null ? {} : { answering }),
      publish() {},
    },
  );
  return result as CheckpointLintResult;
}

test("a study takes the spectra that are kept and computes no large one; what nobody has asked yet is counted", async () => {
  const { answering } = keeping();
  const before = await lint(answering, { computeBelow: 8 });
  expect(before.ranksWaiting).toBe(3);
  expect(before.weights.every(({ rank }) => rank === null)).toBe(true);

  // The overview asks the same of each tensor.
  const opened = await openByUri(sources, URI, []);
  for (const { tensor } of before.weights)
    await answerTarget(
      opened,
      {
        uri: URI,
        version: opened.checkpoint.version,
        analysis: "spectrum",
        target: { tensor, part: null, tap: null },
        parameters: {},
        reference: null,
        valuesHash: null,
      },
      null,
      watch,
      answering,
    );
  await opened.checkpoint.close();
  await new Promise((through) => setTimeout(through, 0));
  const after = await lint(answering, { computeBelow: 8 });
  expect(after.ranksWaiting).toBe(0);
  expect(after.weights.map(({ rank }) => rank)).toEqual([64, 48, 10].map((full) => ({ rank: full, full })));
});

test("what a study has computed itself is kept for the next who asks; without a store all is computed", async () => {
  const { kept, answering } = keeping();
  await lint(answering, { computeBelow: 512 });
  await new Promise((through) => setTimeout(through, 0));
  expect(kept.size).toBe(6);
  expect((await lint(answering, { computeBelow: 8 })).ranksWaiting).toBe(0);
  expect((await lint(null, { computeBelow: 512 })).ranksWaiting).toBe(0);
  expect((await lint(null, { computeBelow: 8 })).ranksWaiting).toBe(3);
});

test("of several files the one that is cut is named, with what to do", async () => {
  const folder = await mkdtemp(join(tmpdir(), "modescope-cut-"));
  const [whole, cut] = ["whole.safetensors", "cut.safetensors"].map((name) => join(folder, name)) as [string, string];
  const bytes = await readFile("samples/two-seeds/seed-0.weights.safetensors");
  await writeFile(whole, bytes);
  await writeFile(cut, bytes.subarray(0, 900));
  const files = [whole, cut].map((path) => ({ role: "checkpoint", uri: pathToFileURL(path).href }));
  const task = { study: "weights-compare", files, parameters: {}, readings: [], bytes: 0, retires: false };
  await expect(runStudy(task, { ...watch, sources, openInference: undefined, publish() {} })).rejects.toMatchObject({
    code: "bad-format",
    details: { uri: files[1]!.uri, remedy: expect.stringContaining("download it again") },
  });
  await rm(folder, { recursive: true });
});
