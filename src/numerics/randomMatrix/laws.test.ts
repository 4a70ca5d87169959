import { expect, test } from "vitest";
import { gaussLegendre } from "../special/gaussLegendre.ts";
import { FIXTURE, reference } from "./fixture.testkit.ts";
import { frobeniusShrinker, knownNoiseThreshold, medianThresholdFactor } from "./gavishDonoho.ts";
import {
  bulkOf,
  singularValueDensity,
  unitCdf,
  unitDensity,
  unitEdges,
  unitMedian,
  unitQuantile,
} from "./marchenkoPastur.ts";
import { outlierOf, overlapsOf, spikeOf } from "./spiked.ts";
import { noiseEdge, TRACY_WIDOM_MEAN, TRACY_WIDOM_STD, tracyWidomCdf, tracyWidomQuantile } from "./tracyWidom.ts";

const BETAS = [
  ["0.1", 0.1],
  ["0.25", 0.25],
  ["0.5", 0.5],
  ["0.75", 0.75],
  ["1.0", 1],
] as const;

function close(value: number, expected: number, relative = 1e-8) {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(relative * Math.max(Math.abs(expected), 1e-3));
}

test.each(BETAS)("Marchenko–Pastur, β = %s", (key, beta) => {
  const expected = reference(`mp/beta=${key}`);
  const { lower, upper } = unitEdges(beta);
  close(lower, expected.lam_minus!);
  close(upper, expected.lam_plus!);
  const bulk = bulkOf(1000 * beta, 1000, 1 / Math.sqrt(1000));
  close(bulk.lower, expected.sv_minus!);
  close(bulk.upper, expected.sv_plus!);
  close(unitMedian(beta), expected.median!);
  close(unitCdf(1, beta), expected.cdf_at_1!);
  expect([unitCdf(lower, beta), unitCdf(upper, beta)]).toEqual([0, 1]);
});

test.each(BETAS)("the density is the slope of the CDF, on λ and on singular values, β = %s", (_, beta) => {
  // λ = λ₋ + (λ₊−λ₋)·sin²t takes the square-root edges away.
  const { lower, upper } = unitEdges(beta);
  const { nodes, weights } = gaussLegendre(120, 0, Math.PI / 2);
  const cut = unitQuantile(0.3, beta);
  const mass = (to: number) => {
    const end = Math.asin(Math.sqrt((to - lower) / (upper - lower)));
    return nodes.reduce((sum, t, i) => {
      const s = (t * end) / (Math.PI / 2);
      const x = lower + (upper - lower) * Math.sin(s) ** 2;
      const jacobian = (upper - lower) * Math.sin(2 * s) * (end / (Math.PI / 2));
      return sum + weights[i]! * unitDensity(x, beta) * jacobian;
    }, 0);
  };
  expect(mass(upper)).toBeCloseTo(1, 10);
  expect(mass(cut)).toBeCloseTo(0.3, 10);
  const bulk = bulkOf(300, 300 * beta, 0.02);
  const s = bulk.unit * Math.sqrt(cut);
  const h = 1e-6 * s;
  const slope = (unitCdf(((s + h) / bulk.unit) ** 2, beta) - unitCdf(((s - h) / bulk.unit) ** 2, beta)) / (2 * h);
  expect(singularValueDensity(s, bulk) / slope).toBeCloseTo(1, 6);
  expect(singularValueDensity(bulk.upper * 1.01, bulk)).toBe(0);
});

test("edges of the usual initializations", () => {
  const expected = reference("mp_smax_square");
  close(bulkOf(500, 500, 1 / Math.sqrt(3 * 500)).upper, expected.pytorch_default_linear!);
  close(bulkOf(500, 500, Math.sqrt(2 / 500)).upper, expected.he!);
  close(bulkOf(500, 500, Math.sqrt(1 / 500)).upper, expected.xavier!);
  close(bulkOf(768, 768, 0.02).upper, expected["gpt2_768x768_std0.02"]!);
  close(bulkOf(3072, 768, 0.02).upper, expected["gpt2_c_fc_768->3072"]!);
});

test("Tracy–Widom, against another quadrature and the specification's Painlevé II (good to about 3e-7)", () => {
  for (const [s, expected] of FIXTURE.tracy_widom_1_cdf)
    expect(Math.abs(tracyWidomCdf(s) - expected)).toBeLessThan(1e-12);
  for (const [p, expected] of FIXTURE.tracy_widom_1_quantiles)
    expect(Math.abs(tracyWidomQuantile(p) - expected)).toBeLessThan(1e-9);
  const expected = reference("tracy_widom_1");
  close(tracyWidomQuantile(0.5), expected.q50!, 5e-7);
  close(tracyWidomQuantile(0.9), expected.q90!, 5e-7);
  close(tracyWidomQuantile(0.95), expected.q95!, 5e-7);
  close(tracyWidomQuantile(0.99), expected.q99!, 5e-7);
  close(tracyWidomQuantile(0.999), expected.q999!, 5e-7);
  close(TRACY_WIDOM_MEAN, expected.mean!, 5e-7);
  close(TRACY_WIDOM_STD ** 2, expected.var!, 5e-7);
  expect(1 - tracyWidomCdf(0)).toBeCloseTo(FIXTURE.reference["tracy_widom_1/P(TW1>0)"] as unknown as number, 6);
});

test("moments of Tracy–Widom from its own CDF", () => {
  const { nodes, weights } = gaussLegendre(60, -9, 12);
  const cdf = nodes.map(tracyWidomCdf);
  const mean = 12 - cdf.reduce((sum, f, i) => sum + weights[i]! * f, 0);
  const second = 144 - 2 * cdf.reduce((sum, f, i) => sum + weights[i]! * nodes[i]! * f, 0);
  expect(mean).toBeCloseTo(TRACY_WIDOM_MEAN, 8);
  expect(second - mean ** 2).toBeCloseTo(TRACY_WIDOM_STD ** 2, 7);
});

test.each([
  ["512x512", 512, 512],
  ["768x3072", 768, 3072],
  ["64x784", 64, 784],
] as const)("finite-size edge of %s, both ways round", (key, n, m) => {
  const expected = reference(`tw_edge/${key}/var=1/m`);
  for (const [rows, columns] of [
    [n, m],
    [m, n],
  ] as const) {
    close(bulkOf(rows, columns, 1 / Math.sqrt(m)).upper, expected.mp_edge!);
    close(noiseEdge(rows, columns, 1 / Math.sqrt(m), 0.95), expected.tw95!);
    close(noiseEdge(rows, columns, 1 / Math.sqrt(m), 0.99), expected.tw99!);
  }
});

test.each([
  ["theta=1.0,c=0.25", 1, 0.25],
  ["theta=1.5,c=0.5", 1.5, 0.5],
  ["theta=2.0,c=1.0", 2, 1],
  ["theta=1.2,c=1.0", 1.2, 1],
  ["theta=0.9,c=1.0", 0.9, 1],
] as const)("spike %s: outlier, overlaps and the way back", (key, theta, beta) => {
  const expected = reference(`bbp/${key}`);
  close(beta ** 0.25, expected.threshold!);
  const y = outlierOf(theta, beta);
  close(y, expected.s_out!);
  const { shortOverlap, longOverlap } = overlapsOf(theta, beta);
  close(shortOverlap, expected.left_overlap2!);
  close(longOverlap, expected.right_overlap2!);
  const back = spikeOf(y, beta);
  if (expected.left_overlap2 === 0) {
    expect(back).toBeNull();
    return;
  }
  close(back!.strength, theta, 1e-7);
  close(back!.shortOverlap, expected.left_overlap2!, 1e-6);
});

test.each(BETAS)("Gavish–Donoho, β = %s", (key, beta) => {
  const expected = reference(`gavish_donoho/beta=${key}`);
  close(knownNoiseThreshold(beta), expected.lambda_star!);
  close(medianThresholdFactor(beta), expected.omega!);
  expect(knownNoiseThreshold(beta)).toBeGreaterThan(expected.mp_edge_sv!);
});

test("the Frobenius shrinker", () => {
  const expected = reference("frobenius_shrinker");
  close(frobeniusShrinker(3, 1), expected["beta=1,y=3"]!);
  close(frobeniusShrinker(2.5, 0.5), expected["beta=0.5,y=2.5"]!);
  expect(frobeniusShrinker(2, 1)).toBe(expected["beta=1,y=2"]);
});
