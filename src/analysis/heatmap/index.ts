import { ModeScopeError } from "../../base/errors.ts";
import { matrixReading, throwIfCancelled } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import type { Analysis } from "../types.ts";
import { decodedMatrix, ordersByMode } from "./decodedMatrix.ts";
import { manifest } from "./manifest.ts";
import { aggregateTile, tileGrid } from "./tile.ts";
import { HEATMAP_TILE, type HeatmapTile } from "./types.ts";

export const heatmapAnalysis: Analysis<HeatmapTile> = {
  manifest,

  applies(tensor, target) {
    const reading = matrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { level, tileRow, tileColumn, order } = readParameters(manifest.parameters, parameters);
    const reading = matrixReading(context.tensor, context.target);
    if ("reason" in reading) throw new ModeScopeError("unsupported", reading.reason, { tensor: context.tensor.name });
    const { rows, columns } = reading;
    const grid = tileGrid(rows, columns, level, tileRow, tileColumn, HEATMAP_TILE);
    if (grid === null) {
      throw new ModeScopeError(
        "bad-request",
        `There is no tile (${tileRow}, ${tileColumn}) at level ${level} of a ${rows} × ${columns} matrix.`,
        { tensor: context.tensor.name, field: tileRow * HEATMAP_TILE * 2 ** level >= rows ? "tileRow" : "tileColumn" },
      );
    }
    const decoded = await decodedMatrix(context);
    const orders = order === "mode" ? ordersByMode(decoded, context) : { rowOrder: null, columnOrder: null };
    const values = aggregateTile(decoded.matrix, grid, orders.rowOrder, orders.columnOrder, () =>
      throwIfCancelled(context),
    );
    const { tileRows, tileColumns } = grid;
    return { rows, columns, level, tileRow, tileColumn, tileRows, tileColumns, values, ...decoded.scale, ...orders };
  },
};
