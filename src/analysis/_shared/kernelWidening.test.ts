import { afterEach, describe, expect, test } from "vitest";
import type { DType } from "../../base/dtype.ts";
import { offerWidening, widened } from "../../base/widening.ts";
import { decodeAffine, decodeElements } from "../../formats/_shared/decode.ts";
import { widenByKernels } from "../../numerics/kernels/fileWidening.ts";
import { SETS } from "../../numerics/kernels/kernels.testkit.ts";
import { kernelsAtHand } from "../../numerics/kernels/load.ts";
import { useKernelWidening } from "./kernelWidening.ts";

afterEach(() => offerWidening(null));

/** Every pattern in turn, and then some: several turns of the buffer and an odd rest, at an odd place. */
function patterns(count: number, width: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count * width + 1);
  for (let i = 0; i < count; i++) {
    bytes[1 + i * width] = i & 255;
    if (width === 2) bytes[2 + i * 2] = (i >> 8) & 255;
  }
  return bytes.subarray(1);
}

const COUNT = 3 * 32_768 + 77;
const DTYPES = [
  ["f16", 2],
  ["bf16", 2],
  ["f8_e4m3", 1],
  ["f8_e5m2", 1],
  ["f8_e4m3fnuz", 1],
  ["f8_e5m2fnuz", 1],
] as const satisfies readonly (readonly [DType, number])[];

describe.each(SETS.filter(({ name }) => name !== "plain").map((kernels) => [kernels.name, kernels] as const))(
  "%s",
  (_name, kernels) => {
    test.each(DTYPES)("%s: the bits of the loops", (dtype, width) => {
      const bytes = patterns(COUNT, width);
      const expected = decodeElements(bytes, dtype);
      const got = widenByKernels(bytes, dtype, null, kernels);
      expect(got).toHaveLength(COUNT);
      const wrong = Array.from(expected.keys()).filter((i) => !Object.is(got?.[i], expected[i]));
      expect(wrong).toEqual([]);
    });

    test.each(["i8", "u8"] as const)("%s with a scale and an offset: the bits of the loop", (dtype) => {
      const bytes = patterns(COUNT, 1);
      const got = widenByKernels(bytes, dtype, { scale: 0.0123, offset: -1.7 }, kernels);
      expect(got).toEqual(decodeAffine(bytes, dtype, 0.0123, -1.7));
    });
  },
);

test("what is left to the loops: little, other dtypes, whole numbers without a scale, and a set that is a loop itself", () => {
  const kernels = SETS[0];
  if (kernels === undefined) throw new Error("There is no set.");
  expect(widenByKernels(patterns(1000, 2), "bf16", null, kernels)).toBeNull();
  for (const dtype of ["f32", "f64", "i16", "f8_e8m0", "i8", "u8", "bool"] as const)
    expect(widenByKernels(patterns(COUNT, 8), dtype, null, kernels)).toBeNull();
  expect(widenByKernels(patterns(COUNT, 2), "f16", { scale: 1, offset: 0 }, kernels)).toBeNull();
  const plain = SETS.find(({ name }) => name === "plain");
  expect(widenByKernels(patterns(COUNT, 2), "bf16", null, plain)).toBeNull();
});

test("kernels are loaded once loops have taken as long as that takes, and not for the sake of a single tensor", () => {
  expect(kernelsAtHand()).toBeUndefined();
  useKernelWidening();
  const bytes = patterns(COUNT, 2);
  let calls = 0;
  while (widened(bytes, "bf16", null) === null) {
    expect(kernelsAtHand()).toBeUndefined();
    calls++;
  }
  expect(kernelsAtHand()).toBeDefined();
  expect(calls).toBe(Math.ceil(2 ** 26 / COUNT) - 1);
});

test("a thread that was offered kernels reads by them, big-endian files too", () => {
  const little = patterns(COUNT, 2);
  const big = Uint8Array.from(little, (_, i) => little[i ^ 1] as number);
  const [before, swapped] = [decodeElements(little, "f16"), decodeElements(big, "f16", false)];
  let asked = 0;
  offerWidening((bytes, dtype, affine) => {
    asked++;
    return widenByKernels(bytes, dtype, affine, SETS[0]);
  });
  expect(decodeElements(little, "f16")).toEqual(before);
  expect(decodeElements(big, "f16", false)).toEqual(swapped);
  decodeAffine(little, "u8", 2, 1);
  expect(asked).toBe(3);
  useKernelWidening();
  expect(widened(little, "bf16", null)).not.toBeNull();
});
