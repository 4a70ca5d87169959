// Phases, lines and basins; and the mistakes that such code is known for, each of which fails here.
import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { deltaShares, tapTransfer } from "./convolution.ts";
import { correlationMap, correlationTrajectory, criticalDecay } from "./correlation.ts";
import { chaoticDepthLines, criticalAt, halfStable, logGrid, ofSlope, slopeLines } from "./criticalLine.ts";
import { curvatureLimit, curveRecursion, pointsNeeded, raghuGrowth } from "./curvature.ts";
import { dropoutPhase, keepingWeight } from "./dropout.ts";
import { biasVariance, FEWEST_BIASES, KURTOSIS, relativeError, weightVariance } from "./estimate.ts";
import { forwardSpread, RELIABLE_ASPECT, widthBand } from "./finiteWidth.ts";
import { basins, fixedPoint } from "./fixedPoints.ts";
import { known, reference } from "./fixture.testkit.ts";
import { jacobianMoments } from "./jacobian.ts";
import { decayDepth, qTrajectory } from "./maps.ts";
import { linearBatchNorm, postActivationNorm, preActivationNorm } from "./normalized.ts";
import { phaseOf } from "./phase.ts";

const tanh = known("tanh");
const relu = known("relu");

test("ξ_c in chaos is that of C′(c*): positive, and not −1/ln χ₁", () => {
  const chaotic = phaseOf(tanh, { weight: 2.5, bias: 0.05 }, 1);
  expect(chaotic.xiC).toBeCloseTo(11.795597515877803, 7);
  expect(-1 / Math.log(chaotic.chiOne)).toBeLessThan(0);
  expect(decayDepth(chaotic.chiOne)).toBeNull();
  const ordered = phaseOf(tanh, { weight: 1, bias: 0.05 }, 1);
  expect(ordered.xiC).toBeCloseTo(-1 / Math.log(ordered.chiOne), 12);
  expect(ordered.c).toBe(1);
});

test("what the names of initializations promise: SELU and gain 5/3 are chaotic, He is not critical for GELU, SiLU or tanh", () => {
  expect(phaseOf(known("selu"), { weight: 1, bias: 0 }, 1)).toMatchObject({ name: "chaotic" });
  expect(phaseOf(known("selu"), { weight: 1, bias: 0 }, 1).chiOne).toBeCloseTo(1.0715749924557993, 9);
  expect(phaseOf(tanh, { weight: (5 / 3) ** 2, bias: 0 }, 1).chiOne).toBeCloseTo(1.209831320382829, 8);
  for (const id of ["gelu", "silu", "tanh"])
    expect(phaseOf(known(id), { weight: 2, bias: 0 }, 1).name, id).not.toBe("critical");
  expect(phaseOf(relu, { weight: 2, bias: 0 }, 1)).toMatchObject({
    name: "critical",
    q: 1,
    c: 1,
    xiC: Number.POSITIVE_INFINITY,
  });
});

test("bias: σ_b² is a variance; SiLU's half-stable point has 0.555, not 0.0555", () => {
  expect(phaseOf(tanh, { weight: 2.5, bias: 0.05 }, 1).q).not.toBeCloseTo(
    phaseOf(tanh, { weight: 2.5, bias: Math.sqrt(0.05) }, 1).q,
    2,
  );
  expect(halfStable(known("silu"))!.bias).toBeCloseTo(0.5551431707, 9);
  expect(halfStable(tanh)).toBeNull();
});

test("a signal that dies out or runs away has no correlation to speak of", () => {
  const dead = phaseOf(tanh, { weight: 0.8, bias: 0 }, 1);
  expect(dead).toMatchObject({ q: 0, c: null, xiC: null, name: "ordered" });
  expect(dead.chiOne).toBeCloseTo(0.8, 12);
  // q ~ 1/(2l): never quite there, and dead all the same.
  expect(fixedPoint(tanh, { weight: 1, bias: 0 }, 1)).toBe(0);
  expect(phaseOf(tanh, { weight: 1, bias: 0 }, 1).name).toBe("critical");
  const away = phaseOf(relu, { weight: 2.5, bias: 0.1 }, 1);
  expect(away).toMatchObject({ q: Number.POSITIVE_INFINITY, c: null, chiQ: null });
  expect(away.chiOne).toBeCloseTo(1.25, 12);
  expect(phaseOf(relu, { weight: 2, bias: 0.1 }, 1).q).toBe(Number.POSITIVE_INFINITY);
  expect(phaseOf(known("softplus"), { weight: 2.2, bias: 0 }, 1).q).toBe(Number.POSITIVE_INFINITY);
});

test("basins: GELU between σ_w² = 2 and 4 keeps small signals from dying no more than large ones from running away", () => {
  const found = basins(known("gelu"), { weight: 3, bias: 0 });
  expect(found.map(({ stable }) => stable)).toEqual([true, false, true]);
  const edge = found[1]!.q;
  expect(fixedPoint(known("gelu"), { weight: 3, bias: 0 }, edge * 0.9)).toBe(0);
  expect(fixedPoint(known("gelu"), { weight: 3, bias: 0 }, edge * 1.1)).toBe(Number.POSITIVE_INFINITY);
  expect(basins(tanh, { weight: 2, bias: 0 }).map(({ q, stable }) => [q > 0, stable])).toEqual([
    [false, false],
    [true, true],
  ]);
  const [only] = basins(tanh, { weight: 2.5, bias: 0.05 });
  expect(only!.q).toBeCloseTo(1.0639583774168113, 9);
});

test("points of the critical line: sigmoid's starts at σ_w² = 103, softplus has none, GELU's first part cannot be stayed on", () => {
  const sigmoid = slopeLines(known("sigmoid"), [1], logGrid(1e-3, 1e3, 200))[0]!.filter(({ attainable }) => attainable);
  expect(Math.min(...sigmoid.map(({ weight }) => weight))).toBeGreaterThan(103);
  expect(slopeLines(known("softplus"), [1], logGrid(1e-3, 1e4, 200))[0]!.some(({ attainable }) => attainable)).toBe(
    false,
  );
  const gelu = slopeLines(known("gelu"), [1], [0.25, 1, 3, 4, 10])[0]!;
  expect(gelu.map(({ attainable }) => attainable)).toEqual([false, false, false, true, true]);
  // ReLU: one point, whatever q.
  expect(slopeLines(relu, [1], [0.1, 7])[0]!.map(({ weight, bias }) => [weight, bias])).toEqual([
    [2, 0],
    [2, 0],
  ]);
  expect(criticalAt(relu, 0.05)).toBeNull();
});

test.each(["tanh", "erf", "hardtanh", "gelu"])(
  "%s: the line of ξ_c = 20 on the chaotic side is where phaseOf finds 20",
  (id) => {
    const [line] = chaoticDepthLines(known(id), [20], id === "gelu" ? [6] : [0.5, 1, 1.5]);
    expect(line!.length).toBeGreaterThan(0);
    for (const { weight, bias, q, attainable } of line!) {
      if (!attainable) continue;
      const found = phaseOf(known(id), { weight, bias }, q);
      expect(found.q).toBeCloseTo(q, 8);
      expect(found.xiC! / 20).toBeCloseTo(1, 4);
      expect(found.name).toBe("chaotic");
    }
  },
);

test("tanh at σ_b² near 0.05: the line of ξ_c = 10 goes on where a slope at c* = 0 is above it on both sides", () => {
  const [line] = chaoticDepthLines(known("tanh"), [10], logGrid(0.9, 2, 60));
  const near = line!.filter(({ bias }) => bias > 0.03 && bias < 0.08);
  expect(near.length).toBeGreaterThan(0);
  for (const { weight, bias, q } of near)
    expect(phaseOf(known("tanh"), { weight, bias }, q).xiC! / 10).toBeCloseTo(1, 3);
});

test("the ordered side's line of depth 20 likewise", () => {
  for (const q of [0.1, 1]) {
    const { weight, bias } = ofSlope(tanh, q, Math.exp(-1 / 20));
    expect(phaseOf(tanh, { weight, bias }, q).xiC).toBeCloseTo(20, 6);
  }
});

test("at criticality decay is polynomial: l²(1 − c) for ReLU, l(1 − c) for tanh", () => {
  const he = correlationTrajectory(correlationMap(relu, 1, { weight: 2, bias: 0 }).map, 0, 20000);
  expect(20000 ** 2 * (1 - he[20000]!)).toBeCloseTo(44.4, 0);
  expect(criticalDecay(1, Number.POSITIVE_INFINITY)).toBeNull();
  const { weight, q } = criticalAt(tanh, 0.05)!;
  const map = correlationMap(tanh, q, { weight, bias: 0.05 }).map;
  const course = correlationTrajectory(map, 0.5, 20000);
  expect(20000 * (1 - course[20000]!)).toBeCloseTo(reference("critical/tanh/sb2=0.05").beta_eoc!, 1);
});

test("convolutions: a plain kernel forgets space, a delta-orthogonal one does not", () => {
  expect(tapTransfer([1, 1, 1], Math.PI)).toBeCloseTo(-1 / 3, 12);
  for (const omega of [0, 1, Math.PI]) expect(tapTransfer(deltaShares(3), omega)).toBe(1);
});

test("normalisation is no cure: 1.211 a layer of the norm, 1.467 of its square; RMS norm keeps it", () => {
  expect(postActivationNorm(relu, true)).toBeCloseTo(1.46694220692426, 10);
  expect(Math.sqrt(postActivationNorm(relu, true))).toBeCloseTo(1.2111738962363165, 10);
  expect(postActivationNorm(relu, false)).toBeCloseTo(1, 12);
  expect(preActivationNorm(known("gelu"))).toBeCloseTo(1.072031598436292, 10);
  expect(linearBatchNorm(3)).toBe(Number.POSITIVE_INFINITY);
});

test("dropout: no phase with c* = 1 is left, for tanh at its critical point as well; keeping everything changes nothing", () => {
  const { weight, bias } = criticalAt(tanh, 0.05)!;
  const dropped = dropoutPhase(tanh, { weight, bias }, 0.9, 1);
  expect(dropped.c).toBeLessThan(0.9);
  expect(dropped.xiC).toBeLessThan(10);
  const kept = dropoutPhase(tanh, { weight: 1, bias: 0.05 }, 1, 1);
  expect(kept.c).toBe(1);
  expect(kept.xiC).toBeCloseTo(phaseOf(tanh, { weight: 1, bias: 0.05 }, 1).xiC!, 9);
  expect(keepingWeight(tanh, 0.9)).toBeNull();
});

test("curves: κ̄² tends to its fixed point in chaos, keeps no limit in order; a linear net keeps L^G = 2π while L^E grows", () => {
  const { q, chiOne, chiTwo } = phaseOf(tanh, { weight: 6.25, bias: 0.09 }, 1);
  const course = curveRecursion(q, chiOne, chiTwo, 60);
  const { g_theory: metric, kappa2_theory: curvature } = reference(
    "sim_curvature/sw2=6.25,sb2=0.09,N=1000",
  ) as unknown as Record<string, number[]>;
  for (const [layer, value] of metric!.entries()) expect(course[layer]!.metric).toBeCloseTo(value, 6);
  for (const [layer, value] of curvature!.entries()) expect(course[layer]!.curvature).toBeCloseTo(value, 7);
  expect(course[59]!.curvature).toBeCloseTo(curvatureLimit(chiOne, chiTwo)!, 6);
  expect(curvatureLimit(0.9, 0.5)).toBeNull();
  const straight = curveRecursion(1, 4, 0, 3)[2]!;
  expect(straight.euclidean).toBeCloseTo(4, 12);
  expect(straight.grassmannian).toBeCloseTo(2 * Math.PI, 12);
  expect(pointsNeeded(4)).toBe(Math.ceil(80 * Math.PI));
  expect(raghuGrowth(2, 99)).toBeCloseTo(Math.sqrt(1.98), 12);
});

test("the spread of finite width against a draw of ReLU networks", () => {
  const [width, depth, draws] = [60, 12, 400];
  const random = new Random(5);
  const logs: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    let x = Float64Array.from({ length: width }, () => random.normal());
    const size = x.reduce((sum, value) => sum + value * value, 0) / width;
    x = x.map((value) => value * Math.sqrt(2 / size));
    for (let layer = 0; layer < depth; layer++) {
      const next = new Float64Array(width);
      const square = x.reduce((sum, value) => sum + Math.max(0, value) ** 2, 0);
      // W·φ(x) given x is a vector of independent normals of this variance.
      for (let i = 0; i < width; i++) next[i] = random.normal() * Math.sqrt((2 / width) * square);
      x = next;
    }
    logs.push(Math.log(x.reduce((sum, value) => sum + value * value, 0) / width / 2));
  }
  const mean = logs.reduce((sum, value) => sum + value, 0) / draws;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
  const band = widthBand(
    forwardSpread(relu, 1),
    Array.from({ length: depth }, () => width),
  );
  expect(band.reliable).toBe(true);
  const just = Math.floor(60 * RELIABLE_ASPECT);
  for (const layers of [just, just + 1])
    expect(widthBand(5, new Array<number>(layers).fill(60)).reliable).toBe(layers === just);
  expect(Math.abs(mean - band.mean)).toBeLessThan(3 * Math.sqrt(variance / draws) + 0.1 * Math.abs(band.mean));
  expect(Math.abs(variance / band.standardDeviation ** 2 - 1)).toBeLessThan(3 * Math.sqrt(2 / draws) + 0.1);
});

test("estimates: fan_in counts, the mean is not taken off, uniform weights are surer than Gaussian ones, few biases say nothing", () => {
  const random = new Random(1);
  const entries = Float64Array.from({ length: 20000 }, () => random.normal() * 0.1);
  const estimate = weightVariance(entries, 200);
  expect(Math.abs(estimate.value - 2)).toBeLessThan(3 * estimate.standardError);
  expect(estimate.standardError / estimate.value).toBeCloseTo(relativeError(KURTOSIS.gaussian, 20000), 3);
  expect(Math.abs(estimate.meanScore)).toBeLessThan(4);
  const shifted = weightVariance(
    entries.map((value) => value + 0.1),
    200,
  );
  expect(shifted.meanScore).toBeGreaterThan(100);
  expect(shifted.value).toBeCloseTo(4, 0);
  const uniform = weightVariance(
    Float64Array.from({ length: 20000 }, () => random.uniform() - 0.5),
    12,
  );
  expect(uniform.standardError / uniform.value).toBeCloseTo(relativeError(KURTOSIS.uniform, 20000), 3);
  expect(biasVariance(new Float64Array(FEWEST_BIASES - 1))).toBeNull();
  expect(biasVariance(new Float64Array(50).fill(2))).toEqual({ value: 4, standardError: 0.8 });
});

test("orthogonal weights make no isometry of ReLU: the spread stays L, at every σ", () => {
  for (const weight of [1, 2, 3])
    expect(jacobianMoments(relu, 1, weight, 10, "orthogonal").relativeVariance).toBeCloseTo(10, 10);
  expect(jacobianMoments(tanh, 0.001, 1, 10, "orthogonal").relativeVariance).toBeLessThan(1e-4);
});

test("the q-map's course", () => {
  expect(qTrajectory(tanh, { weight: 2.5, bias: 0.05 }, 1, 1)[1]).toBeCloseTo(1.0357362259946032, 11);
});
