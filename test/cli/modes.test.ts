// The commands about modes: the tree of items, and how it was learned.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerTo, decodeRecording } from "../../src/protocol/recording.ts";
import { writeCheckpoint } from "../engine/checkpoints.testkit.ts";
import { modescope } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

const SAFETENSORS = "samples/toy-world/eight-items/checkpoints/step-1350.safetensors";

let folder: string;
const path = (name: string) => join(folder, name);
const cli = (...args: string[]) => modescope(args, { cache: path("cache") });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-modes-"));
  await mkdir(path("run"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test("hierarchy of a table, and of the network that learned it: the same tree, named", async () => {
  const table = await cli("hierarchy", "samples/toy-world/four-items/data.csv", "--draws", "100");
  expect(table.code).toBe(0);
  expect(table.out).toContain("Tree-like: cophenetic correlation 1.000");
  expect(table.out).toMatch(/all 4 items · mode 1: σ 2\.6458 \(null ≤ .*\), purity 1\.000/);
  expect(table.out).toMatch(/mode 2: σ 1\.7321 \(.*\), purity 1\.000/);
  expect(table.out).toMatch(/Canary, Salmon: Move/);
  expect(table.out).toMatch(/modes 3–4 \(one subspace\): σ 1 \(.*\), purity 1\.000/);
  expect(table.out).toMatch(/├─ Oak\n.*└─ Rose/);

  const network = await cli("hierarchy", SAFETENSORS, "--tensors", "layers.0.weight", "--json", "--draws", "100");
  const document = JSON.parse(network.out);
  expect(schemaErrors(document)).toEqual([]);
  const [{ itemLabels, result }] = document.targets;
  const split = result.nodes[0].children.map((child: number) =>
    leaves(result.nodes, child).map((item) => itemLabels[item]),
  );
  expect(split).toEqual([
    expect.arrayContaining(["Canary", "Robin", "Salmon", "Sunfish"]),
    expect.arrayContaining(["Oak", "Pine", "Rose", "Daisy"]),
  ]);
  expect(result.modes[1].nodes).toEqual([0]);
  expect(result.modes[1].purity).toBeGreaterThan(0.999);
});

function leaves(nodes: readonly { children: readonly number[] }[], child: number): number[] {
  return child < 0 ? [-1 - child] : (nodes[child]?.children ?? []).flatMap((one) => leaves(nodes, one));
}

test.each([
  [["--items", "diagonal"], "--items is rows or columns."],
  [["--geometry", "flat"], "--geometry is hidden, behaviour, direction."],
  [["--draws", "3"], "--draws needs a whole number from 20"],
  [["--csv"], "has no --csv"],
])("hierarchy with %j says why not", async (args, why) => {
  const { code, err } = await cli("hierarchy", "samples/toy-world/four-items/data.csv", ...args);
  expect(code).toBe(2);
  expect(err).toContain(why);
});

test("hierarchy says what is not tree-like, what else it may be, and names a detector's relatives by its own classes", async () => {
  const model = "node_modules/@vscode/vscode-languagedetection/model/model.json";
  const { code, out } = await cli(
    ...["hierarchy", model, "--tensors", "linear/linear_model/content/weights", "--items", "rows"],
    ...["--geometry", "direction", "--centre", "--draws", "60"],
  );
  expect(code).toBe(0);
  expect(out).toContain("Not tree-like: the tree keeps the distances only to r = 0.616");
  expect(out).toMatch(/^No ring, grid or clusters describes them either; /m);
  expect(out).toMatch(/^Share of the similarities explained: tree 0\.\d+ \(null ≤ .*\); ring .*; grid .*; clusters /m);
  expect(out).toMatch(/^Relatives: java–kt \(p 0\.016393\), js–ts /m);
  expect(out).toMatch(/^The basic level is the first/m);
});

test("hierarchy of 1,100 lines is one of groups; --only looks into some; the document keeps to its schema", async () => {
  const lines = Array.from({ length: 1100 }, (_, i) => `r${i},${i % 4},${i % 2},${(i * 7) % 11},${i % 3}`);
  await writeFile(path("many.csv"), `item,a,b,c,d\n${lines.join("\n")}\n`);
  const many = await cli("hierarchy", path("many.csv"), "--draws", "20", "--leaves", "16", "--json");
  const document = JSON.parse(many.out);
  expect(schemaErrors(document)).toEqual([]);
  const { result } = document.targets[0];
  expect([result.items, result.leaves.count, result.leaves.of.length]).toEqual([1100, 16, 1100]);
  const text = await cli("hierarchy", path("many.csv"), "--draws", "20", "--leaves", "16");
  expect(text.out).toMatch(/An estimate: 1100 items as 16 groups/);
  expect(text.out).toMatch(/─ r\d+ and \d+ more/);
  const part = await cli("hierarchy", path("many.csv"), "--draws", "20", "--only", "3-8,40");
  expect(part.out).toContain("7 of 1100 items (rows) × 4 properties");
  expect(part.out).toContain("─ r40");
  expect((await cli("hierarchy", path("many.csv"), "--only", "9-2")).err).toContain("is not ascending");
});

test("hierarchy takes its names from --labels, and says when the file is broken or not there", async () => {
  await writeFile(path("names.json"), '["alpha", "beta", "gamma", "delta"]');
  await writeFile(path("broken.json"), "{");
  await writeFile(path("four.csv"), "1,0,0\n1,0,1\n0,1,0\n0,1,1\n");
  const named = await cli("hierarchy", path("four.csv"), "--labels", path("names.json"), "--draws", "20");
  expect(named.out).toMatch(/├─ alpha\n.*└─ beta/);
  expect((await cli("hierarchy", path("four.csv"), "--draws", "20")).out).toContain("item 0");
  expect((await cli("hierarchy", path("four.csv"), "--labels", path("broken.json"))).err).toContain("is no JSON");
  const gone = await cli("hierarchy", path("four.csv"), "--labels", path("none.json"));
  expect([gone.code, gone.out]).toEqual([3, ""]);
  expect(gone.err).toContain("none.json");
});

test("dynamics of the toy world: predicted times are the measured ones, stronger modes come first, canaries swim for a while", async () => {
  const series = "samples/toy-world/four-items/checkpoints";
  const { code, out } = await cli("dynamics", series, "--rate", "0.01", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(schemaErrors(document)).toEqual([]);
  expect(document.order).toEqual({ by: "name", note: null });
  const { followed, outlook, itemNames, propertyNames } = document.taught;
  expect(outlook).toEqual({ timeConstant: 100, decay: 0 });
  const modes: readonly {
    singularValue: number;
    halfTime: { time: number; bracket: number[] };
    foreseen: { halfTime: number };
  }[] = followed.modes;
  expect(modes.map(({ singularValue }) => singularValue ** 2)).toEqual(
    [7, 3, 1].map((value) => expect.closeTo(value, 8)),
  );
  for (const { halfTime, foreseen } of modes)
    expect(Math.abs(halfTime.time / foreseen.halfTime - 1)).toBeLessThan(0.03);
  expect(followed.loss.at(-1)).toBeLessThan(1e-3);
  expect(followed.offDiagonal.at(-1)).toBeLessThan(1e-6);
  const beliefs = followed.illusions.map(
    ({ item, property }: { item: number; property: number }) => `${itemNames[item]} – ${propertyNames[property]}`,
  );
  expect(beliefs.slice(0, 4)).toContain("Canary – Swim");

  const text = await cli("dynamics", `${series}/step-0000.safetensors`, "--rate", "0.01");
  expect(text.out).toContain("26 checkpoints, 0 to 1250 (by the number in their names)");
  expect(text.out).toContain("Layers: layers.0.weight → layers.1.weight");
  expect(text.out).toContain("τ = 100 steps");
  expect(text.out).toMatch(
    /Canary – Swim: 0\.46\d+ at 450, from 300 to 600; made by mode 2, until mode 3–4 takes it back/,
  );
  expect(text.out).toMatch(/The loss steps down between 600 and 650: mode 3–4/);
  expect((await cli("dynamics", series)).out).toContain("Not predicted: the learning rate is not known.");
});

test("dynamics without a table: matrices in their own basis, recorded settings, conserved quantities", async () => {
  const { code, out } = await cli("dynamics", "samples/digits/mlp/checkpoints", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(schemaErrors(document)).toEqual([]);
  expect([document.table, document.taught, document.order.by]).toEqual([null, null, "epoch"]);
  expect(document.training).toMatchObject({ optimizer: "adaptive", schedule: [{ step: 0, rate: 0.002 }] });
  expect(document.matrices.map(({ tensor }: { tensor: string }) => tensor)).toEqual([
    "model/0.weight",
    "model/2.weight",
    "model/4.weight",
  ]);
  expect(document.laws.map(({ kind }: { kind: string }) => kind)).toEqual(["rescale", "rescale", "translation"]);
  const text = await cli("dynamics", "samples/digits/mlp/checkpoints");
  expect(text.out).toContain("Recorded: optimizer Adam: optimizer/param_groups/0/betas/0");
  expect(text.out).toContain("circular: it ends at its full strength by construction");
});

test("dynamics as a page: the panel with this answer, by names alone", async () => {
  const { code, err } = await cli(
    "dynamics",
    "samples/toy-world/four-items/checkpoints",
    "--rate",
    "0.01",
    "--html",
    path("run.html"),
  );
  expect(code).toBe(0);
  expect(err).toContain("Written:");
  const page = await readFile(path("run.html"), "utf8");
  expect(page).toContain("<title>Learning dynamics of checkpoints</title>");
  expect(page).toMatch(/default-src 'none'/);
  const json = /id="modescope-recording">(.*?)<\/script>/s.exec(page)?.[1];
  expect(json).not.toContain("file:///");
  const recording = decodeRecording(json ?? "null");
  expect(recording.context).toMatchObject({ panel: "dynamics", files: [{ name: "checkpoints" }] });
  const members = answerTo(recording, "series/find", {})?.result;
  expect(members).toMatchObject({
    members: expect.arrayContaining([{ uri: "step-0050.safetensors", name: "step-0050.safetensors", step: 50 }]),
  });
  const started = answerTo(recording, "study/start", {
    study: "dynamics",
    files: [],
    parameters: { layer: 1 },
  })?.result;
  const snapshot = answerTo(recording, "study/snapshot", { ...Object(started), since: 0 })?.result;
  expect(snapshot).toMatchObject({ state: "finished", result: { taught: { outlook: { timeConstant: 100 } } } });
});

test.each([
  [["samples/toy-world/four-items/checkpoints", "--rate=-1"], 2, "--rate needs a positive number, or steps and rates"],
  [["samples/toy-world/four-items/checkpoints", "--loss", "huber"], 2, "--loss is half-sum, sum, mean, cross-entropy."],
  [["samples/toy-world/four-items/checkpoints", "--momentum", "1"], 2, "--momentum needs"],
  [["samples/toy-world/four-items"], 2, "There is no series of checkpoints"],
  [["samples/toy-world/four-items/checkpoints", "--noise", "-1"], 2, "--noise"],
  [["samples/toy-world/four-items/checkpoints", "--weight-decay", "x"], 2, "--weight-decay needs a number from 0."],
  [
    ["samples/toy-world/four-items/checkpoints", "--data", "samples/toy-world/eight-items/data.csv"],
    2,
    "The table has 8 items and 15 properties, the network 4 inputs and 7 outputs",
  ],
  [["samples/transformer/checkpoints", "--data", "samples/toy-world/four-items/data.csv"], 3, "is no linear layer"],
] as const)("dynamics %j ends with %i and says why", async (args, code, why) => {
  const ended = await cli("dynamics", ...args);
  expect(ended.err).toContain(why);
  expect([ended.code, ended.out]).toEqual([code, ""]);
});

test("an intruder in a series is refused by name and reason, and the rest is followed", async () => {
  for (const step of [0, 1, 2])
    await writeCheckpoint(path(`run/chain-${step}.safetensors`), {
      "0.weight": { shape: [3, 2], values: Float32Array.of(0.1, 0, 0, 0.1 * step, 0, 0) },
      "1.weight": { shape: [2, 3], values: Float32Array.of(0.1, 0, 0, 0, step, 0) },
    });
  await writeCheckpoint(path("run/chain-3.safetensors"), {
    "0.weight": { shape: [5, 2], values: new Float32Array(10) },
  });
  await writeFile(path("run/data.csv"), "a,b\n1,0\n0,1\n");
  const { code, out, err } = await cli("dynamics", path("run/chain-0.safetensors"));
  expect(code).toBe(0);
  expect(out).toContain("3 checkpoints, 0 to 2");
  expect(err).toContain("chain-3.safetensors: Its 0.weight is 5×2, that of the run is 3×2.");
});
