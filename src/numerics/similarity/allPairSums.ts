/**
 * The sums that linear CKA is made of (`hsic.ts`), for every two of several layers over the same items, without ever holding an n × n matrix: by tiles of
 * their Gram matrices (`gramTiles.ts`) or through the dimensions (`crossProducts.ts`), whichever is less work. What belongs to one layer is made once.
 * Layers in float32 with many items are multiplied in float32, as NumPy and PyTorch multiply what is float32, and added up in float64. Error then: CKA to about
 * 1e-8, a part of one item to 1e-6 of itself. All else is in float64: the routes agree to rounding, about ε·√n·‖K‖‖L‖.
 */
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import { Random } from "../random.ts";
import { crossProductSums, crossProductsBytes } from "./crossProducts.ts";
import { gramTileSums, gramTilesBytes } from "./gramTiles.ts";
import type { PairSums, SomeSums } from "./hsic.ts";
import type { Watched } from "./matrix.ts";
import { shuffled } from "./resampling.ts";
import { multiplyInto, room, type SideBySide, sideBySide, sideBySideBytes } from "./sideBySide.ts";

/** From so many items on rounding in float32 averages out. */
const SINGLE_ITEMS = 1000;
/** Layers in float64 that take more memory than this are kept in float32. */
const DOUBLE_BYTES = 2 ** 30;
/** Through the dimensions a part of an item costs a product for each: of more items than these, a draw of them tells the spread. Its error is about 3 %. */
const TOLD = 2048;
/** A sum over pairs of layers waits for memory: it is so many times as slow as the products of matrices. */
const SUMS_SLOWER = 3;

export interface AllPairs {
  /** Of layers a and b. */
  at(a: number, b: number): PairSums;
}

export interface AllPairsOptions extends Watched {
  readonly progress?: (fraction: number) => void;
  /** Left out: whichever is less work. */
  readonly route?: "tiles" | "dimensions";
  /** Multiply in float32. Left out: for many items in float32. */
  readonly single?: boolean;
  /** Of which items to tell what they are without: `some` leaves the choice to the cost. Default. */
  readonly byItem?: "all" | "some" | "none";
  /** Through the dimensions: hears of a layer when all pairs of it and the layers behind it are known; layers come from the last to the first. */
  readonly onLayer?: (layer: number, known: AllPairs) => void;
  /** By tiles, where pairs are known all at once: hears of the first items, with sums over these alone, whenever twice as many are through. */
  readonly onItems?: (some: SomeItems) => void;
}

/** Sums over the first items. */
export interface SomeItems {
  readonly items: number;
  /** Of layers a and b. */
  at(a: number, b: number): SomeSums;
}

/** Whether tiles of Gram matrices are less work than products through the dimensions. */
export function tilesAreCheaper(n: number, widths: readonly number[]): boolean {
  const width = widths.reduce((total, p) => total + p, 0);
  return n * (width + SUMS_SLOWER * widths.length ** 2) < 2 * width * width;
}

function usesSingle(layers: readonly DenseMatrix[], n: number, widths: readonly number[]): boolean {
  const large = n >= SINGLE_ITEMS || sideBySideBytes(n, widths, false) > DOUBLE_BYTES;
  return large && layers.every(({ data }) => data instanceof Float32Array);
}

/** Of every two of several representations of the same items, not yet centred. */
export function allPairSums(layers: readonly DenseMatrix[], options: AllPairsOptions = {}): AllPairs {
  const { cancel = NEVER_CANCELLED, kernels = loadKernels(), progress = () => {} } = options;
  const n = layers[0]?.rows ?? 0;
  const widths = layers.map(({ columns }) => columns);
  const { single = usesSingle(layers, n, widths) } = options;
  const { route = tilesAreCheaper(n, widths) ? "tiles" : "dimensions" } = options;
  const count = layers.length;
  const { memory } = kernels;
  const told = toldItems(n, route, options.byItem ?? "some");
  const bytes =
    sideBySideBytes(n, widths, single) +
    (route === "tiles" ? gramTilesBytes(n, count, single) : crossProductsBytes(widths, single, told?.length ?? n)) +
    diagonalImagesBytes(n, widths, single);
  return memory.scope(bytes, () => {
    const all = sideBySide(memory, layers, single);
    cancel.throwIfCancelled();
    const images = told?.length === 0 ? null : diagonalImages(kernels, all);
    const watched = { cancel, progress };
    if (route === "dimensions") {
      const items = told ?? Int32Array.from({ length: n }, (_, i) => i);
      const { totals, byItem } = crossProductSums(kernels, all, items, {
        ...watched,
        onLayer: (layer, known) =>
          options.onLayer?.(
            layer,
            readable(all, told, known.byItem.data, images, (pair) => known.totals[pair]!),
          ),
      });
      return readable(all, told, byItem.data.slice(), images, (pair) => totals[pair]!);
    }
    let through = 0;
    const byItem = gramTileSums(kernels, all, {
      ...watched,
      onItems(items, sums) {
        if (options.onItems === undefined || items < 2 * through) return;
        through = items;
        options.onItems(someItems(all, items, sums.data));
      },
    }).data.slice();
    // The tiles leave the diagonal out, which is known to all digits.
    for (let a = 0, at = 0; a < count; a++)
      for (let b = 0; b <= a; b++)
        for (let i = 0; i < n; i++, at++) byItem[at]! += all.layers[a]!.diagonal[i]! * all.layers[b]!.diagonal[i]!;
    return readable(all, null, byItem, images, (pair) => {
      let sum = 0;
      for (let at = pair * n; at < (pair + 1) * n; at++) sum += byItem[at]!;
      return sum;
    });
  });
}

/** From what the tiles have summed up by now, without the diagonal; what rows add up to is made here: 2mp operations a layer. */
function someItems({ layers, block, items: n }: SideBySide, items: number, byItem: Float64Array): SomeItems {
  const rows = layers.map(({ start, end }) => rowSums(block, start, end, items));
  const diagonals = layers.map(({ diagonal }) => diagonal.slice(0, items));
  return {
    items,
    at(a, b) {
      const [more, less] = [Math.max(a, b), Math.min(a, b)];
      const from = ((more * (more + 1)) / 2 + less) * n;
      const [first, second] = [diagonals[a]!, diagonals[b]!];
      let total = 0;
      for (let i = 0; i < items; i++) total += byItem[from + i]! + first[i]! * second[i]!;
      return { items, total, rowsFirst: rows[a]!, rowsSecond: rows[b]!, first, second };
    },
  };
}

/** Σ_j x_i·x_j over the first items, for each of them. */
function rowSums(
  { data, stride }: SideBySide["block"],
  start: number,
  end: number,
  items: number,
): Float64Array<ArrayBuffer> {
  const whole = new Float64Array(end - start);
  for (let i = 0; i < items; i++)
    for (let j = start, at = i * stride + start; j < end; j++, at++) whole[j - start]! += data[at]!;
  return Float64Array.from({ length: items }, (_, i) => {
    let sum = 0;
    for (let j = start, at = i * stride + start; j < end; j++, at++) sum += data[at]! * whole[j - start]!;
    return sum;
  });
}

/** Null: all of them. */
function toldItems(
  n: number,
  route: "tiles" | "dimensions",
  wanted: "all" | "some" | "none",
): Int32Array<ArrayBuffer> | null {
  if (route === "tiles" || wanted === "all") return null;
  if (wanted === "none") return new Int32Array(0);
  return n <= 2 * TOLD ? null : shuffled(n, new Random(1)).slice(0, TOLD).sort();
}

function diagonalImagesBytes(n: number, widths: readonly number[], single: boolean): number {
  return (single ? 4 : 8) * widths.length * (2 * n + Math.max(0, ...widths));
}

/** For layers a, b and every item i: Σ_j K_ij·L_jj. Rows of K add up to 0, so that only what L_jj is beside their mean matters. */
function diagonalImages(
  kernels: Kernels,
  { items: n, layers, block, single }: SideBySide,
): readonly Float64Array<ArrayBuffer>[] {
  const count = layers.length;
  const { memory } = kernels;
  const bytes = diagonalImagesBytes(
    n,
    layers.map(({ start, end }) => end - start),
    single,
  );
  return memory.scope(bytes, () => {
    const weights = { data: room(memory, n * count, single), rows: n, columns: count, stride: count };
    for (const [b, { diagonal }] of layers.entries()) {
      const mean = diagonal.reduce((sum, value) => sum + value / n, 0);
      for (let j = 0; j < n; j++) weights.data[j * count + b] = diagonal[j]! - mean;
    }
    const widest = Math.max(0, ...layers.map(({ start, end }) => end - start));
    const [sums, images] = [room(memory, widest * count, single), room(memory, n * count, single)];
    return layers.map(({ start, end }) => {
      const x = { ...block, data: block.data.subarray(start), columns: end - start };
      const along = { data: sums, rows: end - start, columns: count, stride: count };
      multiplyInto(kernels, along, x, weights, { transposeA: true });
      multiplyInto(kernels, { data: images, rows: n, columns: count, stride: count }, x, along, {});
      return Float64Array.from(images);
    });
  });
}

/** Undoes the units of the layers: powers of two, which round nothing. */
function readable(
  { items: n, layers }: SideBySide,
  told: Int32Array<ArrayBuffer> | null,
  byItem: Float64Array,
  images: readonly Float64Array<ArrayBuffer>[] | null,
  total: (pair: number) => number,
): AllPairs {
  const squares = layers.map(({ unit }) => unit * unit);
  const scaled = (from: ArrayLike<number>, start: number, step: number, factor: number, length = n) => {
    const out = new Float64Array(length);
    for (let i = 0; i < length; i++) out[i] = from[start + i * step]! * factor;
    return out;
  };
  const known = told?.length ?? n;
  const image = (of: number, by: number, factor: number) =>
    images === null ? new Float64Array(0) : scaled(images[of]!, by, layers.length, factor);
  return {
    at(a, b) {
      const [more, less] = [Math.max(a, b), Math.min(a, b)];
      const pair = (more * (more + 1)) / 2 + less;
      const factor = squares[a]! * squares[b]!;
      return {
        items: n,
        total: total(pair) * factor,
        told,
        byItem: scaled(byItem, pair * known, 1, factor, known),
        firstBySecond: image(a, b, factor),
        secondByFirst: image(b, a, factor),
        first: scaled(layers[a]!.diagonal, 0, 1, squares[a]!),
        second: scaled(layers[b]!.diagonal, 0, 1, squares[b]!),
      };
    },
  };
}
