import { PANEL_ROWS, PANEL_WIDTH, paddedColumns, requirePanelShapes } from "../panels.ts";
import type { Panels } from "../types.ts";

type Values = Float32Array | Float64Array;

/** Y := Y + Aᵀ·(A·X) panel by panel in plain TypeScript; sums in float64, rounded to the type of X once a panel. 4·rows·columns·8 flops. */
export function gramPanels<T extends Values>(y: T, a: Panels, x: T, images?: T): void {
  requirePanelShapes(y, a, x, images);
  const { data, rows } = a;
  const columns = paddedColumns(a.columns);
  const image = new Float64Array(PANEL_ROWS * PANEL_WIDTH);
  for (let panel = 0; panel * PANEL_ROWS < rows; panel++) {
    const start = panel * PANEL_ROWS * columns;
    image.fill(0);
    for (let j = 0; j < columns; j++) {
      for (let i = 0; i < PANEL_ROWS; i++) {
        const value = data[start + j * PANEL_ROWS + i] as number;
        if (value === 0) continue;
        for (let k = 0; k < PANEL_WIDTH; k++)
          image[i * PANEL_WIDTH + k] =
            (image[i * PANEL_WIDTH + k] as number) + value * (x[j * PANEL_WIDTH + k] as number);
      }
    }
    images?.set(image, panel * PANEL_ROWS * PANEL_WIDTH);
    const sums = new Float64Array(PANEL_WIDTH);
    for (let j = 0; j < columns; j++) {
      sums.fill(0);
      for (let i = 0; i < PANEL_ROWS; i++) {
        const value = data[start + j * PANEL_ROWS + i] as number;
        for (let k = 0; k < PANEL_WIDTH; k++)
          sums[k] = (sums[k] as number) + value * (image[i * PANEL_WIDTH + k] as number);
      }
      for (let k = 0; k < PANEL_WIDTH; k++)
        y[j * PANEL_WIDTH + k] = (y[j * PANEL_WIDTH + k] as number) + (sums[k] as number);
    }
  }
}
