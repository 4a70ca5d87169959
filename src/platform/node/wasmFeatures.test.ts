import { expect, test } from "vitest";
import { loadKernels } from "../../numerics/kernels/load.ts";
import { enableRelaxedSimd } from "./wasmFeatures.ts";

test("with the engine's relaxed SIMD the fused kernels are a candidate and pass their self-test", () => {
  enableRelaxedSimd();
  loadKernels({
    onReport: ({ chosen, candidates }) => {
      expect(candidates.map(({ name, refused }) => [name, refused])).toEqual([
        ["multiply-add", undefined],
        ["simd", undefined],
      ]);
      expect(candidates.every(({ gigaflops = 0 }) => gigaflops > 0)).toBe(true);
      expect(chosen).not.toBe("plain");
    },
  });
  expect.assertions(3);
});
