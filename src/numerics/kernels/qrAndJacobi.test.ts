import { describe, expect, test } from "vitest";
import { block, entry, ROOM, random, SETS } from "./kernels.testkit.ts";
import type { Block64, Kernels } from "./types.ts";
import { QR_COLUMNS, QR_ROWS } from "./workspace.ts";

const SHAPES = [
  [0, 3],
  [3, 0],
  [1, 1],
  [5, 1],
  [1, 6],
  [7, 7],
  [4, 9],
  [31, 13],
  [64, 40],
] as const;

/** What `qr64` stored as R, zeros below. */
const upper = ({ data, stride }: Block64, i: number, j: number) => (i > j ? 0 : (data[i * stride + j] as number));

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels: Kernels) => {
  const { memory } = kernels;

  test.each(SHAPES)("qr64 and applyQ64, %i × %i", (m, n) => {
    for (const pivoted of [false, true]) {
      memory.scope(ROOM, () => {
        const next = random(100 * m + n);
        const a = block(memory.float64(m * (n + 2)), [m, n], 2, next);
        const before = { ...a, data: a.data.slice() };
        const count = Math.min(m, n);
        const [taus, pivots] = [memory.float64(count), memory.float64(n)];
        kernels.qr64(a, taus, pivoted ? pivots : undefined);
        for (let i = 0; i < m; i++)
          for (const spare of [n, n + 1]) expect(entry(a, i, spare)).toBe(entry(before, i, spare));
        const order = pivoted ? Array.from(pivots) : Array.from({ length: n }, (_, j) => j);
        expect([...order].sort((x, y) => x - y)).toEqual(Array.from({ length: n }, (_, j) => j));
        // Q·R column by column is A, and Qᵀ·Q = I.
        const product = { data: memory.float64(m * (n + 1)), rows: m, columns: n, stride: n + 1 };
        for (let i = 0; i < count; i++) for (let j = 0; j < n; j++) product.data[i * (n + 1) + j] = upper(a, i, j);
        kernels.applyQ64(product, a, taus);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            expect(Math.abs(entry(product, i, j) - entry(before, i, order[j] as number))).toBeLessThan(1e-13);
        kernels.applyQ64(product, a, taus, true);
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++)
            expect(Math.abs(entry(product, i, j) - (i < count ? upper(a, i, j) : 0))).toBeLessThan(1e-13);
        if (pivoted)
          for (let k = 1; k < count; k++)
            expect(Math.abs(upper(a, k, k))).toBeLessThanOrEqual(Math.abs(upper(a, k - 1, k - 1)) * (1 + 1e-14));
      });
    }
  });

  test("qr64 of zeros, and of a column that is a multiple of the first axis", () => {
    memory.scope(ROOM, () => {
      const data = memory.float64(12);
      data[0] = -3;
      const a = { data, rows: 4, columns: 3, stride: 3 };
      const taus = memory.float64(3).fill(7);
      kernels.qr64(a, taus);
      expect(Array.from(taus)).toEqual([0, 0, 0]);
      expect(Array.from(data)).toEqual([-3, ...new Array(11).fill(0)]);
    });
  });

  test.each([
    [1, 5, 0],
    [2, 2, 0],
    [9, 9, 0],
    [13, 30, 0],
    [12, 17, 200],
    [12, 17, 3000],
  ])("jacobiSweep64 on %i rows of %i, exponents down to −%i, until all rows are orthogonal", (rows, columns, span) => {
    memory.scope(ROOM, () => {
      const next = random(rows + columns + span);
      const a = block(memory.float64(rows * (columns + 1)), [rows, columns], 1, next);
      const before = { ...a, data: a.data.slice() };
      const companion = { data: memory.float64(rows * rows), rows, columns: rows, stride: rows };
      for (let i = 0; i < rows; i++) companion.data[i * rows + i] = 1;
      const exponents = memory.float64(rows);
      for (let i = 0; i < rows; i++) exponents[i] = -Math.round((span * ((i * 5) % rows)) / rows);
      let sweeps = 0;
      while (kernels.jacobiSweep64(a, exponents, 1e-15, companion) > 1e-15) expect(sweeps++).toBeLessThan(20);
      for (let i = 0; i < rows; i++) expect(entry(a, i, columns)).toBe(entry(before, i, columns));
      const inner = (left: Block64, i: number, j: number) => {
        let sum = 0;
        for (let k = 0; k < left.columns; k++) sum += entry(left, i, k) * entry(left, j, k);
        return sum;
      };
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < i; j++) {
          const size = Math.sqrt(inner(a, i, i) * inner(a, j, j));
          expect(Math.abs(inner(a, i, j))).toBeLessThan(3e-15 * size);
          expect(Math.abs(inner(companion, i, j))).toBeLessThan(1e-14);
        }
      // The companion turned the rows: companion·A = what is left, where the exponents say so.
      for (let i = 0; i < rows; i++)
        for (let k = 0; k < columns; k++) {
          let sum = 0;
          for (let j = 0; j < rows; j++)
            sum +=
              entry(companion, i, j) * entry(before, j, k) * 2 ** ((exponents[j] as number) - (exponents[i] as number));
          // Where a row lies far below the others, the companion's rounding outweighs it.
          if (span === 0) expect(Math.abs(sum - entry(a, i, k))).toBeLessThan(1e-13);
        }
      for (let i = 0; i < rows; i++) expect(inner(companion, i, i)).toBeCloseTo(1, 13);
    });
  });

  test("jacobiSweep64 leaves rows alone that are zero or orthogonal enough", () => {
    memory.scope(ROOM, () => {
      const data = memory.float64(9);
      data.set([1, 0, 1e-4, 0, 0, 0, 0, 1, 0]);
      const before = data.slice();
      const a = { data, rows: 3, columns: 3, stride: 3 };
      expect(kernels.jacobiSweep64(a, memory.float64(3), 1e-3)).toBe(0);
      data[6] = 1e-5;
      const cosine = kernels.jacobiSweep64(a, memory.float64(3), 1e-3);
      expect(cosine).toBeGreaterThan(0.9e-5);
      expect(cosine).toBeLessThan(1.1e-5);
      expect(Array.from(data)).toEqual([...before.subarray(0, 6), 1e-5, 1, 0]);
    });
  });
});

test.each(SETS.filter(({ name }) => name !== "plain").map((kernels) => [kernels.name, kernels] as const))(
  "%s: qr64 refuses what does not fit beside the matrix",
  (_name, kernels) => {
    kernels.memory.scope(ROOM, () => {
      const [data, taus] = [kernels.memory.float64(1), kernels.memory.float64(1)];
      for (const [rows, columns] of [
        [QR_ROWS + 1, 1],
        [1, QR_COLUMNS + 1],
      ] as const)
        expect(() => kernels.qr64({ data, rows, columns, stride: columns }, taus)).toThrow(/does not fit/);
    });
  },
);
