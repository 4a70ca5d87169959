import { expect, test } from "vitest";
import { correlationCourse, layerCourse } from "../meanField/course.ts";
import { curveRecursion } from "../meanField/curvature.ts";
import { known } from "../meanField/fixture.testkit.ts";
import { jacobianMoments } from "../meanField/jacobian.ts";
import { phaseOf } from "../meanField/phase.ts";
import { Random } from "../random.ts";
import { productSingularValues } from "../svd/productSingularValues.ts";
import { circle, pushCurve, segment, shapeOf } from "./curve.ts";
import { DenseNetwork } from "./denseNetwork.ts";
import { Jacobian, measuredGrowth, spectrumProbes } from "./jacobian.ts";

function drawn(widths: readonly number[], weight: number, bias: number, id: string, seed: number): DenseNetwork {
  const random = new Random(seed);
  const layers = widths.slice(1).map((rows, at) => {
    const columns = widths[at]!;
    const std = Math.sqrt(weight / columns);
    return {
      weight: { rows, columns, data: Float64Array.from({ length: rows * columns }, () => std * random.normal()) },
      bias: Float64Array.from({ length: rows }, () => Math.sqrt(bias) * random.normal()),
    };
  });
  return new DenseNetwork(layers, known(id));
}

const inputsOf = (random: Random, count: number, n: number) =>
  Float64Array.from({ length: count * n }, () => random.normal());

test("forward, Jacobian and its transpose agree with differences", () => {
  const network = drawn([5, 7, 6, 4], 2, 0.1, "tanh", 1);
  const random = new Random(2);
  const x = inputsOf(random, 1, 5);
  const forward = network.forward(x);
  const jacobian = new Jacobian(network, forward, 0, 2);
  const v = inputsOf(random, 1, 7);
  const shifted = (step: number) => {
    const h0 = forward[0]!.map((value, i) => value + step * v[i]!);
    return network.step(2, network.step(1, h0, x), x);
  };
  const [up, down] = [shifted(1e-6), shifted(-1e-6)];
  const image = jacobian.apply(v);
  for (const [i, value] of image.entries()) expect(value).toBeCloseTo((up[i]! - down[i]!) / 2e-6, 7);
  const w = inputsOf(random, 1, 4);
  const back = jacobian.applyTransposed(w);
  const left = image.reduce((sum, value, i) => sum + value * w[i]!, 0);
  expect(back.reduce((sum, value, i) => sum + value * v[i]!, 0)).toBeCloseTo(left, 10);
});

test("random directions tell the moments and the largest singular value that the exact product has", () => {
  const network = drawn([30, 60, 60, 60, 60], 2.5, 0.05, "tanh", 3);
  const random = new Random(4);
  const jacobian = new Jacobian(network, network.forward(inputsOf(random, 1, 30)), 0, 3);
  const exact = productSingularValues(jacobian.links()).logValues;
  const probes = spectrumProbes(jacobian, 12, 40, random);
  for (const { largest } of probes) {
    expect(largest.residual).toBeLessThan(1e-4 * largest.value);
    expect(Math.log(largest.value)).toBeCloseTo(exact[0]!, 6);
  }
  const squares = exact.map((value) => Math.exp(2 * value));
  const mean = squares.reduce((sum, value) => sum + value, 0) / 60;
  const estimates = probes.map(({ values, weights }) =>
    values.reduce((sum, value, k) => sum + value * value * weights[k]!, 0),
  );
  const average = estimates.reduce((sum, value) => sum + value, 0) / 12;
  const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - average) ** 2, 0) / 11 / 12);
  expect(Math.abs(average - mean)).toBeLessThan(4 * spread);
  for (const { weights } of probes) expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
});

test.each([
  [40, 40],
  [40, 25],
  [25, 40],
])(
  "both ends of a spectrum over twelve decades are told to ε·s_max where the steps suffice: %d to %d units",
  (n, m) => {
    const random = new Random(31);
    const count = Math.min(n, m);
    const network = new DenseNetwork(
      [
        { weight: { rows: n, columns: n, data: orthogonal(n, 1, random) }, bias: null },
        { weight: graded(m, n, 12, random), bias: null },
      ],
      known("linear"),
    );
    const jacobian = new Jacobian(network, network.forward(inputsOf(random, 1, n)), 0, 1);
    for (const { values, weights, largest, smallest } of spectrumProbes(jacobian, 3, count, random)) {
      expect(values).toHaveLength(count);
      // Where Lanczos on JᵀJ would be wrong below 1e-8.
      for (const [k, value] of values.entries())
        expect(Math.abs(value - 10 ** ((-12 * k) / (count - 1)))).toBeLessThan(2e-15);
      expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
      expect(Math.abs(smallest.value / 1e-12 - 1)).toBeLessThan(2e-3);
      expect(largest.residual + smallest.residual).toBeLessThan(1e-14);
    }
  },
);

test("before the end, a singular value lies within each residual, and none found lies outside of the spectrum", () => {
  const random = new Random(32);
  const network = drawn([80, 80, 80], 1, 0, "tanh", 33);
  const jacobian = new Jacobian(network, network.forward(inputsOf(random, 1, 80)), 0, 1);
  const exact = productSingularValues(jacobian.links()).logValues.map(Math.exp);
  for (const { largest, smallest } of spectrumProbes(jacobian, 4, 20, random))
    for (const { value, residual } of [largest, smallest]) {
      expect(Math.min(...exact.map((one) => Math.abs(one - value)))).toBeLessThan(residual + 1e-14);
      expect(residual).toBeGreaterThan(0);
      expect(value).toBeGreaterThan(exact.at(-1)! - 1e-14);
      expect(value).toBeLessThan(exact[0]! + 1e-14);
    }
});

test("a Jacobian without full rank: the values that are 0 are found as such, and the weights still sum to 1", () => {
  const random = new Random(34);
  const data = Float64Array.from({ length: 100 }, (_, k) => (k % 11 === 0 && k < 60 ? 1 + k / 10 : 0));
  const network = new DenseNetwork(
    [
      { weight: { rows: 10, columns: 10, data: orthogonal(10, 1, random) }, bias: null },
      { weight: { rows: 10, columns: 10, data }, bias: null },
    ],
    known("linear"),
  );
  const jacobian = new Jacobian(network, network.forward(inputsOf(random, 1, 10)), 0, 1);
  const [probe] = spectrumProbes(jacobian, 1, 10, random);
  const { values, weights, smallest } = probe!;
  expect(values.length).toBeLessThan(9);
  expect(smallest.value).toBeLessThan(1e-13);
  expect(weights.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
});

/** rows × columns with singular values from 1 down to 10^−decades, evenly in their logarithm. */
function graded(rows: number, columns: number, decades: number, random: Random) {
  const [u, v, count] = [orthogonal(rows, 1, random), orthogonal(columns, 1, random), Math.min(rows, columns)];
  const data = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < count; k++)
      sum += u[k * rows + i]! * 10 ** ((-decades * k) / (count - 1)) * v[k * columns + j]!;
    return sum;
  });
  return { rows, columns, data };
}

/** Rows made orthonormal one after another, times √weight. */
function orthogonal(n: number, weight: number, random: Random): Float64Array<ArrayBuffer> {
  const rows: Float64Array<ArrayBuffer>[] = [];
  while (rows.length < n) {
    const row = random.direction(n);
    for (let again = 0; again < 2; again++)
      for (const old of rows) {
        const along = row.reduce((sum, value, i) => sum + value * old[i]!, 0);
        for (let i = 0; i < n; i++) row[i] = row[i]! - along * old[i]!;
      }
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    rows.push(row.map((value) => value / norm));
  }
  return Float64Array.from({ length: n * n }, (_, k) => Math.sqrt(weight) * rows[Math.floor(k / n)]![k % n]!);
}

test.each(["gaussian", "orthogonal"] as const)("Var(s²) at criticality: tanh, %s layers, against draws", (law) => {
  const [weight, q, n, links] = [1.76095464, 0.5700478816, 120, 4];
  const random = new Random(21);
  const draws = Array.from({ length: 5 }, () => {
    const layers = Array.from({ length: links + 1 }, () => ({
      weight: {
        rows: n,
        columns: n,
        data:
          law === "orthogonal"
            ? orthogonal(n, weight, random)
            : Float64Array.from({ length: n * n }, () => Math.sqrt(weight / n) * random.normal()),
      },
      bias: Float64Array.from({ length: n }, () => Math.sqrt(0.05) * random.normal()),
    }));
    const network = new DenseNetwork(layers, known("tanh"));
    const x = Float64Array.from({ length: n }, () => Math.sqrt((q - 0.05) / weight) * random.normal());
    const jacobian = new Jacobian(network, network.forward(x), 0, links);
    const squares = productSingularValues(jacobian.links()).logValues.map((value) => Math.exp(2 * value));
    const mean = squares.reduce((sum, value) => sum + value, 0) / n;
    return { mean, spread: squares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n / mean ** 2 };
  });
  const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const theory = jacobianMoments(known("tanh"), q, weight, links, law);
  expect(Math.abs(average(draws.map(({ spread }) => spread)) / theory.relativeVariance - 1)).toBeLessThan(0.12);
  const logs = draws.map(({ mean }) => Math.log(mean));
  const error = Math.sqrt(average(logs.map((value) => (value - average(logs)) ** 2)) / 4);
  expect(Math.abs(average(logs) - Math.log(theory.mean))).toBeLessThan(3 * error + 0.03);
});

test("measured growth a layer is χ₁ of the prediction, within its error and finite width", () => {
  const network = drawn([100, 300, 300, 150, 300], 2.5, 0.05, "tanh", 5);
  const random = new Random(6);
  const count = 16;
  const forward = network.forward(inputsOf(random, count, 100));
  const points = network.layers.map(() => ({ weight: 2.5, bias: 0.05 }));
  const course = layerCourse(known("tanh"), points, 1);
  const growth = measuredGrowth(network, forward, count, random);
  expect(growth).toHaveLength(3 + 1 - 1);
  for (const [k, { factor, logError }] of growth.entries())
    expect(Math.abs(Math.log(factor / course[k + 1]!.chiOne!))).toBeLessThan(4 * logError + 0.1);
  for (const [layer, h] of forward.entries()) {
    const moment = h.reduce((sum, value) => sum + value * value, 0) / h.length;
    expect(Math.abs(moment / course[layer]!.q - 1)).toBeLessThan(0.15);
  }
});

test("the course of one initialization at its fixed point is the recursion of the paper", () => {
  const point = { weight: 6.25, bias: 0.09 };
  const { q, chiOne, chiTwo } = phaseOf(known("tanh"), point, 1);
  const start = (q - point.bias) / point.weight;
  const course = layerCourse(
    known("tanh"),
    Array.from({ length: 6 }, () => point),
    start,
  );
  const recursion = curveRecursion(q, chiOne, chiTwo, 6);
  for (const [layer, at] of course.entries()) {
    expect(at.q).toBeCloseTo(q, 9);
    // Here the bias has no part in the circle's radius, there it has.
    expect(at.metric / (start * point.weight)).toBeCloseTo(recursion[layer]!.metric / q, 8);
    if (layer > 20) expect(at.curvature).toBeCloseTo(recursion[layer]!.curvature, 6);
  }
  const c = correlationCourse(
    known("tanh"),
    Array.from({ length: 120 }, () => point),
    start,
    0.5,
  );
  expect(c[119]).toBeCloseTo(0.12210374730558544, 6);
});

/** An orthonormal pair. */
function pair(n: number, random: Random) {
  const u = random.direction(n);
  const raw = random.direction(n);
  const along = raw.reduce((sum, value, i) => sum + value * u[i]!, 0);
  const rest = raw.map((value, i) => value - along * u[i]!);
  const norm = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
  return { u, v: rest.map((value) => value / norm) };
}

test("a circle through a wide chaotic network: metric, curvature and both lengths follow the recursion; the polyline agrees with the integral", () => {
  const network = drawn([200, 500, 500, 500, 500], 6.25, 0.09, "tanh", 7);
  const { u, v } = pair(200, new Random(8));
  const count = 256;
  const start = circle(u, v, 0.6, count);
  const course = layerCourse(
    known("tanh"),
    network.layers.map(() => ({ weight: 6.25, bias: 0.09 })),
    0.6,
  );
  pushCurve(network, start, (layer, at) => {
    const shape = shapeOf(at, true);
    expect(Math.abs(shape.metric / course[layer]!.metric - 1), `metric ${layer}`).toBeLessThan(0.2);
    expect(Math.abs(shape.curvature! / course[layer]!.curvature - 1), `curvature ${layer}`).toBeLessThan(0.2);
    expect(shape.polyline / shape.euclidean, `length ${layer}`).toBeCloseTo(1, 2);
    expect(shape.coarse).toBeLessThan(shape.polyline);
    // What a fine polyline turns is the length of the Gauss map, not that of the curve.
    expect(Math.abs(shape.turning / shape.grassmannian! - 1)).toBeLessThan(0.05);
    if (layer > 1) expect(Math.abs(shape.euclidean / shape.grassmannian! - 1)).toBeGreaterThan(0.5);
  });
  expect(shapeOf(start, true).grassmannian).toBeCloseTo(2 * Math.PI, 10);
  expect(shapeOf(start, true).turning).toBeCloseTo(2 * Math.PI, 10);
});

test("a linear network stretches a circle but keeps L^G = 2π", () => {
  const network = drawn([40, 60, 60], 4, 0, "linear", 12);
  const { u, v } = pair(40, new Random(13));
  pushCurve(network, circle(u, v, 1, 400), (_, at) =>
    expect(shapeOf(at, true).grassmannian).toBeCloseTo(2 * Math.PI, 3),
  );
});

test("ReLU: no curvature is given, the polyline turns; a segment through a linear net stays straight", () => {
  const network = drawn([10, 40, 40], 2, 0, "relu", 14);
  const random = new Random(15);
  const [a, b] = [inputsOf(random, 1, 10), inputsOf(random, 1, 10)];
  const line = segment(a, b, 200);
  pushCurve(network, line, (layer, at) => {
    const shape = shapeOf(at, false);
    expect([shape.curvature, shape.grassmannian]).toEqual([null, null]);
    if (layer === 0) expect(shape.turning).toBeCloseTo(0, 4);
    else expect(shape.turning).toBeGreaterThan(1);
    expect(shape.polyline / shape.euclidean).toBeCloseTo(1, 2);
  });
  expect(shapeOf(line, true).euclidean).toBeCloseTo(
    Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0)),
    10,
  );
});
