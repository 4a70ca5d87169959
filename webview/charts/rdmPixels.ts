import { type ColourMapKind, divergingColour } from "./colourMap.ts";

/** More pixels than this along a side are more than a screen shows: blocks of entries are averaged. */
const MOST_SIDE = 480;
const SHADES = 256;

export interface RdmPixels {
  readonly columns: number;
  readonly rows: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

interface Kept {
  readonly pixels: RdmPixels;
  readonly order: readonly number[];
  readonly kind: ColourMapKind;
}

const kept = new WeakMap<Float32Array, Kept>();
const shades = new Map<ColourMapKind, Uint32Array>();

/**
 * A dissimilarity matrix (its entries above the diagonal, row by row) as pixels, row and column k showing item `order[k]`: the map's zero is alike, its end
 * the matrix's largest entry; what is negative (crossnobis) is drawn as zero. Kept with the matrix for as long as order and theme stay.
 */
export function rdmPixels(triangle: Float32Array, order: readonly number[], kind: ColourMapKind): RdmPixels {
  const known = kept.get(triangle);
  if (known !== undefined && known.kind === kind && sameOrder(known.order, order)) return known.pixels;
  const n = order.length;
  const side = Math.min(n, MOST_SIDE);
  let most = 0;
  for (const value of triangle) if (value > most) most = value;
  const words = new Uint32Array(side * side);
  const colours = shadesOf(kind);
  const gain = most > 0 ? (SHADES - 1) / most : 0;
  // Bounds of the blocks, where items stand in the entries, and where each item's row of them would have its column 0.
  const first = Int32Array.from({ length: side + 1 }, (_, pixel) => Math.floor((pixel * n) / side));
  const places = Int32Array.from(order);
  const rows = Int32Array.from({ length: n }, (_, item) => item * n - (item * (item + 1)) / 2 - item - 1);
  for (let r = 0; r < side; r++) {
    const [top, bottom] = [first[r]!, first[r + 1]!];
    // It is its own mirror image, in any order.
    for (let c = r; c < side; c++) {
      const left = first[c]!;
      const right = first[c + 1]!;
      let sum = 0;
      for (let i = top; i < bottom; i++) {
        const a = places[i]!;
        for (let j = left; j < right; j++) {
          const b = places[j]!;
          if (a < b) sum += triangle[rows[a]! + b]!;
          else if (b < a) sum += triangle[rows[b]! + a]!;
        }
      }
      const shade = Math.round((sum / ((bottom - top) * (right - left))) * gain);
      const colour = colours[shade > 0 ? Math.min(SHADES - 1, shade) : 0]!;
      words[r * side + c] = colour;
      words[c * side + r] = colour;
    }
  }
  const pixels = { columns: side, rows: side, rgba: new Uint8ClampedArray(words.buffer) };
  kept.set(triangle, { pixels, order, kind });
  return pixels;
}

/** Whoever sorts items anew may arrive at the same order. */
function sameOrder(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((item, at) => item === b[at]));
}

/** As the words that an ImageData of a little-endian machine holds. */
function shadesOf(kind: ColourMapKind): Uint32Array {
  const known = shades.get(kind);
  if (known !== undefined) return known;
  const made = Uint32Array.from({ length: SHADES }, (_, k) => {
    const [red, green, blue] = divergingColour(kind, k / (SHADES - 1));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
  shades.set(kind, made);
  return made;
}
