import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { kernelMemory } from "./kernelMemory.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-kernels-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("what one process chose another takes; the first choice holds, and leaves one file", async () => {
  const [one, other] = [kernelMemory(join(folder, "kernels")), kernelMemory(join(folder, "kernels"))];
  expect(other.recall("build 1")).toBeUndefined();
  expect(one.remember("build 1", "wide")).toBe("wide");
  expect(other.remember("build 1", "simd")).toBe("wide");
  expect(other.recall("build 1")).toBe("wide");
  expect((await readdir(join(folder, "kernels"))).length).toBe(1);
});

test("another build of the kernels is chosen for anew", () => {
  const memory = kernelMemory(folder);
  memory.remember("build 1", "wide");
  expect(memory.recall("build 2")).toBeUndefined();
});

test("a file that is too long is none; where nothing can be written each choice is its own", async () => {
  const memory = kernelMemory(folder);
  memory.remember("build 1", "wide");
  const [file] = await readdir(folder);
  await writeFile(join(folder, file ?? ""), "wide".repeat(100));
  expect(memory.recall("build 1")).toBeUndefined();
  const nowhere = kernelMemory(join(folder, file ?? "", "below a file"));
  expect(nowhere.remember("build 1", "simd")).toBe("simd");
  expect(nowhere.recall("build 1")).toBeUndefined();
});
