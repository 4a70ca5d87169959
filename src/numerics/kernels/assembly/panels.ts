import { load2 } from "./lanes";
import { backward32, backward64, forward32, forward64, PANEL_TILE, PASSES } from "./tile";
import { edgeTile, packedA } from "./workspace";

/** Rows of a panel, and columns of X. `../panels.ts` writes the same layout. */
const PANEL: i32 = 24;
const WIDTH: i32 = 8;
/** Columns whose part of a panel and of X stay in the first cache; a multiple of every tile. */
const CHUNK: i32 = 120;

/**
 * Y := Y + Aᵀ·(A·X) panel by panel, so that A comes from memory once. A stands in panels of 24 rows, column by column: element (i, j) of a panel at
 * 24·j + i. X and Y are columns × 8, row-major; the images A·X go to `images`; where that is 0, nobody wants them.
 */
export function gram<T, S>(from: i32, to: i32, columns: i32, a: usize, x: usize, y: usize, images: usize): void {
  const column = (<usize>PANEL) << alignof<S>();
  const row = (<usize>WIDTH) << alignof<T>();
  a += <usize>from * <usize>columns * column;
  const keep = images !== 0;
  if (keep) images += <usize>(from * PANEL) * row;
  else images = edgeTile();
  for (let panel = from; panel < to; panel++) {
    memory.fill(images, 0, <usize>PANEL * row);
    for (let at: i32 = 0; at < columns; at += CHUNK) {
      const depth = min(CHUNK, columns - at);
      const block = wide<T, S>(a + <usize>at * column, depth);
      for (let pass: usize = 0; pass < passes<T>(); pass++) {
        const shift = (pass * row) / passes<T>();
        const from = x + <usize>at * row + shift;
        for (let i: i32 = 0; i < PANEL; i += PANEL_TILE) {
          forward<T>(depth, block + ((<usize>i) << alignof<T>()), from, images + <usize>i * row + shift);
        }
      }
    }
    for (let at: i32 = 0; at < columns; at += CHUNK) {
      const count = min(CHUNK, columns - at);
      const block = wide<T, S>(a + <usize>at * column, count);
      for (let pass: usize = 0; pass < passes<T>(); pass++) {
        const shift = (pass * row) / passes<T>();
        for (let j: i32 = 0; j < count; j += PANEL_TILE) {
          const from = block + ((<usize>(j * PANEL)) << alignof<T>());
          backward<T>(from, images + shift, y + <usize>(at + j) * row + shift);
        }
      }
    }
    a += <usize>columns * column;
    if (keep) images += <usize>PANEL * row;
  }
}

function passes<T>(): usize {
  return sizeof<T>() === 8 ? PASSES : 1;
}

/** Some columns of a panel in the type of the sums: as they stand, or widened into the workspace. */
function wide<T, S>(from: usize, columns: i32): usize {
  if (sizeof<T>() === sizeof<S>()) return from;
  const to = packedA();
  for (let put = to, end = to + <usize>(columns * PANEL * 8); put < end; put += 64) {
    v128.store(put, load2<S>(from));
    v128.store(put, load2<S>(from + 8), 16);
    v128.store(put, load2<S>(from + 16), 32);
    v128.store(put, load2<S>(from + 24), 48);
    from += 32;
  }
  return to;
}

function forward<T>(depth: i32, a: usize, x: usize, out: usize): void {
  if (sizeof<T>() === 4) forward32(depth, a, x, out);
  else forward64(depth, a, x, out);
}

function backward<T>(a: usize, x: usize, out: usize): void {
  if (sizeof<T>() === 4) backward32(PANEL, a, x, out);
  else backward64(PANEL, a, x, out);
}
