/**
 * Several representations of the same n items as one matrix in the kernels' memory: layer after layer in every row, each centred over items and divided by a
 * power of two near its largest value, so that squares of its products keep within float32.
 * In float32 the centred values are rounded once, by 6e-8 of themselves. Error of what is summed over products of them: of each product about 6e-8·|x_i||x_j|,
 * of either sign, so that a sum over n² of them divided by ‖K‖‖L‖ is good to about 1e-7, and better the more items there are.
 */

import type { DenseMatrix } from "../dense.ts";
import { finiteMagnitude } from "../dense.ts";
import type { Block, KernelMemory, Kernels } from "../kernels/types.ts";
import { powerOfTwo } from "../svd/scaled.ts";

export type Values = Float32Array | Float64Array;

export interface SideBySide {
  readonly single: boolean;
  readonly items: number;
  /** Dimensions of all layers together. */
  readonly width: number;
  /** items × width. */
  readonly block: Block<Values>;
  readonly layers: readonly {
    /** Its columns: from `start`, before `end`. */
    readonly start: number;
    readonly end: number;
    /** What its values were divided by. */
    readonly unit: number;
    /** K_ii = |x_i|² of the divided values. */
    readonly diagonal: Float64Array<ArrayBuffer>;
  }[];
}

export function sideBySideBytes(n: number, widths: readonly number[], single: boolean): number {
  return (single ? 4 : 8) * n * total(widths);
}

const total = (widths: readonly number[]): number => widths.reduce((sum, p) => sum + p, 0);

/** Takes `sideBySideBytes` of the running scope. NaN and infinities are refused with their place. */
export function sideBySide(memory: KernelMemory, layers: readonly DenseMatrix[], single: boolean): SideBySide {
  const items = layers[0]?.rows ?? 0;
  const width = total(layers.map(({ columns }) => columns));
  const data = room(memory, items * width, single);
  let start = 0;
  const placed = layers.map((layer) => {
    const unit = powerOfTwo(finiteMagnitude(layer));
    const means = columnMeans(layer);
    const diagonal = new Float64Array(items);
    const from = layer.data instanceof Float32Array ? layer.data : Float64Array.from(layer.data);
    if (from instanceof Float32Array && data instanceof Float32Array)
      place32(data, start, width, from, means, 1 / unit, diagonal);
    else place64(data, start, width, from, means, 1 / unit, diagonal);
    start += layer.columns;
    return { start: start - layer.columns, end: start, unit, diagonal };
  });
  return { single, items, width, block: { data, rows: items, columns: width, stride: width }, layers: placed };
}

export function room(memory: KernelMemory, length: number, single: boolean): Values {
  return single ? memory.float32(length) : memory.float64(length);
}

/** C := op(A)·op(B) + beta·C in the type of the operands. */
export function multiplyInto(
  kernels: Kernels,
  c: Block<Values>,
  a: Block<Values>,
  b: Block<Values>,
  options: { readonly transposeA?: boolean; readonly transposeB?: boolean; readonly beta?: number },
): void {
  if (isSingle(c) && isSingle(a) && isSingle(b)) kernels.gemm32(c, a, b, options);
  else if (isDouble(c) && isDouble(a) && isDouble(b)) kernels.gemm64(c, a, b, options);
}

const isSingle = (block: Block<Values>): block is Block<Float32Array> => block.data instanceof Float32Array;
const isDouble = (block: Block<Values>): block is Block<Float64Array> => block.data instanceof Float64Array;

function columnMeans({ rows, columns, data }: DenseMatrix): Float64Array<ArrayBuffer> {
  const mean = new Float64Array(columns);
  if (data instanceof Float32Array) addRows32(mean, data);
  else for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]!;
  return mean.map((sum) => sum / rows);
}

// The loops below run over every value of every layer: each sees one type of array.

function addRows32(sums: Float64Array, data: Float32Array): void {
  const columns = sums.length;
  for (let at = 0; at < data.length; at += columns) for (let j = 0; j < columns; j++) sums[j]! += data[at + j]!;
}

function place32(
  to: Float32Array,
  start: number,
  stride: number,
  from: Float32Array,
  means: Float64Array,
  factor: number,
  diagonal: Float64Array,
): void {
  const columns = means.length;
  for (let i = 0, at = 0, put = start; i < diagonal.length; i++, put += stride) {
    let square = 0;
    for (let j = 0; j < columns; j++, at++) {
      const value = (from[at]! - means[j]!) * factor;
      to[put + j] = value;
      square += value * value;
    }
    diagonal[i] = square;
  }
}

function place64(
  to: Values,
  start: number,
  stride: number,
  from: Values,
  means: Float64Array,
  factor: number,
  diagonal: Float64Array,
): void {
  const columns = means.length;
  for (let i = 0, at = 0, put = start; i < diagonal.length; i++, put += stride) {
    let square = 0;
    for (let j = 0; j < columns; j++, at++) {
      const value = (from[at]! - means[j]!) * factor;
      to[put + j] = value;
      square += value * value;
    }
    diagonal[i] = square;
  }
}
