import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import { type KernelMemory, loadKernels, rememberKernels } from "./load.ts";

setFlagsFromString("--experimental-wasm-relaxed-simd");

const told: string[] = [];
const memoryOf = (recalled: string | undefined, holds?: string): KernelMemory => ({
  recall: () => recalled,
  remember(_build, chosen) {
    told.push(chosen);
    return holds ?? chosen;
  },
});

const measuredNames = () => {
  const names: string[] = [];
  loadKernels({ onReport: ({ candidates }) => void names.push(...candidates.map(({ name }) => name)) });
  return names;
};

test.each(["wide", "multiply-add", "simd"])("a remembered choice of %s is taken without asking the others", (name) => {
  rememberKernels(memoryOf(name));
  expect(loadKernels().name).toBe(name);
  expect(measuredNames()).toEqual([name]);
});

test.each([undefined, "plain", "", "../wide"])(
  "from a memory of %j all are asked, and it is told the choice",
  (nonsense) => {
    told.length = 0;
    rememberKernels(memoryOf(nonsense));
    const { name } = loadKernels();
    expect(measuredNames()).toEqual(["wide", "multiply-add", "simd"]);
    expect(told).toEqual([name]);
  },
);

test.each(["multiply-add", "simd"])(
  "where another thread was quicker and chose %s, that holds for this one",
  (name) => {
    rememberKernels(memoryOf(undefined, name));
    expect(loadKernels().name).toBe(name);
  },
);

test("one asked for by name is given, whatever is remembered", () => {
  rememberKernels(memoryOf("simd"));
  expect(loadKernels({ only: "multiply-add" }).name).toBe("multiply-add");
});
