import type { Block64 } from "../kernels/types.ts";

/** The block of `rows` × `columns` whose first element is (row, column) of `of`. A view, nothing is copied. */
export function part(of: Block64, row: number, column: number, rows: number, columns: number): Block64 {
  return { data: of.data.subarray(row * of.stride + column), rows, columns, stride: of.stride };
}

export function dense(data: Float64Array, rows: number, columns: number): Block64 {
  return { data, rows, columns, stride: columns };
}
