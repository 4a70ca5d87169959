import { largestMagnitude, requireFinite } from "../../numerics/dense.ts";
import { powerOfTwo } from "../../numerics/svd/scaled.ts";
import { loadMatrix } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis } from "../types.ts";
import { buildHierarchy } from "./build.ts";
import { manifest } from "./manifest.ts";
import { itemsByProperties } from "./table.ts";
import type { ModeHierarchyResult } from "./types.ts";

export const modeHierarchyAnalysis: Analysis<ModeHierarchyResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { items: side, centre, ...options } = readParameters(manifest.parameters, parameters);
    const loaded = await loadMatrix(context);
    const [items, properties] = side === "rows" ? [loaded.rows, loaded.columns] : [loaded.columns, loaded.rows];
    requireFinite(loaded);
    const unit = powerOfTwo(largestMagnitude(loaded.data));
    const y = itemsByProperties(loaded, side, 1 / unit, centre);
    return {
      reading: loaded.reading,
      itemAxis: side,
      centred: centre,
      ...buildHierarchy({
        y,
        items,
        properties,
        unit,
        side,
        ...options,
        cancel: context.cancel,
        progress: context.progress,
      }),
    };
  },
};
