import { largestMagnitude } from "../../numerics/dense.ts";
import type { LoadedMatrix } from "../_shared/input.ts";

/** The items × properties of a few items in float64, row-major, scaled. */
export interface Table {
  readonly items: number;
  readonly properties: number;
  readonly data: Float64Array<ArrayBuffer>;
  /** The largest entry before centring: what rounding is measured by. */
  readonly magnitude: number;
  /**
   * Where the loaded matrix has two values only: for each property the point between them, on the table's own scale and centring; null otherwise. Above
   * it an entry is one, below it zero.
   */
  readonly midpoints: Float64Array<ArrayBuffer> | null;
}

/**
 * The named items of the matrix, scaled; with `centre` each property's mean over them is taken away (which deletes what all of them share).
 */
export function tableOf(
  { rows, columns, data }: LoadedMatrix,
  itemAxis: "rows" | "columns",
  which: ArrayLike<number>,
  scale: number,
  centre: boolean,
  values: readonly [number, number] | null,
): Table {
  const properties = itemAxis === "rows" ? columns : rows;
  const items = which.length;
  const out = new Float64Array(items * properties);
  for (let i = 0, at = 0; i < items; i++) {
    const item = which[i]!;
    for (let p = 0; p < properties; p++, at++)
      out[at] = scale * (itemAxis === "rows" ? data[item * columns + p]! : data[p * columns + item]!);
  }
  const magnitude = largestMagnitude(out);
  const midpoints = values === null ? null : new Float64Array(properties).fill((scale * (values[0] + values[1])) / 2);
  if (!centre) return { items, properties, data: out, magnitude, midpoints };
  for (let p = 0; p < properties; p++) {
    let mean = 0;
    for (let i = 0; i < items; i++) mean += out[i * properties + p]! / items;
    for (let i = 0; i < items; i++) out[i * properties + p] = out[i * properties + p]! - mean;
    if (midpoints !== null) midpoints[p] = midpoints[p]! - mean;
  }
  return { items, properties, data: out, magnitude, midpoints };
}

/** The two values, ascending, of a matrix that has no third; null for any other. */
export function twoValuesOf(data: ArrayLike<number>): readonly [number, number] | null {
  let first = Number.NaN;
  let second = Number.NaN;
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    if (value === first || value === second) continue;
    if (Number.isNaN(first)) first = value;
    else if (Number.isNaN(second)) second = value;
    else return null;
  }
  return Number.isNaN(second) ? null : first < second ? [first, second] : [second, first];
}

/** Takes each property's mean away in the loaded matrix itself: of many items no second copy is made. */
export function centreInPlace({ rows, columns, data }: LoadedMatrix, itemAxis: "rows" | "columns"): void {
  if (itemAxis === "columns") {
    for (let r = 0; r < rows; r++) {
      let mean = 0;
      for (let at = r * columns; at < (r + 1) * columns; at++) mean += data[at]!;
      mean /= columns;
      for (let at = r * columns; at < (r + 1) * columns; at++) data[at] = data[at]! - mean;
    }
    return;
  }
  const means = new Float64Array(columns);
  for (let r = 0, at = 0; r < rows; r++) for (let c = 0; c < columns; c++, at++) means[c] = means[c]! + data[at]!;
  for (let r = 0, at = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, at++) data[at] = data[at]! - means[c]! / rows;
}

/** Gives each item of the loaded matrix length 1; one without length stays as it is. */
export function unitItemsInPlace({ rows, columns, data }: LoadedMatrix, itemAxis: "rows" | "columns"): void {
  const lengths = new Float64Array(itemAxis === "rows" ? rows : columns);
  const item = (r: number, c: number) => (itemAxis === "rows" ? r : c);
  for (let r = 0, at = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, at++) lengths[item(r, c)] = lengths[item(r, c)]! + data[at]! ** 2;
  for (let r = 0, at = 0; r < rows; r++)
    for (let c = 0; c < columns; c++, at++) data[at] = data[at]! / (Math.sqrt(lengths[item(r, c)]!) || 1);
}
