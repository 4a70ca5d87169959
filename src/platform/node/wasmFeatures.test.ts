import { expect, test } from "vitest";
import { loadKernels } from "../../numerics/kernels/load.ts";
import { enableWideVectors } from "./wasmFeatures.ts";

test("with the engine's own switches every compiled set is a candidate and passes its self-test", () => {
  const known = enableWideVectors();
  for (const name of known) expect(name).toMatch(/^[a-z-]+$/);
  expect(enableWideVectors()).toEqual([]);
  loadKernels({
    onReport: ({ chosen, candidates }) => {
      expect(candidates.map(({ name, refused }) => [name, refused])).toEqual([
        ["wide", undefined],
        ["multiply-add", undefined],
        ["simd", undefined],
      ]);
      expect(candidates.every(({ gigaflops = 0 }) => gigaflops > 0)).toBe(true);
      expect(chosen).not.toBe("plain");
    },
  });
});
