import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { spectrumAnalysis } from "../../src/analysis/spectrum/index.ts";
import { statisticsAnalysis } from "../../src/analysis/statistics/index.ts";
import { memorySource } from "../../src/base/byteSource.ts";
import { NEVER_CANCELLED } from "../../src/base/cancel.ts";
import { allTargets } from "../../src/engine/targets.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";

/** Real checkpoints that nobody on this project made, beside the checkout; what NumPy says of them is in the repository. */
const folder = fileURLToPath(new URL("../../../shared/testdata/", import.meta.url));
const reference = JSON.parse(
  readFileSync(new URL("../fixtures/public/statistics.json", import.meta.url), "utf8"),
) as Record<string, Record<string, { shape: number[]; targets: Record<string, number>[] }>>;
const RELATIVE = 1e-6;

test("the reference covers every public safetensors and PyTorch file", () => {
  expect(Object.keys(reference).length).toBeGreaterThan(6);
  if (!existsSync(folder)) return console.log("../shared/testdata is not there: public checkpoints are not compared.");
  const there = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(safetensors|pth)$/.test(path));
  expect(there.sort()).toEqual(Object.keys(reference).sort());
});

function close(what: string, got: number, want: number): void {
  expect(Math.abs(got - want), `${what}: ${got}, NumPy ${want}`).toBeLessThanOrEqual(RELATIVE * Math.abs(want));
}

test.each(Object.keys(reference))("%s: every tensor, gate by gate, has NumPy's statistics and norms", async (path) => {
  const wanted = reference[path] ?? {};
  expect(Object.keys(wanted).length).toBeGreaterThan(0);
  if (!existsSync(folder)) return console.log(`../shared/testdata is not there: ${path} is not compared.`);
  const bytes = new Uint8Array(readFileSync(`${folder}${path}`));
  const { checkpoint } = await openCheckpoint(memorySource(bytes, `file:///${path}`), path, {
    sibling: () => Promise.reject(new Error("a single file")),
  });
  expect(checkpoint.skipped).toEqual([]);
  const tensors = describeTensors(checkpoint);
  expect(Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]))).toEqual(
    Object.fromEntries(Object.entries(wanted).map(([name, { shape }]) => [name, shape])),
  );
  for (const tensor of tensors) {
    const targets = allTargets([tensor]);
    const want = wanted[tensor.name]?.targets ?? [];
    expect(targets.length, `${tensor.name}: parts`).toBe(want.length);
    for (const [index, target] of targets.entries()) {
      const { spectralNorm, frobeniusNorm, ...statistics } = want[index] ?? {};
      const part = target.part === null ? null : (tensor.parts[target.part] ?? null);
      const context = { checkpoint, tensor, part, target, cancel: NEVER_CANCELLED, progress() {} };
      const got = { ...(await statisticsAnalysis.run(context, {})) } as Record<string, unknown>;
      for (const [quantity, value] of Object.entries(statistics))
        close(`${tensor.name} ${quantity}`, Number(got[quantity]), value);
      if (spectralNorm === undefined || spectrumAnalysis.applies(tensor, target) !== null) continue;
      const spectrum = await spectrumAnalysis.run(context, { exactLimit: 8192 });
      close(`${tensor.name} spectral norm`, spectrum.spectralNorm.value, spectralNorm);
      close(`${tensor.name} Frobenius norm`, spectrum.frobeniusNorm.value, frobeniusNorm ?? Number.NaN);
    }
  }
});
