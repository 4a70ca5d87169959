import type { ItemModes } from "./itemModes.ts";

/**
 * Items as points: h_iα = √s_α·v_iα (hidden layer of a network that has learned the modes, Saxe et al. 2019, eqs. 7–8, balanced and up to rotation)
 * or s_α·v_iα (its outputs, which are the properties themselves); "direction": the outputs of a table whose items were all given length 1, so that inner
 * products are cosines and an item with small entries is not near everything.
 */
export type Geometry = "hidden" | "behaviour" | "direction";

/** items × items inner products Σ_α w_α v_iα v_jα with w = s or s². Cost items²·modes. */
export function innerProducts({ values, vectors }: ItemModes, items: number, geometry: Geometry) {
  const out = new Float64Array(items * items);
  for (let k = 0; k < values.length; k++) {
    const weight = geometry === "hidden" ? values[k]! : values[k]! ** 2;
    const v = vectors.subarray(k * items, (k + 1) * items);
    for (let i = 0; i < items; i++) {
      const factor = weight * v[i]!;
      for (let j = 0; j <= i; j++) out[i * items + j] = out[i * items + j]! + factor * v[j]!;
    }
  }
  for (let i = 0; i < items; i++) for (let j = 0; j < i; j++) out[j * items + i] = out[i * items + j]!;
  return out;
}

/** Euclidean distances of points from their inner products. Rounding below zero is zero: two equal items stay equal. */
export function distancesOf(products: Float64Array, items: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(items * items);
  let largest = 0;
  for (let i = 0; i < items; i++) largest = Math.max(largest, products[i * items + i]!);
  for (let i = 0; i < items; i++)
    for (let j = 0; j < i; j++) {
      const square = products[i * items + i]! + products[j * items + j]! - 2 * products[i * items + j]!;
      const distance = square <= 1e-13 * largest ? 0 : Math.sqrt(square);
      out[i * items + j] = distance;
      out[j * items + i] = distance;
    }
  return out;
}

/** Heights and similarities are in the table's own units again: √σ scales with the root of the unit. */
export function scaleOf(unit: number, geometry: Geometry): number {
  return geometry === "hidden" ? Math.sqrt(unit) : unit;
}

/** Each item divided by its length; one without length stays as it is. */
export function unitItems(data: Float64Array, items: number, properties: number): Float64Array<ArrayBuffer> {
  const out = Float64Array.from(data);
  for (let i = 0; i < items; i++) {
    let square = 0;
    for (let at = i * properties; at < (i + 1) * properties; at++) square += out[at]! ** 2;
    const length = Math.sqrt(square);
    if (length === 0) continue;
    for (let at = i * properties; at < (i + 1) * properties; at++) out[at] = out[at]! / length;
  }
  return out;
}
