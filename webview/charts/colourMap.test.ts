import { expect, test } from "vitest";
import {
  type ColourMapKind,
  divergingColour,
  divergingLut,
  LUT_SIZE,
  nanColours,
  packed,
  paintValues,
} from "./colourMap.ts";

const KINDS: readonly ColourMapKind[] = ["dark", "light", "high-contrast", "high-contrast-light"];

/** CIE lightness L* of an 8-bit sRGB colour: an independent measure of how light it looks. */
function lightness(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const x = value / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  });
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}

test.each(KINDS)("%s: lightness goes one way from the centre and both arms match", (kind) => {
  const direction = Math.sign(lightness(divergingColour(kind, 1)) - lightness(divergingColour(kind, 0)));
  for (let i = 1; i <= 20; i++) {
    for (const sign of [-1, 1]) {
      const step =
        lightness(divergingColour(kind, (sign * i) / 20)) - lightness(divergingColour(kind, (sign * (i - 1)) / 20));
      expect(Math.sign(Math.round(step * 10) / 10)).not.toBe(-direction);
    }
    const arms = [-i / 20, i / 20].map((value) => lightness(divergingColour(kind, value)));
    expect(Math.abs(arms[0]! - arms[1]!)).toBeLessThan(9);
  }
  expect(Math.abs(lightness(divergingColour(kind, 1)) - lightness(divergingColour(kind, 0)))).toBeGreaterThan(45);
});

test.each(KINDS)("%s: the arms differ in blue against red, not only red against green", (kind) => {
  const [negative, positive] = [divergingColour(kind, -1), divergingColour(kind, 1)];
  expect(negative[2] - positive[2]).toBeGreaterThan(60);
});

test("NaN, zero and both ends take their own colours", () => {
  const lut = divergingLut("dark");
  const out = new Uint32Array(6);
  paintValues(
    new Float32Array([-2, 0, 2, Number.NaN, Number.NaN, Number.POSITIVE_INFINITY]),
    6,
    1,
    lut,
    nanColours("dark"),
    out,
  );
  const [a, b] = nanColours("dark").map(packed);
  expect([...out]).toEqual([lut[0], lut[(LUT_SIZE - 1) / 2], lut[LUT_SIZE - 1], b, a, lut[LUT_SIZE - 1]]);
  expect(lut).not.toContain(a);
});

test("an all-zero matrix is the centre colour", () => {
  const lut = divergingLut("light");
  const out = new Uint32Array(2);
  paintValues(new Float32Array([0, 0]), 2, 0, lut, nanColours("light"), out);
  expect(out[0]).toBe(lut[(LUT_SIZE - 1) / 2]);
});
