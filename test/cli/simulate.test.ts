// The simulator on the command line, and the series that it writes.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modescope } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

let folder: string;
const path = (name: string) => join(folder, name);
const cli = (...args: string[]) => modescope(args, { cache: path("cache") });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-simulate-"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

const SAXE = "--depth 5 --features 1000 --limit --rate 5e-4 --scale 1e-6".split(" ");

test("Saxe 2014, figure 3, without any file: half-times of six levels", async () => {
  const { code, out } = await cli("simulate", ...SAXE, "--json");
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(schemaErrors(document)).toEqual([]);
  const times = document.groups.map((group: { theoryHalfTime: { value: number } }) => group.theoryHalfTime.value);
  expect(times).toEqual([224.702, 318.78, 379.4, 464.382, 599.333, 883.254].map((time) => expect.closeTo(time, 2)));
  expect(document.training).toEqual({ kind: "finished" });
  const text = await cli("simulate", ...SAXE, "--theory-only");
  expect(text.out).toMatch(/^5 \(17–32\) +18\.974 .* 883\.3 +–/m);
  expect(text.code).toBe(0);
});

test("a table with a random start, written as a series that dynamics reads by itself", async () => {
  const [table, out] = ["samples/toy-world/four-items/data.csv", path("run")];
  const made = await cli("simulate", table, "--start", "random", "--out", out, "--checkpoints", "12");
  expect(made.code).toBe(0);
  expect(made.err).toContain("¼‖W₁v + W₂ᵀu‖²");
  const names = await readdir(out);
  expect(names).toHaveLength(13);
  expect(names).toEqual(expect.arrayContaining(["data.csv", "step-0000.safetensors"]));
  expect(await readFile(join(out, "data.csv"), "utf8")).toBe(await readFile(table, "utf8"));
  const followed = await cli("dynamics", out);
  expect(followed.out).toMatch(/^1 +2\.6458 /m);
  expect(followed.out).toContain("Theory: τ = 131.58 steps");

  const again = await cli("simulate", table, "--out", out);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining("is not empty")]);
  await writeFile(path("mine"), "");
  const forced = await cli("simulate", table, "--out", out, "--checkpoints", "12", "--force");
  expect(forced.code).toBe(0);
});

test("a step that is too long is refused for training, and theory is printed all the same", async () => {
  const { code, out, err } = await cli("simulate", "--rate", "1");
  expect(code).toBe(1);
  expect(err).toContain("the strongest mode bears less than");
  expect(out).toMatch(/^3 \(5–8\) /m);
});

test.each([
  [["--flip", "half"], "--flip needs a number."],
  [["--flip", "0.5"], "from 0 to 0.49"],
  [["--layers", "6"], "from 1 to 5"],
  [["--start", "zero"], "--start is balanced or random."],
  [["--theory-only", "--out", "x"], "--out writes what was trained"],
  [["--csv"], "has no --csv"],
])("simulate with %j says why not", async (args, why) => {
  const { code, err } = await cli("simulate", ...args);
  expect(code).toBe(2);
  expect(err).toContain(why);
});
