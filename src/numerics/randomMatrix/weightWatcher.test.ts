import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { stableRank } from "../ranks.ts";
import { singularValues } from "../svd/singularValues.ts";
import { fitPowerLaw } from "./powerLaw.ts";
import { weightWatcherNorms } from "./weightWatcher.ts";

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly seed: number;
  readonly power: number;
  readonly alpha: number;
  readonly alpha_weighted: number;
  readonly log_norm: number;
  readonly log_spectral_norm: number;
  readonly log_alpha_norm: number;
  readonly stable_rank: number;
  readonly D: number;
  readonly sigma: number;
  readonly num_pl_spikes: number;
  readonly xmin: number;
}

const PATH = new URL("../../../test/fixtures/theory/weightwatcher.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(PATH, "utf8")) as { readonly cases: readonly Case[] };

/** The matrices of scripts/fixtures/theory_weightwatcher.py. */
function made({ rows, columns, seed, power }: Case) {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const data = Float64Array.from({ length: rows * columns }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const u = state / 2 ** 31 - 1;
    return u / (1.02 - Math.abs(u)) ** power;
  });
  return { rows, columns, data };
}

test.each(cases)("the weightwatcher package says the same of: $name", (expected) => {
  const s = singularValues(made(expected));
  const fit = fitPowerLaw(s.map((value) => value * value))!;
  const norms = weightWatcherNorms(s, fit.alpha, null);
  expect(fit.tailCount).toBe(expected.num_pl_spikes);
  // The package works in float32.
  for (const [found, value] of [
    [fit.alpha, expected.alpha],
    [fit.standardError, expected.sigma],
    [fit.distance, expected.D],
    [fit.xMin, expected.xmin],
    [norms.alphaWeighted!, expected.alpha_weighted],
    [norms.logNorm, expected.log_norm],
    [norms.logSpectralNorm, expected.log_spectral_norm],
    [norms.logAlphaNorm!, expected.log_alpha_norm],
    [stableRank(s), expected.stable_rank],
  ] as const)
    expect(Math.abs(found / value - 1)).toBeLessThan(1e-6);
});
