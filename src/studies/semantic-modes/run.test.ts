import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { rectifier } from "../activations/smallModel.testkit.ts";
import { semanticModesStudy } from "./index.ts";

let folder: string;
const path = (name: string) => join(folder, name);
const X = [
  [1, 2],
  [-3, 1],
  [0, 0],
  [2, -1],
];
/** relu(x W + b) by hand. */
const ANSWERS = [
  [1.5, 2, 3],
  [0, 1, 5],
  [0.5, 0, 0],
  [2.5, 0, 0],
];
const csv = (rows: readonly (readonly number[])[]) => rows.map((row) => row.join()).join("\n");
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-run-"));
  await writeFile(path("model.onnx"), rectifier());
  await writeFile(path("x.csv"), csv(X));
  await writeFile(path("y.csv"), csv(ANSWERS));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (extra: readonly { role: string; path: string }[], parameters: object = {}) =>
  runStudyOn(
    semanticModesStudy,
    [{ role: "properties", path: path("y.csv") }, { role: "inputs", path: path("x.csv") }, ...extra],
    { draws: 20, ...parameters },
  ).then(({ result }) => result);

test("an ONNX model is run on the items: its map is what the same answers from a file give, not its weights", async () => {
  const run = await ask([{ role: "network", path: path("model.onnx") }]);
  const given = await ask([{ role: "answers", path: path("y.csv") }]);
  expect(run.network).toMatchObject({ source: "run", file: "model.onnx" });
  expect(given.network).toMatchObject({ source: "answers" });
  expect(run.network!.strengths).toEqual(given.network!.strengths.map((one) => expect.closeTo(one, 6)));
  expect(run.network!.rSquared).toBeCloseTo(given.network!.rSquared, 6);
  // The rectifier bends: no linear map gives these answers.
  expect(run.network!.rSquared).toBeLessThan(0.99);
  expect(run.notes.join(" ")).toMatch(/was run on the given inputs/);
});

test("a model that cannot be run says why, and its weights are looked at instead", async () => {
  await writeFile(path("wide.csv"), csv(X.map((row) => [...row, 1])));
  const result = runStudyOn(
    semanticModesStudy,
    [
      { role: "properties", path: path("y.csv") },
      { role: "inputs", path: path("wide.csv") },
      { role: "network", path: path("model.onnx") },
    ],
    { draws: 20 },
  );
  await expect(result).rejects.toThrow(/3 inputs.*2 inputs to 3 outputs/);
});

test("a large table is cancelled while its tree is computed", async () => {
  const rows = Array.from({ length: 1500 }, (_, i) => Array.from({ length: 12 }, (_one, j) => Math.sin(i * j + i)));
  await writeFile(path("large.csv"), csv(rows));
  let known = false;
  const asked = runStudyOn(
    semanticModesStudy,
    [{ role: "subject", path: path("large.csv") }],
    { draws: 10_000 },
    {
      cancelled: () => known,
      onPartial: () => {
        known = true;
      },
    },
  );
  await expect(asked).rejects.toMatchObject({ code: "cancelled" });
  expect(known).toBe(true);
});
