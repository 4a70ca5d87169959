import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TravelResult } from "../../src/analysis/travel/types.ts";
import { buildBundles } from "./bundles.testkit.ts";
import { noise, squareMatrices, writeCheckpoint } from "./checkpoints.testkit.ts";
import { engineOf, NEVER } from "./engine.testkit.ts";

let bundles: Awaited<ReturnType<typeof buildBundles>>;
let folder: string;
let made: ReturnType<typeof engineOf>;
const uriOf = (name: string) => pathToFileURL(join(folder, name)).href;

beforeAll(async () => {
  bundles = await buildBundles();
  folder = await mkdtemp(join(tmpdir(), "modescope-reference-"));
  await writeCheckpoint(join(folder, "step-0.safetensors"), squareMatrices(2, 24, 1));
  await writeCheckpoint(join(folder, "step-0-copy.safetensors"), squareMatrices(2, 24, 1));
  await writeCheckpoint(join(folder, "step-9.safetensors"), squareMatrices(2, 24, 50));
  await writeCheckpoint(join(folder, "other.safetensors"), {
    "layer000.weight": { shape: [24, 12], values: noise(24 * 12, 4) },
  });
  made = engineOf(bundles.folder, join(folder, "cache"), 1);
});
afterAll(async () => {
  made.engine.dispose();
  await bundles.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

function ask(checkpoint: string, analysis: string, reference?: string) {
  return Promise.resolve(
    made.engine.handlers["analysis/run"](
      {
        checkpoint,
        analysis,
        target: { tensor: "layer000.weight", part: null, tap: null },
        parameters: analysis === "travel" ? { modes: false } : {},
        ...(reference === undefined ? {} : { reference }),
      },
      NEVER,
    ),
  );
}
const open = async (name: string) => (await made.open(uriOf(name))).checkpoint;

test("the worker opens both; the cache knows both contents", async () => {
  const [now, before, copy] = [
    await open("step-9.safetensors"),
    await open("step-0.safetensors"),
    await open("step-0-copy.safetensors"),
  ];
  const first = await ask(now, "travel", before);
  expect(first.fromCache).toBe(false);
  expect((first.result as TravelResult).travel.value).toBeGreaterThan(1);
  expect((await ask(now, "travel", before)).fromCache).toBe(true);
  // Another file with the same values is the same question; the values themselves another one.
  expect((await ask(now, "travel", copy)).fromCache).toBe(true);
  const still = await ask(now, "travel", now);
  expect(still.fromCache).toBe(false);
  expect((still.result as TravelResult).travel.value).toBe(0);
});

test("an analysis that takes no reference gives the same answer with one", async () => {
  const [now, before] = [await open("step-9.safetensors"), await open("step-0.safetensors")];
  const alone = await ask(now, "statistics");
  const named = await ask(now, "statistics", before);
  expect(named.fromCache).toBe(true);
  expect(named.result).toEqual(alone.result);
});

test("without a reference, with a closed one, or with another tensor under the name: said, not guessed", async () => {
  const [now, other] = [await open("step-9.safetensors"), await open("other.safetensors")];
  await expect(ask(now, "travel")).rejects.toMatchObject({ code: "bad-request", details: { field: "reference" } });
  await expect(ask(now, "travel", "checkpoint-999")).rejects.toMatchObject({ code: "bad-request" });
  await expect(ask(now, "travel", other)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/24 × 24 here and 24 × 12/),
  });
  // Where a reference is only welcome, its absence is part of the answer.
  const { result } = await ask(now, "spectral-null", other);
  expect(result).toMatchObject({ initial: { value: null, reason: expect.stringMatching(/24 × 12/) } });
  const { run } = await made.engine.handlers["run/start"](
    { checkpoint: now, analysis: "travel", targets: "all", parameters: {}, reference: other },
    NEVER,
  );
  const { outcomes } = await made.ended(run);
  expect(outcomes.map(({ outcome }) => outcome.kind)).toEqual(["not-applicable", "not-applicable"]);
});
