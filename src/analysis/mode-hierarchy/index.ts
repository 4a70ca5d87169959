import { largestMagnitude, requireFinite } from "../../numerics/dense.ts";
import { powerOfTwo } from "../../numerics/svd/scaled.ts";
import { loadMatrix } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis } from "../types.ts";
import { measureFew } from "./few.ts";
import { MAX_ITEMS, manifest } from "./manifest.ts";
import { measureMany } from "./many.ts";
import { readSubset } from "./subset.ts";
import { tableOf, twoValuesOf } from "./table.ts";
import type { ModeHierarchyResult } from "./types.ts";

export const modeHierarchyAnalysis: Analysis<ModeHierarchyResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const options = readParameters(manifest.parameters, parameters);
    const loaded = await loadMatrix(context);
    requireFinite(loaded);
    const itemAxis = options.items;
    const [allItems, properties] = itemAxis === "rows" ? [loaded.rows, loaded.columns] : [loaded.columns, loaded.rows];
    const which = readSubset(options.only, allItems);
    const unit = powerOfTwo(largestMagnitude(loaded.data));
    const values = twoValuesOf(loaded.data);
    const base = {
      reading: loaded.reading,
      items: which?.length ?? allItems,
      allItems,
      which,
      properties,
      itemAxis,
      centred: options.centre,
      geometry: options.geometry,
    };
    const side = { itemAxis, centre: options.centre, values };
    if (base.items <= MAX_ITEMS) {
      const all = which ?? Int32Array.from({ length: allItems }, (_, i) => i);
      const table = tableOf(loaded, itemAxis, all, 1 / unit, options.centre, values);
      return { ...base, leaves: null, ...measureFew(table, options, unit, context) };
    }
    const whole = which === null ? loaded : { ...partOf(loaded, itemAxis, which), reading: loaded.reading };
    return { ...base, ...measureMany(whole, side, options, unit, context) };
  },
};

/** The named items of the matrix as a matrix of its own, in the same layout. */
function partOf(
  {
    rows,
    columns,
    data,
  }: {
    readonly rows: number;
    readonly columns: number;
    readonly data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  },
  itemAxis: "rows" | "columns",
  which: Int32Array,
) {
  const [r, c] = itemAxis === "rows" ? [which.length, columns] : [rows, which.length];
  const out = data instanceof Float32Array ? new Float32Array(r * c) : new Float64Array(r * c);
  if (itemAxis === "rows")
    for (const [at, item] of which.entries())
      out.set(data.subarray(item * columns, (item + 1) * columns), at * columns);
  else
    for (let row = 0, at = 0; row < rows; row++)
      for (let k = 0; k < which.length; k++, at++) out[at] = data[row * columns + which[k]!]!;
  return { rows: r, columns: c, data: out };
}
