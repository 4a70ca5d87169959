import { expect, test } from "vitest";
import { Random } from "../random.ts";
import type { Matrix64 } from "./matrix.ts";
import { classicalScaling } from "./mds.ts";
import { planeOf } from "./plane.ts";

/** Euclidean distances of Gaussian points, axes of falling size. */
function cloud(n: number, axes: number): Matrix64 {
  const random = new Random(7);
  const points = Float64Array.from({ length: n * axes }, (_, at) => random.normal() / (1 + (at % axes)));
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let square = 0;
      for (let a = 0; a < axes; a++) square += (points[i * axes + a]! - points[j * axes + a]!) ** 2;
      data[i * n + j] = Math.sqrt(square);
    }
  return { rows: n, columns: n, data };
}

test("points that lie in a plane are shown without stress, few and many alike", () => {
  for (const n of [20, 300]) {
    const { points, stress } = planeOf(cloud(n, 2))!;
    expect(stress).toBeLessThan(1e-6);
    expect(points.data).toHaveLength(2 * n);
  }
});

test("many points get the plane that all eigenvectors give", () => {
  const distances = cloud(300, 6);
  // Bent distances are not Euclidean: some eigenvalues are negative.
  const bent = { ...distances, data: distances.data.map((d) => d ** 1.7) };
  for (const one of [distances, bent]) {
    const all = classicalScaling(one, 2).points.data;
    const { points, stress } = planeOf(one)!;
    expect(Math.max(...points.data.map((value, at) => Math.abs(value - all[at]!)))).toBeLessThan(1e-5);
    expect(stress).toBeGreaterThan(0.05);
  }
});

test("where there is nothing to place there is no plane", () => {
  expect(planeOf({ rows: 2, columns: 2, data: Float64Array.of(0, 1, 1, 0) })).toBeNull();
  expect(planeOf({ rows: 3, columns: 3, data: new Float64Array(9) })).toBeNull();
  expect(planeOf({ rows: 3, columns: 3, data: new Float64Array(9).fill(Number.NaN) })).toBeNull();
});
