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
 * A dissimilarity matrix (n × n, row-major) as pixels, row and column k showing item `order[k]`: the map's zero is alike, its end the matrix's largest entry;
 * what is negative (crossnobis) is drawn as zero. Kept with the matrix for as long as order and theme stay.
 */
export function rdmPixels(values: Float32Array, order: readonly number[], kind: ColourMapKind): RdmPixels {
  const known = kept.get(values);
  if (known !== undefined && known.kind === kind && sameOrder(known.order, order)) return known.pixels;
  const n = order.length;
  const side = Math.min(n, MOST_SIDE);
  let most = 0;
  for (const value of values) if (value > most) most = value;
  const words = new Uint32Array(side * side);
  const colours = shadesOf(kind);
  const gain = most > 0 ? (SHADES - 1) / most : 0;
  // Bounds of the blocks, and where items stand in the values: a screen of layers is ten million pixels.
  const first = Int32Array.from({ length: side + 1 }, (_, pixel) => Math.floor((pixel * n) / side));
  const places = Int32Array.from(order);
  for (let r = 0; r < side; r++) {
    const [top, bottom] = [first[r]!, first[r + 1]!];
    for (let c = 0; c < side; c++) {
      const left = first[c]!;
      const right = first[c + 1]!;
      let sum = 0;
      for (let i = top; i < bottom; i++) {
        const row = places[i]! * n;
        for (let j = left; j < right; j++) sum += values[row + places[j]!]!;
      }
      const shade = Math.round((sum / ((bottom - top) * (right - left))) * gain);
      words[r * side + c] = colours[shade > 0 ? Math.min(SHADES - 1, shade) : 0]!;
    }
  }
  const pixels = { columns: side, rows: side, rgba: new Uint8ClampedArray(words.buffer) };
  kept.set(values, { pixels, order, kind });
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
