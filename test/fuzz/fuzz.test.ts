import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FORMATS } from "../../src/formats/registry.ts";
import { caseOf, corpusOf } from "./corpus.ts";
import { fuzz } from "./fuzz.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Enough to meet every kind of change; `npm run fuzz` goes through ten thousand and more. */
const CASES = 250;
const IDS = FORMATS.map(({ manifest }) => manifest.id);
const corpus = corpusOf(root);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-fuzz-"));
  await bundle("worker", []);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bundle(name: string, plugins: Parameters<typeof build>[0]["plugins"]): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { [name]: "test/fuzz/worker.ts" },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    plugins: plugins ?? [],
  });
}

test.each(IDS)("%s has a small valid file below test/fixtures to be damaged", (id) => {
  expect(corpus.get(id)?.length).toBeGreaterThan(0);
});

test("a case is the same every time, and another number is another case", () => {
  for (const [id, seeds] of corpus) {
    const same = [caseOf(seeds, id, 5, 7), caseOf(seeds, id, 5, 7)];
    expect(same[0]).toEqual(same[1]);
    const others = new Set(Array.from({ length: 20 }, (_, index) => String(caseOf(seeds, id, 5, index).bytes)));
    expect(others.size, id).toBeGreaterThan(5);
  }
});

test.each(IDS)("%s: damaged files open or are refused by a typed error", async (id) => {
  const report = await fuzz({
    root,
    worker: join(folder, "worker.mjs"),
    format: id,
    seed: 2026,
    cases: CASES,
    slowMilliseconds: 20_000,
  });
  expect(report.findings).toEqual([]);
  expect(report.cases).toBe(CASES);
  // Neither all nor none: the cases reach behind the readers' first checks.
  expect(report.opened).toBeGreaterThan(0);
  expect(report.opened).toBeLessThan(CASES);
});

test("what a careless reader does is found: an untyped error, a hoard, a changed prototype, a hang, a heap that overflows, a lost rejection", async () => {
  await bundle("careless", [
    {
      name: "careless registry",
      setup: (hooks) =>
        hooks.onResolve({ filter: /\/registry\.ts$/ }, () => ({
          path: join(root, "test/fuzz/brokenRegistry.testkit.ts"),
        })),
    },
  ]);
  const report = await fuzz({
    root,
    worker: join(folder, "careless.mjs"),
    format: "npy",
    seed: 1,
    cases: 12,
    slowMilliseconds: 20_000,
    hangMilliseconds: 3_000,
    greedyMegabytes: 100,
  });
  expect(report.findings.map(({ index, what }) => [index, what.split("\n", 1)[0]])).toEqual([
    [0, "TypeError: planted: a fault of ours"],
    [1, expect.stringMatching(/^It took \d+ MB of memory/)],
    [2, "Every object has got a property planted."],
    [3, "It hangs: no end after 3 s."],
    [4, "It ran out of 256 MB."],
    [5, expect.stringMatching(/^It crashed: Error: planted: nobody waits/)],
  ]);
  expect(report.refused).toEqual({ "bad-format": 8 });
});
