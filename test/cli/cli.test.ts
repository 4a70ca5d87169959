// The command line as it ships: the bundle, in a process of its own, on the committed samples.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SERIES = "samples/toy-world/eight-items/checkpoints";
const folder = mkdtempSync(join(tmpdir(), "modescope-cli-"));

/** Its result cache lies in a folder of this test's own. */
function modescope(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "dist/node/cli.cjs"), ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, XDG_CACHE_HOME: folder, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["esbuild.mjs", "--minify", "--only", "cli,node worker"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("--help teaches, --version says the package's", () => {
  const { status, stdout } = modescope("--help");
  expect(status).toBe(0);
  for (const word of ["inspect FILE", "analyze FILE", "--tensors GLOB", "Exit codes", "Nothing in it is executed"]) {
    expect(stdout).toContain(word);
  }
  expect(modescope("--version").stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test("inspect reads headers only and lists every tensor", () => {
  const { status, stdout } = modescope("inspect", `${SERIES}/step-1350.safetensors`, "--json");
  expect(status).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    schema: "modescope/inspect/1",
    format: "safetensors",
    totals: { tensors: 2, parameters: 368 },
  });
  expect(report.tensors.map(({ name, shape }: { name: string; shape: number[] }) => [name, shape])).toEqual([
    ["layers.0.weight", [16, 8]],
    ["layers.1.weight", [15, 16]],
  ]);
  expect(report.bytesRead).toBe(report.fileBytes - 4 * 368);
});

test("analyze finds the modes of the toy world: strengths √15, √7, √3 twice, 1 four times", () => {
  const { status, stdout } = modescope("analyze", `${SERIES}/step-1350.safetensors`, "--json");
  expect(status).toBe(0);
  const { schema, targets } = JSON.parse(stdout);
  expect(schema).toBe("modescope/analyze/1");
  const { kind, result } = targets[0].analyses.spectrum;
  expect(kind).toBe("done");
  expect(result.singularValues).toHaveLength(8);
  // Each layer carries the square root of a mode's strength; training stops a little short of it.
  for (const [index, strength] of [Math.sqrt(15), Math.sqrt(7), Math.sqrt(3), Math.sqrt(3)].entries()) {
    expect(result.singularValues[index] ** 2).toBeGreaterThan(0.9 * strength);
    expect(result.singularValues[index] ** 2).toBeLessThan(1.1 * strength);
  }
});

test("a glob chooses; the second time the answers come from the cache and are the same", () => {
  const ask = () =>
    modescope("analyze", "samples/digits/mlp/checkpoints/epoch-010.pt", "--tensors", "*.weight", "--json");
  const first = ask();
  expect(first.status).toBe(0);
  const { targets } = JSON.parse(first.stdout);
  expect(targets.length).toBeGreaterThan(0);
  expect(targets.every(({ tensor }: { tensor: string }) => tensor.endsWith(".weight"))).toBe(true);
  expect(JSON.parse(ask().stdout).targets).toEqual(targets);
});

test("a table for people, with the numbers in columns", () => {
  const { status, stdout } = modescope(
    "analyze",
    "samples/digits/mlp/checkpoints/epoch-010.pt",
    "--tensors",
    "model/*",
  );
  expect(status).toBe(0);
  const [header, , first] = stdout.split("\n");
  expect(header).toMatch(/tensor +elements +mean +std/);
  expect(first).toMatch(/^model\/0\.weight +6144 /);
});

test("each way of going wrong has its exit code and a sentence", () => {
  const damaged = join(folder, "damaged.safetensors");
  writeFileSync(damaged, Uint8Array.of(255, 255, 255, 0, 0, 0, 0, 0, 0x7b, 0x22));
  const outcomes = [
    { args: ["inspect", "LICENSE"], status: 3, says: "no checkpoint" },
    { args: ["inspect", "there-is-no-such-file.pt"], status: 3, says: "not there" },
    { args: ["inspect", damaged], status: 3, says: "byte offset" },
    { args: ["inspect"], status: 2, says: "one file" },
    { args: ["paint", "a.pt"], status: 2, says: "paint" },
    { args: ["inspect", "a.pt", "--no-such-option"], status: 2, says: "--no-such-option" },
  ];
  for (const { args, status, says } of outcomes) {
    const outcome = modescope(...args);
    expect(outcome.stderr, args.join(" ")).toContain(says);
    expect(outcome.status, args.join(" ")).toBe(status);
    expect(outcome.stdout, args.join(" ")).toBe("");
    expect(outcome.stderr, args.join(" ")).not.toMatch(/\n\s+at /);
  }
});
