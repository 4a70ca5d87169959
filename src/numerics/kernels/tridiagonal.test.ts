import { describe, expect, test } from "vitest";
import { block, entry, ROOM, random, SETS } from "./kernels.testkit.ts";
import type { Block64, Kernels } from "./types.ts";

const from = (of: Block64, row: number, column: number, rows: number, columns: number): Block64 => ({
  data: of.data.subarray(row * of.stride + column),
  rows,
  columns,
  stride: of.stride,
});

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels: Kernels) => {
  const { memory } = kernels;

  test.each([
    [2, 4],
    [3, 1],
    [13, 5],
    [40, 32],
    [67, 8],
  ])("tridiagonalPanel64 and syr2k64 by rows: Q·T·Qᵀ is the matrix again, n = %i, %i columns a panel", (n, panel) => {
    memory.scope(ROOM, () => {
      const next = random(n * panel);
      const a = block(memory.float64(n * (n + 2)), [n, n], 2, next);
      const before = { ...a, data: a.data.slice() };
      const [diagonal, subdiagonal, taus] = [0, 1, 2].map(() => memory.float64(n)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const [v, w] = [0, 1].map(() => block(memory.float64(panel * (n + 1)), [panel, n], 1, next)) as [
        Block64,
        Block64,
      ];
      for (let start = 0; start < n - 1; start += panel) {
        const width = Math.min(panel, n - 1 - start);
        const [vs, ws] = [from(v, 0, 0, width, n), from(w, 0, 0, width, n)];
        kernels.tridiagonalPanel64(a, start, vs, ws, { diagonal, subdiagonal, taus });
        const rest = n - start - width;
        const behind = (of: Block64) => from(of, 0, start + width, width, rest);
        kernels.syr2k64(from(a, start + width, start + width, rest, rest), behind(vs), behind(ws), true);
      }
      diagonal[n - 1] = entry(a, n - 1, n - 1);
      // Above the diagonal and between rows nothing was touched.
      for (let i = 0; i < n; i++) for (let j = i + 1; j < n + 2; j++) expect(entry(a, i, j)).toBe(entry(before, i, j));
      const t = Array.from({ length: n }, (_, i) =>
        Float64Array.from({ length: n }, (_v, j) =>
          i === j ? (diagonal[i] as number) : Math.abs(i - j) === 1 ? (subdiagonal[Math.min(i, j)] as number) : 0,
        ),
      );
      for (let k = n - 2; k >= 0; k--) {
        const x = Float64Array.from({ length: n }, (_, i) => (i <= k ? 0 : entry(a, i, k)));
        expect(x[k + 1]).toBe(1);
        reflectBothSides(t, x, taus[k] as number);
      }
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++)
          expect(Math.abs((t[i] as Float64Array)[j]! - entry(before, i, j))).toBeLessThan(1e-12);
    });
  });
});

function reflectBothSides(t: Float64Array[], x: Float64Array, tau: number): void {
  for (const row of t) {
    const inner = row.reduce((sum, value, j) => sum + value * (x[j] as number), 0) * tau;
    for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) - inner * (x[j] as number);
  }
  for (let j = 0; j < x.length; j++) {
    const inner = t.reduce((sum, row, i) => sum + (row[j] as number) * (x[i] as number), 0) * tau;
    for (const [i, row] of t.entries()) row[j] = (row[j] as number) - inner * (x[i] as number);
  }
}
