// The commands about representations: how alike they are, their dissimilarities, and the weights behind them.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeRecording } from "../../src/protocol/recording.ts";
import { externalModel, externalWeights, rectifier } from "../../src/studies/activations/smallModel.testkit.ts";
import type { SimilarityResult } from "../../src/studies/similarity/types.ts";
import { modescope } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

const FOLDER = "samples/two-seeds";
const SEEDS = [`${FOLDER}/seed-0.npz`, `${FOLDER}/seed-1.npz`];
const QUICK = ["--permutations", "19", "--bootstraps", "30"];

let cache: string;
const cli = (...args: string[]) => modescope(args, { cache });

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "modescope-similarity-"));
});
afterAll(() => rm(cache, { recursive: true, force: true, maxRetries: 5 }));

test("compare of two seeds: a table of cells with intervals, and which layer is which", async () => {
  const { code, out } = await cli("compare", ...SEEDS, ...QUICK);
  expect(code).toBe(0);
  expect(out).toContain("Linear CKA, debiased");
  expect(out).toMatch(
    /seed-0: hidden1 +seed-1: hidden1 +0\.92419 +0\.90\d+ … 0\.94\d+ +0 +0\.05 \(floor\) +0\.05 +yes/,
  );
  expect(out).toContain("p corrected for 66 cells off the diagonal by the largest statistic");
  expect(out).toContain("hidden4 is closest to hidden4 (0.87568)");
  expect(out).toContain("4 of 6 layers find the layer of their own name");
});

test("the same as JSON keeps to its schema, and as CSV has a line a cell", async () => {
  const json = await cli("compare", ...SEEDS, ...QUICK, "--json", "--tensors", "hidden*", "--measure", "rsa");
  const document = JSON.parse(json.out);
  expect(schemaErrors(document)).toEqual([]);
  expect(document.cells).toHaveLength(55);
  expect(document.items.names[0]).toBe("0 (1)");
  const csv = await cli(
    "compare",
    ...SEEDS,
    ...QUICK,
    "--csv",
    "--tensors",
    "hidden*",
    "--measure",
    "cca",
    "--items",
    "40",
  );
  expect(csv.code).toBe(1);
  expect(csv.out.split("\r\n")).toHaveLength(57);
  expect(csv.out).toContain("too-many-dimensions");
});

test("a page of its own holds the panel with this answer, and no path of this machine", async () => {
  const path = join(cache, "page.html");
  const { code, err } = await cli("compare", ...SEEDS, ...QUICK, "--html", path);
  expect([code, err]).toEqual([0, expect.stringContaining("Written: ")]);
  const page = await readFile(path, "utf8");
  expect(page).toContain('data-panel="similarity"');
  expect(page).toContain("4 of 6 layers find the layer of their own name");
  expect(page).not.toContain(process.cwd());
});

test("rdm and compare --weights write pages of their own, too", async () => {
  const weights = [0, 1].map((seed) => `${FOLDER}/seed-${seed}.weights.safetensors`);
  for (const [args, panel, words] of [
    [["rdm", SEEDS[0]!, "--tensors", "hidden3", "--items", "12"], "similarity", "correlation distances of 12 items"],
    [["compare", ...weights, "--weights"], "weights-compare", "Hidden units matched"],
  ] as const) {
    const path = join(cache, `${panel}.html`);
    const { code, err } = await cli(...args, "--html", path);
    expect([code, err]).toEqual([0, expect.stringContaining("Written: ")]);
    const page = await readFile(path, "utf8");
    expect(page).toContain(`data-panel="${panel}"`);
    expect(page).toContain(words);
    expect(page).not.toContain(process.cwd());
  }
});

test("a recording stands against the layers with its ceiling", async () => {
  const { out } = await cli(
    "compare",
    SEEDS[0]!,
    "--recording",
    `${FOLDER}/recording.h5`,
    "--measure",
    "rsa",
    ...QUICK,
  );
  expect(out).toContain("from 4 parts: 0.4824 to 0.72236; median reliability of a unit 0.65349");
  // Best first: the layer that the units were made to read.
  expect(out).toMatch(/median reliability.*\n {2}seed-0: hidden3: /);
});

test("rdm prints pictures, JSON and CSV; crossnobis of a recording", async () => {
  const text = await cli("rdm", SEEDS[0]!, "--tensors", "hidden3", "--items", "12");
  expect(text.out).toMatch(/^hidden3: 48 dimensions, correlation distances of 12 items\n/);
  expect(text.out.split("\n").filter((line) => /^[ ░▒▓█]{24}$/.test(line))).toHaveLength(12);
  const json = await cli("rdm", `${FOLDER}/recording.h5`, "--recordings", "--distance", "crossnobis", "--json");
  const document = JSON.parse(json.out);
  expect(schemaErrors(document)).toEqual([]);
  expect(document.matrices[0].values).toHaveLength(10_000);
  const csv = await cli("rdm", SEEDS[0]!, "--tensors", "logits", "--items", "5", "--csv");
  expect(csv.out.split("\r\n")).toHaveLength(12);
});

test("models are run where they stand: no file of activations is left, and every option is there", async () => {
  const at = (name: string) => join(cache, name);
  await writeFile(at("inside.onnx"), rectifier());
  await writeFile(at("outside.onnx"), externalModel("w.bin"));
  await writeFile(at("w.bin"), externalWeights());
  const rows = Array.from({ length: 12 }, (_, item) => `${Math.sin(item)},${Math.cos(3 * item)}`);
  await writeFile(at("items.csv"), `${rows.join("\n")}\n`);
  const before = await readdir(cache);
  const models = [at("inside.onnx"), at("outside.onnx"), "--stimuli", at("items.csv"), ...QUICK];
  const json = await cli("compare", ...models, "--layers", "h", "--layers", "y", "--json");
  expect([json.code, json.err]).toEqual([0, ""]);
  const document = JSON.parse(json.out);
  expect(schemaErrors(document)).toEqual([]);
  expect(document.layers.map(({ label }: { label: string }) => label)).toEqual([
    "inside: h",
    "inside: y",
    "outside: h",
    "outside: y",
  ]);
  const shape = ["--measure", "partial-alpha", "--alpha", "1", "--scaling", "z-score"];
  const text = await cli("compare", ...models, "--layers", "h", ...shape);
  expect(text.out).toContain("Every dimension was divided by its standard deviation first.");
  const rdm = await cli("rdm", at("outside.onnx"), "--stimuli", at("items.csv"), "--layers", "y");
  expect(rdm.out).toMatch(/^y: 3 dimensions, correlation distances of 12 items\n/);
  expect(await readdir(cache)).toEqual(before);
  const gone = await cli("compare", at("inside.onnx"), "--stimuli", at("nowhere.csv"));
  expect(gone.err).toMatch(/nowhere\.csv: The file is not there/);
});

test("a page with hierarchies, which are no matter without a page", async () => {
  const page = join(cache, "hierarchies.html");
  const asked = ["rdm", `${FOLDER}/seed-0.npz`, "--tensors", "hidden1", "--items", "12", "--hierarchies"];
  expect((await cli(...asked, "--html", page)).code).toBe(0);
  const recording = /<script[^>]*id="modescope-recording"[^>]*>([\s\S]*?)<\/script>/.exec(
    await readFile(page, "utf8"),
  )![1]!;
  const { answers } = decodeRecording(recording);
  const { result } = answers.find(({ method }) => method === "study/snapshot")!.result as { result: SimilarityResult };
  expect(result.hierarchies.map(({ layer }) => layer.tensor)).toEqual(["hidden1"]);
  expect(result.hierarchies[0]!.tree.order).toHaveLength(12);
  const without = await cli(...asked);
  expect(without.code).toBe(2);
  expect(without.err).toContain("--hierarchies belongs to a page");
}, 60_000);

test("compare --weights of two seeds", async () => {
  const files = [0, 1].map((seed) => `${FOLDER}/seed-${seed}.weights.safetensors`);
  const { code, out } = await cli("compare", ...files, "--weights");
  expect(code).toBe(0);
  expect(out).toMatch(
    /Hidden units matched: cosine of all weights -0\.0037\d+ → 0\.44\d* \(shuffled weights reach 0\.2/,
  );
  const document = JSON.parse((await cli("compare", ...files, "--weights", "--json")).out);
  expect(schemaErrors(document)).toEqual([]);
  expect(document.tensors).toHaveLength(6);
});

test.each([
  [["compare", "a.npz", "--measure", "distance"], "--measure is"],
  [["compare", "a.npz", "--weights"], "compare --weights takes two checkpoints."],
  [["compare", "a.pt", "b.pt", "--weights", "--csv"], "has no --csv"],
  [["rdm", "a.npz", "--items", "1"], "--items needs a whole number from 3 to 1000"],
])("%j says why not", async (args, why) => {
  const { code, err } = await cli(...args);
  expect(code).toBe(2);
  expect(err).toContain(why);
});
