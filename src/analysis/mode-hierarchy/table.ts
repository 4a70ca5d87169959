import type { LoadedMatrix } from "../_shared/input.ts";

/** The matrix as items × properties, scaled; with `centre` each property's mean over the items is taken away (which deletes what all items share). */
export function itemsByProperties(
  { rows, columns, data }: LoadedMatrix,
  itemAxis: "rows" | "columns",
  scale: number,
  centre: boolean,
): Float64Array<ArrayBuffer> {
  const [items, properties] = itemAxis === "rows" ? [rows, columns] : [columns, rows];
  const out = new Float64Array(items * properties);
  for (let i = 0, at = 0; i < items; i++)
    for (let p = 0; p < properties; p++, at++)
      out[at] = scale * (itemAxis === "rows" ? data[at]! : data[p * columns + i]!);
  if (!centre) return out;
  for (let p = 0; p < properties; p++) {
    let mean = 0;
    for (let i = 0; i < items; i++) mean += out[i * properties + p]! / items;
    for (let i = 0; i < items; i++) out[i * properties + p] = out[i * properties + p]! - mean;
  }
  return out;
}
