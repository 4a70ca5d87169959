import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { modescope } from "./cli.testkit.ts";

const cache = mkdtempSync(join(tmpdir(), "modescope-cli-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

test("the toy world's modes by the product's own path: strengths √15, √7, √3 twice", async () => {
  const file = "samples/toy-world/eight-items/checkpoints/step-1350.safetensors";
  const { code, out } = await modescope(["analyze", file, "--json"], { cache });
  expect(code).toBe(0);
  const { kind, result } = JSON.parse(out).targets[0].analyses.spectrum;
  expect(kind).toBe("done");
  expect(result.singularValues).toHaveLength(8);
  // Each layer carries the square root of a mode's strength; training stops a little short of it.
  for (const [index, strength] of [Math.sqrt(15), Math.sqrt(7), Math.sqrt(3), Math.sqrt(3)].entries()) {
    expect(result.singularValues[index] ** 2).toBeGreaterThan(0.9 * strength);
    expect(result.singularValues[index] ** 2).toBeLessThan(1.1 * strength);
  }
});
