/**
 * Sums over pairs of Gram matrices through the dimensions: with C = XᵀY, ‖C‖² = Σ_ij K_ij·L_ij, and (XC)_i·y_i is the part of item i.
 * All layers side by side are one matrix Z; of ZᵀZ the upper triangle is made, some rows at a time, items in pieces that are added up in float64.
 * Cost: nP² flops for P dimensions of all layers together, and mP² for the parts of m items; memory: strips of ZᵀZ, the m items and their images.
 */
import type { CancelToken } from "../../base/cancel.ts";
import { part } from "../eigen/block.ts";
import type { Block, Block64, Kernels } from "../kernels/types.ts";
import { multiplyInto, room, type SideBySide, type Values } from "./sideBySide.ts";

/** Rows of ZᵀZ at a time; of the square on its diagonal fewer, as half of it is computed for nothing. */
const STRIP = 360;
const SUBSTRIP = 120;
/** Items at a time. */
const ITEMS = 2048;

export function crossProductsBytes(widths: readonly number[], single: boolean, told: number): number {
  const width = widths.reduce((sum, p) => sum + p, 0);
  const count = widths.length;
  const values = width * (2 * STRIP + told + Math.min(ITEMS, told));
  return (single ? 4 : 8) * values + 4 * told * count * (count + 1);
}

export interface CrossSums {
  /** Of pair a(a + 1)/2 + b: Σ_ij K_ij·L_ij. */
  readonly totals: Float64Array<ArrayBuffer>;
  /** Row a(a + 1)/2 + b: Σ_j K_ij·L_ij for every item i of `told`, the diagonal included. */
  readonly byItem: Block64;
}

/** Takes `crossProductsBytes` of the running scope, where the result lies. */
export function crossProductSums(
  kernels: Kernels,
  { items: n, layers, block, width, single }: SideBySide,
  told: Int32Array,
  {
    cancel,
    progress,
    onLayer,
  }: {
    readonly cancel: CancelToken;
    progress(fraction: number): void;
    /** Told when the sums of a layer with itself and with all behind it are there. Layers come from the last to the first. */
    onLayer?(layer: number, sums: CrossSums): void;
  },
): CrossSums {
  const { memory } = kernels;
  const count = layers.length;
  const pairs = (count * (count + 1)) / 2;
  const totals = new Float64Array(pairs);
  const byItem = { data: memory.float64(pairs * told.length), rows: pairs, columns: told.length, stride: told.length };
  const [strip, piece] = [room(memory, STRIP * width, single), room(memory, STRIP * width, single)];
  const chosen = { ...block, data: room(memory, told.length * width, single), rows: told.length };
  for (const [k, item] of told.entries())
    chosen.data.set(block.data.subarray(item * width, (item + 1) * width), k * width);
  const images = room(memory, Math.min(ITEMS, told.length) * width, single);
  let done = 0;
  for (const [a, layer] of [...layers.entries()].reverse()) {
    for (let top = layer.start; top < layer.end; top += STRIP) {
      const rows = Math.min(STRIP, layer.end - top);
      const columns = width - top;
      const exact = new Float64Array(rows * columns);
      for (let from = 0; from < n; from += ITEMS) {
        const length = Math.min(ITEMS, n - from);
        for (let row = 0; row < rows; row += SUBSTRIP) {
          cancel.throwIfCancelled();
          const height = Math.min(SUBSTRIP, rows - row);
          const out = { data: piece.subarray(row * columns + row), rows: height, columns: rows - row, stride: columns };
          const x = part(block, from, top + row, length, height);
          multiplyInto(kernels, out, x, part(block, from, top + row, length, rows - row), { transposeA: true });
        }
        if (columns > rows) {
          cancel.throwIfCancelled();
          const out = { data: piece.subarray(rows), rows, columns: columns - rows, stride: columns };
          const [x, y] = [part(block, from, top, length, rows), part(block, from, top + rows, length, columns - rows)];
          multiplyInto(kernels, out, x, y, { transposeA: true });
        }
        addTo(exact, piece);
      }
      for (let i = 0; i < rows; i++) for (let j = 0; j < i; j++) exact[i * columns + j] = exact[j * columns + i]!;
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
      for (let from = 0; from < told.length; from += ITEMS) {
        cancel.throwIfCancelled();
        const length = Math.min(ITEMS, told.length - from);
        const out = { data: images, rows: length, columns, stride: columns };
        const right = { data: strip, rows, columns, stride: columns };
        multiplyInto(kernels, out, part(chosen, from, top, length, rows), right, {});
        for (const segment of segments)
          addParts(byItem.data, segment.row * told.length + from, out, chosen.data, from * width + top, width, segment);
      }
      done += rows * columns;
      progress(Math.min(1, (2 * done) / (width * width)));
    }
    onLayer?.(a, { totals, byItem });
  }
  progress(1);
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
