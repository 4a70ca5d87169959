/**
 * Sums over pairs of Gram matrices that are never whole: K_a ∘ K_b of every two layers, a tile of all Gram matrices at a time, of the lower triangle only.
 * A tile left of the diagonal gives its rows' sums and, as the other half is its mirror image, its columns' sums.
 * Cost: n²Σp flops for the Gram matrices of L layers and n²L² for the sums; memory: a tile of each, 64 MB together, and 4n·L² bytes of sums.
 */
import type { CancelToken } from "../../base/cancel.ts";
import { part } from "../eigen/block.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { multiplyInto, room, type SideBySide } from "./sideBySide.ts";

/** Bytes of the tiles that are held at once. */
const TILE_BYTES = 64 * 2 ** 20;
/** Sides are multiples of this, which every register tile divides. */
const STEP = 24;
/** On the diagonal half of a tile is computed for nothing: it is cut smaller than this. */
const DIAGONAL = 240;
/** Work between two looks at the cancel token, in floating-point operations. */
const CALL = 4e9;
/** Elements of two lines of the cache or one, by their type. */
const LINE = 16;

function tileSide(n: number, layers: number, single: boolean): number {
  const most = Math.sqrt(TILE_BYTES / ((single ? 4 : 8) * layers)) - 2 * LINE;
  const whole = Math.max(STEP, Math.floor(most / STEP) * STEP);
  const pieces = Math.max(1, Math.ceil(n / whole));
  return Math.min(n, Math.ceil(n / pieces / STEP) * STEP);
}

/** Rows of tiles begin an odd number of lines apart: with a power of two a column would fall into one place of the cache. */
function strideOf(side: number): number {
  const lines = Math.ceil(side / LINE);
  return LINE * (lines + ((lines + 1) % 2));
}

export function gramTilesBytes(n: number, layers: number, single: boolean): number {
  const side = tileSide(n, layers, single);
  return (single ? 4 : 8) * layers * side * strideOf(side) + 4 * n * layers * (layers + 1);
}

/** Row a(a + 1)/2 + b holds Σ_j≠i K_ij·L_ij for every item i. Takes `gramTilesBytes` of the running scope, where the result lies. */
export function gramTileSums(
  kernels: Kernels,
  { items: n, layers, block, single }: SideBySide,
  {
    cancel,
    progress,
    onItems,
  }: {
    readonly cancel: CancelToken;
    progress(fraction: number): void;
    /** Told when the sums are whole over the first `items` of them, not yet over all. */
    onItems?(items: number, sums: Block64): void;
  },
): Block64 {
  const { memory } = kernels;
  const count = layers.length;
  const pairs = (count * (count + 1)) / 2;
  const side = tileSide(n, count, single);
  const stride = strideOf(side);
  const sums = { data: memory.float64(pairs * n), rows: pairs, columns: n, stride: n };
  const tiles = room(memory, count * side * stride, single);
  let done = 0;
  const sumsFrom = (item: number, length: number): Block64 => ({
    ...sums,
    data: sums.data.subarray(item),
    columns: length,
  });
  /** Items of the rows against items of the columns. */
  const tile = (row: number, rows: number, column: number, columns: number): void => {
    const stack = { data: tiles, rows: count * rows, columns, stride };
    for (const [a, layer] of layers.entries()) {
      const out = { data: tiles.subarray(a * rows * stride), rows, columns, stride };
      const step = Math.max(256, Math.floor(CALL / (2 * rows * columns)));
      for (let from = layer.start; from < layer.end; from += step) {
        cancel.throwIfCancelled();
        const width = Math.min(step, layer.end - from);
        const options = { transposeB: true, beta: from === layer.start ? 0 : 1 };
        multiplyInto(
          kernels,
          out,
          part(block, row, from, rows, width),
          part(block, column, from, columns, width),
          options,
        );
      }
    }
    if (row === column)
      for (let a = 0; a < count; a++) for (let i = 0; i < rows; i++) tiles[(a * rows + i) * stride + i] = 0;
    kernels.pairSums(sumsFrom(row, rows), stack, count);
    if (row !== column) kernels.pairSums(sumsFrom(column, columns), stack, count, true);
    done += (row === column ? 1 : 2) * rows * columns;
    progress(done / (n * n));
  };
  const onDiagonal = (at: number, length: number): void => {
    if (length <= DIAGONAL) tile(at, length, at, length);
    else {
      const half = Math.ceil(length / 2 / STEP) * STEP;
      onDiagonal(at, half);
      onDiagonal(at + half, length - half);
      tile(at + half, length - half, at, half);
    }
  };
  for (let row = 0; row < n; row += side) {
    const rows = Math.min(side, n - row);
    for (let column = 0; column < row; column += side) tile(row, rows, column, side);
    onDiagonal(row, rows);
    if (row + rows < n) onItems?.(row + rows, sums);
  }
  return sums;
}
