// The loss that a head starts with, beside reference values and beside draws of such logits.
import { expect, test } from "vitest";
import { reference } from "../../numerics/meanField/fixture.testkit.ts";
import { startingLoss } from "./MF014.ts";

const WORDS = 50257;
const value = (key: string, of: string) => reference(key)[of] ?? Number.NaN;

test("below and beyond freezing, over 50257 words", () => {
  const key = `init_ce/V=${WORDS}`;
  expect(startingLoss(0, WORDS)).toBeCloseTo(value(key, "lnV"), 12);
  expect(startingLoss(768, WORDS)).toBeCloseTo(value(key, "tied_N(0,1)_d768"), 10);
  expect(startingLoss(768 * 0.02 ** 2, WORDS)).toBeCloseTo(value(key, "std0.02_d768"), 12);
  // Both branches meet where it freezes.
  const freezing = value(key, "v_freeze=2lnV");
  expect(startingLoss(freezing, WORDS)).toBeCloseTo(freezing, 12);
  expect(startingLoss(freezing * (1 - 1e-12), WORDS)).toBeCloseTo(freezing, 9);
});

test("against draws: right where logits are small, an upper estimate within 10 % where they are frozen", () => {
  const key = `sim_init_ce/V=${WORDS}`;
  expect(Math.abs(startingLoss(0.3072, WORDS) - value(key, "v=0.3072"))).toBeLessThan(1e-3);
  const ratio = startingLoss(768, WORDS) / value(key, "v=768");
  expect(ratio).toBeGreaterThan(1);
  expect(ratio).toBeLessThan(1.1);
});
