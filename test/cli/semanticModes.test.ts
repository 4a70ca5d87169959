// `modescope modes`: what a table has, what a network has of it, and the page that draws both.
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeRecording } from "../../src/protocol/recording.ts";
import { modescope } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

const TABLE = "samples/toy-world/four-items/data.csv";
const TRAINED = "samples/toy-world/four-items/checkpoints/step-1250.safetensors";

let folder: string;
const path = (name: string) => join(folder, name);
const cli = (...args: string[]) => modescope(args, { cache: path("cache") });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-semantic-"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

test("modes of the toy world: √7, √3, 1, 1, in words, and what the trained network has of them", async () => {
  const { code, out } = await cli("modes", TABLE, "--network", TRAINED, "--draws", "50");
  expect(code).toBe(0);
  expect(out).toContain("Correlations of data.csv: 7 properties × 4 items");
  expect(out).toMatch(/^1 +2\.6458 +58\.3 % .*2\.6458 +2\.6458$/m);
  expect(out).toMatch(/^2 +1\.7321 +25\.0 %/m);
  expect(out).toMatch(/^3–4 +1 +16\.7 % +–, –/m);
  expect(out).toMatch(/2: .*Oak, Rose: Roots/);
  expect(out).toContain("3–4: one subspace.");
  expect(out).toMatch(/alignment .* of the leading 4 \(unrelated: 0\.25, 16 units\)/);
});

test("its document keeps to the schema, has every digit, and mean is a quarter of sum", async () => {
  const documents = [];
  for (const more of [[], ["--mean"]]) {
    const { out } = await cli("modes", TABLE, "--network", TRAINED, "--json", "--draws", "50", ...more);
    const document = JSON.parse(out);
    expect(schemaErrors(document)).toEqual([]);
    documents.push(document);
  }
  const [sum, mean] = documents;
  expect(sum.modes[0].singularValue).toBeCloseTo(Math.sqrt(7), 12);
  expect(mean.modes[0].singularValue).toBeCloseTo(Math.sqrt(7) / 4, 12);
  expect(mean.network.targets).toEqual(sum.network.targets.map((one: number) => expect.closeTo(one, 9)));
  expect(sum.modes[2].leftIpr).toBe("NaN");
});

test("names come from the label file beside the checkpoint", async () => {
  const { out } = await cli(
    "modes",
    "samples/toy-world/eight-items/checkpoints/step-1350.safetensors",
    "--draws",
    "20",
  );
  expect(out).toContain("Canary");
  expect(out).toContain("no evidence of anything");
});

test.each([
  [["--as", "song"], "--as is auto, properties, network"],
  [["--count", "0"], "--count needs a whole number from 1"],
  [["--noise", "x"], "--noise needs a number of at least 0"],
  [["--html", "/no/such/folder/x.html"], "cannot be written"],
  [["--network", TABLE], "holds no weight matrix|no chain|one-hot"],
])("modes with %j says why not", async (args, why) => {
  const { code, err } = await cli("modes", TABLE, "--draws", "20", ...args);
  expect(code).toBeGreaterThan(0);
  expect(err).toMatch(new RegExp(why));
});

const pieces = (page: string) =>
  [...page.matchAll(/<script(?: [^>]*)?>([\s\S]*?)<\/script>/g)].map(([, text = ""]) => text);

test("the page needs nothing else: hashed scripts, recorded answers, words for those without scripts", async () => {
  const { code } = await cli("modes", TABLE, "--network", TRAINED, "--draws", "50", "--html", path("a.html"));
  expect(code).toBe(0);
  const page = await readFile(path("a.html"), "utf8");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page)?.[1] ?? "";
  expect(policy).toContain("default-src 'none'");
  const [recorded, shim, main] = pieces(page);
  for (const script of [shim, main])
    expect(policy).toContain(`'sha256-${createHash("sha256").update(script!).digest("base64")}'`);
  expect(pieces(page)).toHaveLength(3);
  expect(main!.length).toBeGreaterThan(100_000);
  expect(page.replaceAll(main!, "")).not.toMatch(/(src|href)="(?!data:)|url\((?!data:)|@import|sourceMappingURL/);
  expect(page).not.toContain(folder);
  expect(page).not.toContain(process.cwd());
  const { context, answers } = decodeRecording(recorded!);
  expect(context).toMatchObject({
    panel: "semantic-modes",
    files: [{ name: "data.csv" }, { name: "step-1250.safetensors" }],
  });
  const result = answers.find(({ method }) => method === "study/snapshot")?.result;
  expect(result).toMatchObject({ state: "finished", result: { left: expect.any(Float32Array), rows: 7 } });
  expect(/<noscript>[\s\S]*Canary[\s\S]*<\/noscript>/.test(page)).toBe(true);
});

test("names that are markup stay names", async () => {
  const evil = "</script><img src=x onerror=alert(1)><!--";
  await writeFile(path("evil.csv"), `item,a,"${evil}"\n"${evil}",1,0\nb,0,1\nc,1,1\n`);
  await cli("modes", path("evil.csv"), "--draws", "20", "--html", path("evil.html"));
  const page = await readFile(path("evil.html"), "utf8");
  expect(page).not.toContain(evil);
  expect(pieces(page)).toHaveLength(3);
  expect(
    decodeRecording(pieces(page)[0]!).answers.some(({ result }) => JSON.stringify(result).includes("onerror")),
  ).toBe(true);
});

test("hierarchy draws the page of one matrix, and says that it draws no more", async () => {
  const one = await cli(
    "hierarchy",
    TRAINED,
    "--tensors",
    "layers.0.weight",
    "--draws",
    "20",
    "--html",
    path("h.html"),
  );
  expect(one.code).toBe(0);
  const { context } = decodeRecording(pieces(await readFile(path("h.html"), "utf8"))[0]!);
  expect(context.section).toBe("hierarchy");
  const two = await cli("hierarchy", TRAINED, "--draws", "20", "--html", path("h2.html"));
  expect(two.code).toBe(2);
  expect(two.err).toContain("one whole matrix, and 2 were chosen");
});
