import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { spectralNullAnalysis } from "../../src/analysis/spectral-null/index.ts";
import { spectrumAnalysis } from "../../src/analysis/spectrum/index.ts";
import { memorySource } from "../../src/base/byteSource.ts";
import { NEVER_CANCELLED } from "../../src/base/cancel.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";
import { columnById } from "../../webview/panels/overview/columns.ts";
import { OverviewModel } from "../../webview/panels/overview/model.ts";

const folder = fileURLToPath(new URL("../../../shared/testdata/weightlens/", import.meta.url));

/** Remarks and signal modes of every weight of the file, by tensor. */
async function readFile(name: string) {
  const bytes = new Uint8Array(readFileSync(`${folder}${name}`));
  const { checkpoint } = await openCheckpoint(memorySource(bytes, name), name, {
    sibling: () => Promise.reject(new Error("a single file")),
  });
  const remarks: string[] = [];
  const modes: Record<string, number | null> = {};
  const spikes: string[] = [];
  const model = new OverviewModel();
  for (const tensor of describeTensors(checkpoint)) {
    const target = { tensor: tensor.name, part: null, tap: null };
    if (spectralNullAnalysis.applies(tensor, target) !== null) continue;
    const context = { checkpoint, tensor, part: null, target, cancel: NEVER_CANCELLED, progress() {} };
    const result = await spectralNullAnalysis.run(context, { flipDraws: 0, tailDraws: 19, grid: 2 });
    spikes.push(...result.spikes.map(({ explanation }) => explanation));
    model.add([tensor]);
    const seen = await spectrumAnalysis.run(context, {});
    model.apply("spectrum", [{ target, outcome: { kind: "done", result: seen, fromCache: false, milliseconds: 0 } }]);
    remarks.push(...result.remarks.map(({ message }) => message));
    modes[tensor.name] = result.noise.value?.signalModes.value ?? null;
  }
  const column = columnById("remarks");
  const shown = model.items.flatMap((item) => {
    const cell = column?.cell(item, 4);
    return cell?.kind === "text" ? [`${item.tensor.name}: ${cell.text}`] : [];
  });
  // What the overview's list and its column say.
  return { remarks, modes, spikes, listed: model.remarks(), shown };
}

test("public files: the planted spike and the zeroed tensor are named, the clean file is silent", async () => {
  if (!existsSync(folder)) {
    console.log("../shared/testdata is not there: the planted spike is tested on made matrices only.");
    return expect(spectralNullAnalysis.manifest.id).toBe("spectral-null");
  }
  const clean = await readFile("clean.pth");
  expect(clean.remarks).toEqual([]);
  expect([clean.listed, clean.shown, clean.spikes]).toEqual([[], [], []]);
  expect(Object.values(clean.modes).filter((count) => count !== null && count > 0)).toEqual([]);

  const spike = await readFile("corrupted_spike.pth");
  expect(spike.remarks).toHaveLength(1);
  expect(spike.remarks[0]).toMatch(/conv2\.weight: one entry .*1\.000e\+6 at row \d+, column \d+/);
  expect(spike.modes["conv2.weight"]).toBe(1);
  expect(spike.listed).toEqual(spike.remarks);
  expect(spike.shown).toEqual(["conv2.weight: heavy entry"]);
  expect(spike.spikes).toEqual([
    expect.stringMatching(/^The entry 1\.000e\+6 at row \d+, column \d+ makes 100 % of it\.$/),
  ]);

  const zero = await readFile("corrupted_zero.pth");
  expect([zero.listed, zero.shown]).toEqual([zero.remarks, ["conv2.weight: all zero"]]);
  expect(zero.remarks).toEqual([expect.stringMatching(/conv2\.weight: every entry is zero\.$/)]);
});
