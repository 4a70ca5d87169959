/**
 * Sums over pairs of Gram matrices through the dimensions: with C = XᵀY, ‖C‖² = Σ_ij K_ij·L_ij, and (XC)_i·y_i is the part of item i.
 * All layers side by side are one matrix Z; of ZᵀZ the upper triangle is made, some rows at a time, items in pieces that are added up in float64.
 * Cost: 2nP² flops for P dimensions of all layers together, the parts of the items included; memory: two strips of ZᵀZ and one of images.
 */
import type { CancelToken } from "../../base/cancel.ts";
import { part } from "../eigen/block.ts";
import type { Block, Block64, Kernels } from "../kernels/types.ts";
import { multiplyInto, room, type SideBySide, type Values } from "./sideBySide.ts";

/** Rows of ZᵀZ at a time. */
const STRIP = 192;
/** Items at a time. */
const ITEMS = 2048;

export function crossProductsBytes(n: number, widths: readonly number[], single: boolean): number {
  const width = widths.reduce((sum, p) => sum + p, 0);
  const count = widths.length;
  return (single ? 4 : 8) * width * (2 * STRIP + Math.min(ITEMS, n)) + 4 * n * count * (count + 1);
}

export interface CrossSums {
  /** Of pair a(a + 1)/2 + b: Σ_ij K_ij·L_ij. */
  readonly totals: Float64Array<ArrayBuffer>;
  /** Row a(a + 1)/2 + b: Σ_j K_ij·L_ij for every item i, the diagonal included. */
  readonly byItem: Block64;
}

/** Takes `crossProductsBytes` of the running scope, where the result lies. */
export function crossProductSums(
  kernels: Kernels,
  { items: n, layers, block, width, single }: SideBySide,
  { cancel, progress }: { readonly cancel: CancelToken; progress(fraction: number): void },
): CrossSums {
  const { memory } = kernels;
  const count = layers.length;
  const pairs = (count * (count + 1)) / 2;
  const totals = new Float64Array(pairs);
  const byItem = { data: memory.float64(pairs * n), rows: pairs, columns: n, stride: n };
  const [strip, piece] = [room(memory, STRIP * width, single), room(memory, STRIP * width, single)];
  const images = room(memory, Math.min(ITEMS, n) * width, single);
  let done = 0;
  for (const [a, layer] of layers.entries())
    for (let top = layer.start; top < layer.end; top += STRIP) {
      const rows = Math.min(STRIP, layer.end - top);
      const columns = width - top;
      const exact = new Float64Array(rows * columns);
      for (let from = 0; from < n; from += ITEMS) {
        cancel.throwIfCancelled();
        const length = Math.min(ITEMS, n - from);
        const [x, y] = [part(block, from, top, length, rows), part(block, from, top, length, columns)];
        multiplyInto(kernels, { data: piece, rows, columns, stride: columns }, x, y, { transposeA: true });
        addTo(exact, piece);
      }
      strip.set(exact);
      const segments = layers.slice(a).flatMap((other, k) => {
        const b = a + k;
        const row = (b * (b + 1)) / 2 + a;
        // Beyond the square on the diagonal, the layer's own products stand for their mirror images, too.
        if (k > 0) return [{ row, from: other.start - top, to: other.end - top, weight: 1 }];
        return [
          { row, from: 0, to: rows, weight: 1 },
          { row, from: rows, to: layer.end - top, weight: 2 },
        ];
      });
      for (const { row, from, to, weight } of segments)
        for (let i = 0; i < rows; i++) totals[row]! += weight * squares(exact, i * columns + from, i * columns + to);
      for (let from = 0; from < n; from += ITEMS) {
        cancel.throwIfCancelled();
        const length = Math.min(ITEMS, n - from);
        const out = { data: images, rows: length, columns, stride: columns };
        multiplyInto(
          kernels,
          out,
          part(block, from, top, length, rows),
          { data: strip, rows, columns, stride: columns },
          {},
        );
        for (const segment of segments)
          addParts(byItem.data, segment.row * n + from, out, block.data, from * width + top, width, segment);
      }
      done += rows * columns;
      progress(Math.min(1, (2 * done) / (width * width)));
    }
  return { totals, byItem };
}

function addTo(sums: Float64Array, values: Values): void {
  for (let at = 0; at < sums.length; at++) sums[at]! += values[at]!;
}

/** sums[at + i] += weight·Σ_j image(i, j)·z(i, j) over the columns of a segment; z begins at `zAt`. */
function addParts(
  sums: Float64Array,
  at: number,
  { data: image, rows, stride }: Block<Values>,
  z: Values,
  zAt: number,
  zStride: number,
  { from, to, weight }: { readonly from: number; readonly to: number; readonly weight: number },
): void {
  for (let i = 0; i < rows; i++) {
    const [x, y] = [i * stride, zAt + i * zStride];
    let [even, odd] = [0, 0];
    let j = from;
    for (; j + 1 < to; j += 2) {
      even += image[x + j]! * z[y + j]!;
      odd += image[x + j + 1]! * z[y + j + 1]!;
    }
    if (j < to) even += image[x + j]! * z[y + j]!;
    sums[at + i]! += weight * (even + odd);
  }
}

function squares(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at++) sum += values[at]! * values[at]!;
  return sum;
}
