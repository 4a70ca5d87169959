import { describe, expect, test } from "vitest";
import { random, SETS } from "./kernels.testkit.ts";
import { fillPanels, PANEL_WIDTH, paddedColumns, paddedRows, panelLength } from "./panels.ts";

const SHAPES = [
  [1, 1],
  [7, 13],
  [24, 12],
  [25, 145],
  [131, 263],
] as const;

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels) => {
  test.each(SHAPES.flatMap(([rows, columns]) => [false, true].map((transpose) => [rows, columns, transpose] as const)))(
    "products with panels of %d × %d, transposed: %s",
    (rows, columns, transpose) => {
      const next = random(rows + columns);
      const data = Float32Array.from({ length: rows * columns }, next);
      const [height, width] = transpose ? [columns, rows] : [rows, columns];
      const at = (i: number, j: number) => (transpose ? data[j * columns + i] : data[i * columns + j]) as number;
      const vectors = paddedColumns(width) * PANEL_WIDTH;
      const start = Float64Array.from({ length: vectors }, (_, i) => (i < width * PANEL_WIDTH ? next() : 0));
      const before = Float64Array.from({ length: vectors }, (_, i) => (i < width * PANEL_WIDTH ? next() : 0));
      const images = new Float64Array(height * PANEL_WIDTH);
      const sums = before.slice();
      for (let c = 0; c < PANEL_WIDTH; c++) {
        for (let i = 0; i < height; i++) {
          let sum = 0;
          for (let j = 0; j < width; j++) sum += at(i, j) * (start[j * PANEL_WIDTH + c] as number);
          images[i * PANEL_WIDTH + c] = sum;
        }
        for (let j = 0; j < width; j++) {
          let sum = 0;
          for (let i = 0; i < height; i++) sum += at(i, j) * (images[i * PANEL_WIDTH + c] as number);
          sums[j * PANEL_WIDTH + c] = (sums[j * PANEL_WIDTH + c] as number) + sum;
        }
      }
      for (const [matrix, vector, tolerance] of [
        ["single", "single", 2e-5],
        ["single", "double", 1e-12],
        ["double", "double", 1e-12],
      ] as const) {
        const { memory } = kernels;
        memory.scope(16 * (panelLength(height, width) + 3 * vectors + paddedRows(height) * PANEL_WIDTH) + 4096, () => {
          const size = panelLength(height, width);
          const store = matrix === "single" ? memory.float32(size) : memory.float64(size);
          const panels = fillPanels(store, { rows, columns, data }, 0.5, transpose);
          const make = (length: number) => (vector === "single" ? memory.float32(length) : memory.float64(length));
          const [x, y, out] = [make(vectors), make(vectors), make(paddedRows(height) * PANEL_WIDTH)];
          x.set(start);
          y.set(before);
          kernels.gramPanels(y, panels, x, out);
          const scale = Math.max(1, width, height);
          for (let i = 0; i < vectors; i++) {
            const want = (before[i] as number) + ((sums[i] as number) - (before[i] as number)) / 4;
            if (!(Math.abs((y[i] as number) - want) <= tolerance * scale))
              expect.fail(`sum ${i}: ${y[i]}, not ${want}`);
          }
          for (let i = 0; i < out.length; i++) {
            const want = (images[i] ?? 0) / 2;
            if (!(Math.abs((out[i] as number) - want) <= tolerance * scale)) expect.fail(`image ${i}: ${out[i]}`);
          }
        });
      }
    },
  );

  test("operands that do not fit one another are refused", () => {
    kernels.memory.scope(100_000, () => {
      const panels = { data: kernels.memory.float64(panelLength(30, 20)), rows: 30, columns: 20 };
      const x = kernels.memory.float64(paddedColumns(20) * PANEL_WIDTH);
      expect(() => kernels.gramPanels(x.subarray(8), panels, x)).toThrow(/do not fit/);
      expect(() => kernels.gramPanels(x, { ...panels, rows: 60 }, x)).toThrow(/do not fit/);
      const single = kernels.memory.float32(x.length);
      expect(() => kernels.gramPanels(single, panels, single)).toThrow(/do not fit/);
    });
  });
});
