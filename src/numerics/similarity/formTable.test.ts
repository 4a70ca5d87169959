import { describe, expect, test } from "vitest";
import { gaussian, OPTIONS, worst } from "./fixture.testkit.ts";
import { rdmForm } from "./itemForms.ts";
import { COMPARISONS, type MeasureOptions, pairTable, type Representation, withDissimilarities } from "./measures.ts";
import { rankedRdm, ranksAmong, tauAmong } from "./rankedRdm.ts";
import { averageRanks, tauA } from "./ranks.ts";
import { fromTriangle, rdm, submatrix, upperTriangle } from "./rdm.ts";
import { RefusedError } from "./refusal.ts";
import { countOrders, ordersOf, permutationTest } from "./resampling.ts";

const N = 40;
const points = [gaussian(N, 6, 1), gaussian(N, 9, 2), gaussian(N, 3, 3)];
const CHOSEN = Int32Array.of(0, 3, 4, 8, 9, 15, 21, 22, 30, 38, 39);
/** An RDM of many ties: distances in whole steps. */
const coarse = (k: number) => {
  const whole = rdm(points[k]!, "euclidean");
  return { ...whole, data: whole.data.map((value) => Math.round(4 * value)) };
};

describe("pairs of items that have been put in order once", () => {
  test.each([0, 1, 2])("ranks among some items are those of their own matrix, ties included (%i)", (k) => {
    const matrix = coarse(k);
    expect(new Set(matrix.data).size).toBeLessThan(30);
    for (const chosen of [null, CHOSEN]) {
      const own = chosen === null ? matrix : submatrix(matrix, chosen);
      expect(Array.from(ranksAmong(rankedRdm(matrix), chosen))).toEqual(Array.from(averageRanks(upperTriangle(own))));
    }
  });

  test("τ_a with items left out and shuffled is that of the matrices themselves", () => {
    const [a, b] = [coarse(0), coarse(1)];
    const order = Int32Array.from({ length: CHOSEN.length }, (_, i) => (i * 4 + 2) % CHOSEN.length);
    const own = [a, b].map((one) => submatrix(one, CHOSEN));
    const shuffled = submatrix(own[1]!, order);
    const expected = tauA(upperTriangle(own[0]!), upperTriangle(shuffled));
    expect(tauAmong(rankedRdm(a), rankedRdm(b), CHOSEN, order)).toBe(expected);
    expect(tauAmong(rankedRdm(a), rankedRdm(b), null, null)).toBe(tauA(upperTriangle(a), upperTriangle(b)));
  });

  test("τ_a is what counting every two entries gives", () => {
    const [x, y] = [upperTriangle(submatrix(coarse(0), CHOSEN)), upperTriangle(submatrix(coarse(2), CHOSEN))];
    let sum = 0;
    for (let i = 0; i < x.length; i++)
      for (let j = 0; j < i; j++) sum += Math.sign(x[i]! - x[j]!) * Math.sign(y[i]! - y[j]!);
    expect(tauA(x, y)).toBeCloseTo(sum / ((x.length * (x.length - 1)) / 2), 14);
  });
});

test.each(COMPARISONS)("%s of some items is the same from distances that were measured once", (comparison) => {
  const options: MeasureOptions = { ...OPTIONS, comparison, distance: "euclidean" };
  const layers: readonly Representation[] = points.map((values) => ({ values }));
  const once = pairTable("rsa", withDissimilarities(layers, options), CHOSEN, options);
  const anew = pairTable("rsa", layers, CHOSEN, options);
  for (const [a, b] of [
    [0, 1],
    [2, 1],
    [2, 2],
  ] as const)
    expect(Math.abs(once.value(a, b) - anew.value(a, b))).toBeLessThan(1e-12);
});

describe.each([
  ["rsa", "spearman"],
  ["rsa", "rho-a"],
  ["rsa", "tau-a"],
  ["rsa", "whitened-cosine"],
  ["rsa", "pearson"],
  ["cka", "spearman"],
  ["debiased-cka", "spearman"],
  ["rbf-cka", "spearman"],
  ["minibatch-cka", "spearman"],
] as const)("a table of %s by %s", (measure, comparison) => {
  const options: MeasureOptions = { ...OPTIONS, comparison, batch: 5, distance: "euclidean" };
  const layers: readonly Representation[] = points.map((values) => ({ values }));

  test("shuffled all at once is every cell shuffled alone", () => {
    const table = pairTable(measure, layers, CHOSEN, options);
    const order = Int32Array.from({ length: CHOSEN.length }, (_, i) => (i * 3 + 1) % CHOSEN.length);
    expect(table.shuffledAll === null).toBe(comparison === "tau-a");
    if (table.shuffledAll === null) return;
    const alone = [0, 1, 2].flatMap((a) => [0, 1, 2].map((b) => table.shuffled(a, b, order)));
    expect(worst(table.shuffledAll(order), alone)).toBeLessThan(1e-12);
  });
});

test("a layer that is refused leaves the others their table", () => {
  const flat = { rows: N, columns: 2, data: new Float64Array(2 * N) };
  const table = pairTable("cka", [{ values: points[0]! }, { values: flat }, { values: points[1]! }], null, OPTIONS);
  expect(() => table.value(0, 1)).toThrow(RefusedError);
  expect(table.value(0, 0)).toBeCloseTo(1, 12);
  expect(table.value(0, 2)).toBeGreaterThan(0);
  const all = table.shuffledAll!(Int32Array.from({ length: N }, (_, i) => N - 1 - i));
  expect(Array.from(all, Number.isNaN)).toEqual([false, true, false, true, true, true, false, true, false]);
});

test("orders of a test are the same ones for everybody, and counted beforehand", () => {
  for (const n of [3, 5, 9]) {
    const orders = Array.from(ordersOf(n, 6, 4), (order) => order.slice());
    expect(orders).toHaveLength(countOrders(n, 6));
    const met: Int32Array[] = [];
    permutationTest(n, 6, 4, "high", (order) => {
      met.push(order.slice());
      return 0;
    });
    expect(met).toEqual(orders);
  }
});

test("forms of distances that are all the same are refused", () => {
  const same = fromTriangle(new Float64Array(6).fill(2), 4);
  expect(() => rdmForm(same, "spearman")).toThrow(RefusedError);
});
