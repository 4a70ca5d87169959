import type { Block, Block64 } from "../kernels/types.ts";

/** The block of `rows` × `columns` whose first element is (row, column) of `of`. A view, nothing is copied. */
export function part<Values extends Float32Array | Float64Array>(
  of: Block<Values>,
  row: number,
  column: number,
  rows: number,
  columns: number,
): Block<Values> {
  return { data: of.data.subarray(row * of.stride + column) as Values, rows, columns, stride: of.stride };
}

export function dense(data: Float64Array, rows: number, columns: number): Block64 {
  return { data, rows, columns, stride: columns };
}
