// Every reference value of the specification's sections 5 to 8 that is no record of a random draw: a key that no rule knows fails.
import { expect, test } from "vitest";
import { FIXTURE } from "./fixture.testkit.ts";
import { RULES } from "./references.testkit.ts";

/**
 * Records of random draws, which other tests hold the theory to, formulas in words, and what the lint computes: src/lint/rules/miscounted.test.ts and MF014.test.ts
 * there, src/lint/python/laws.test.ts.
 */
const NOT_ASSERTED = /^sim_|^keras_|^init_ce\/|asymptotic_l2\(1-c\)$|slope_expansion$/;

/** Relative 1e-8, the specification's tolerance; 1e-12 absolute for what is 0 by symmetry. */
function compare(path: string, computed: unknown, expected: unknown, relative = 1e-8): void {
  if (typeof expected === "string") {
    expect(computed, path).toBe(expected);
    return;
  }
  if (Array.isArray(expected)) {
    expect(computed, path).toHaveLength(expected.length);
    for (const [at, value] of expected.entries())
      compare(`${path}[${at}]`, (computed as number[])[at], value, relative);
    return;
  }
  expect(typeof computed, path).toBe("number");
  const tolerance = Math.max(relative * Math.abs(expected as number), 1e-12);
  expect(
    Math.abs((computed as number) - (expected as number)),
    `${path}: ${computed} for ${expected}`,
  ).toBeLessThanOrEqual(tolerance);
}

/** From q = 50 on the specification took the first terms of the large-q expansion there; moments.test.ts holds the means at such q to SciPy. */
const BY_EXPANSION = "resnet_tanh_sw2=1,sb2=0";

const keys = Object.keys(FIXTURE.reference).filter((key) => !NOT_ASSERTED.test(key));

test("the fixture holds the whole of sections 5 to 8", () => {
  expect(keys.length).toBeGreaterThan(150);
});

test.each(keys)("%s", (key) => {
  const rule = RULES.find(([pattern]) => pattern.test(key));
  if (rule === undefined) throw new Error(`${key} is computed by nothing here.`);
  const computed = rule[1](...rule[0].exec(key)!.slice(1));
  const expected = FIXTURE.reference[key]!;
  if (typeof expected === "object" && !Array.isArray(expected))
    for (const [field, value] of Object.entries(expected))
      compare(
        `${key} ${field}`,
        (computed as Record<string, unknown>)[field],
        value,
        key === BY_EXPANSION ? 5e-4 : 1e-8,
      );
  else compare(key, computed, expected);
});
