import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { spectralNullAnalysis } from "../../src/analysis/spectral-null/index.ts";
import { memorySource } from "../../src/base/byteSource.ts";
import { NEVER_CANCELLED } from "../../src/base/cancel.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";

const folder = fileURLToPath(new URL("../../../shared/testdata/weightlens/", import.meta.url));

/** Remarks and signal modes of every weight of the file, by tensor. */
async function readFile(name: string) {
  const bytes = new Uint8Array(readFileSync(`${folder}${name}`));
  const { checkpoint } = await openCheckpoint(memorySource(bytes, name), name, {
    sibling: () => Promise.reject(new Error("a single file")),
  });
  const remarks: string[] = [];
  const modes: Record<string, number | null> = {};
  for (const tensor of describeTensors(checkpoint)) {
    const target = { tensor: tensor.name, part: null, tap: null };
    if (spectralNullAnalysis.applies(tensor, target) !== null) continue;
    const context = { checkpoint, tensor, part: null, target, cancel: NEVER_CANCELLED, progress() {} };
    const result = await spectralNullAnalysis.run(context, { flipDraws: 0, tailDraws: 19, grid: 2 });
    remarks.push(...result.remarks.map(({ message }) => message));
    modes[tensor.name] = result.noise.value?.signalModes.value ?? null;
  }
  return { remarks, modes };
}

test("public files: the planted spike and the zeroed tensor are named, the clean file is silent", async () => {
  if (!existsSync(folder)) {
    console.log("../shared/testdata is not there: the planted spike is tested on made matrices only.");
    return expect(spectralNullAnalysis.manifest.id).toBe("spectral-null");
  }
  const clean = await readFile("clean.pth");
  expect(clean.remarks).toEqual([]);
  expect(Object.values(clean.modes).filter((count) => count !== null && count > 0)).toEqual([]);

  const spike = await readFile("corrupted_spike.pth");
  expect(spike.remarks).toHaveLength(1);
  expect(spike.remarks[0]).toMatch(/conv2\.weight: one entry .*1\.000e\+6 at row \d+, column \d+/);
  expect(spike.modes["conv2.weight"]).toBe(1);

  const zero = await readFile("corrupted_zero.pth");
  expect(zero.remarks).toEqual([expect.stringMatching(/conv2\.weight: every entry is zero\.$/)]);
});
