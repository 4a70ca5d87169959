import { expect, test } from "vitest";
import { packResult, unpackResult } from "./pack.ts";

const RESULT = {
  text: "σ₁",
  numbers: [1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0],
  nothing: null,
  yes: true,
  values: new Float64Array([1, Number.NaN, 3e-300]),
  nested: [{ u: new Float32Array([0.5, -1]) }, { order: new Uint32Array([3, 1, 2]) }],
  empty: new Float64Array(0),
};

test("a result comes back as it was", () => {
  expect(unpackResult(packResult(RESULT))).toEqual({ result: RESULT });
});

test("every damaged byte and every truncation is a miss", () => {
  const bytes = packResult(RESULT);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x40;
    expect(unpackResult(damaged), `byte ${at}`).toBeNull();
    expect(unpackResult(bytes.slice(0, at)), `cut at ${at}`).toBeNull();
  }
});

test("a kind of array that the cache cannot keep is said, not lost", () => {
  expect(() => packResult({ big: new BigInt64Array(1) })).toThrow("BigInt64Array");
});
