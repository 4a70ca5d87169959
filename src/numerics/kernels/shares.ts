/** Shares start on a multiple of this many rows or columns: every register tile divides it. */
const GRAIN = 120;

/** Where share `index` of `count` equal ones begins, of `length` rows or columns. */
export function evenStart(length: number, index: number, count: number): number {
  return index === count ? length : Math.min(length, Math.round((length * index) / count / GRAIN) * GRAIN);
}

/** Rows of a lower triangle: shares of equal area. */
export function triangleStart(length: number, index: number, count: number): number {
  return index === count ? length : Math.min(length, Math.round((length * Math.sqrt(index / count)) / GRAIN) * GRAIN);
}
