import { sum64 } from "./lanes";
import { PAIR_VECTORS, pairs32, pairs64 } from "./tile";
import { edgeTile, PACKED_B_BYTES, packedB } from "./workspace";

/** Products that a lane adds up in the type of the matrices before they go into a sum in float64. */
const CHUNK: i32 = 128;
/** Bytes of a row that are copied together: two lines of the cache. */
const STRIP: usize = 128;
/** Matrices on either side of a tile. */
const SIDE: i32 = 3;

/**
 * sums(pair, i) += Σⱼ A(i, j)·B(i, j) for every two matrices A ≥ B of a stack of `count`, pair a(a + 1)/2 + b; with `down` sums over rows, for every column.
 * A tile takes three matrices against three; where fewer are left the last one is taken again and its sums are not kept.
 */
export function pairs<T>(
  down: bool,
  from: i32,
  to: i32,
  depth: i32,
  count: i32,
  stack: usize,
  matrixStep: usize,
  rowStep: usize,
  sums: usize,
  sumsRow: usize,
): void {
  const lanes = (PAIR_VECTORS * 16) >> alignof<T>();
  const step = bytes<T>(lanes);
  if (down) {
    // A column touches a page a row: some columns of all matrices are copied side by side first, as many as fill a vector together.
    const places = min(CHUNK, <i32>(PACKED_B_BYTES / (<usize>count * STRIP)));
    const whole = to - ((to - from) % lanes);
    const strip = <i32>(STRIP >> alignof<T>());
    for (let p: i32 = 0; p < depth; p += places) {
      const rows = min(places, depth - p);
      const at = stack + <usize>p * rowStep;
      const matrix = <usize>rows * step;
      for (let j = from; j < whole; j += strip) {
        const width = min(strip, whole - j);
        copyStrip(count, rows, at + bytes<T>(j), matrixStep, rowStep, bytes<T>(width), step);
        let packed = packedB();
        for (let k = j; k < j + width; k += lanes) {
          tiles<T>(true, rows, step, count, packed, matrix, sums + <usize>k * 8, sumsRow);
          packed += <usize>count * matrix;
        }
      }
      for (let j = whole; j < to; j++) {
        single<T>(rows, rowStep, count, at + bytes<T>(j), matrixStep, sums + <usize>j * 8, sumsRow);
      }
    }
    return;
  }
  const whole = depth - (depth % lanes);
  for (let i = from; i < to; i++) {
    const row = stack + <usize>i * rowStep;
    const sum = sums + <usize>i * 8;
    for (let p: i32 = 0; p < whole; p += CHUNK * lanes) {
      tiles<T>(false, min(CHUNK, (whole - p) / lanes), step, count, row + bytes<T>(p), matrixStep, sum, sumsRow);
    }
    if (whole < depth) single<T>(depth - whole, sizeof<T>(), count, row + bytes<T>(whole), matrixStep, sum, sumsRow);
  }
}

/** `rows` × `width` bytes of every matrix, in slices of `step` bytes: slice after slice, in each matrix after matrix, row after row. */
function copyStrip(
  count: i32,
  rows: i32,
  from: usize,
  matrixStep: usize,
  rowStep: usize,
  width: usize,
  step: usize,
): void {
  const slice = <usize>count * <usize>rows * step;
  let to = packedB();
  for (let a: i32 = 0; a < count; a++) {
    let at = from + <usize>a * matrixStep;
    for (let i: i32 = 0; i < rows; i++) {
      let put = to;
      for (let k: usize = 0; k < width; k += step) {
        v128.store(put, v128.load(at + k));
        if (PAIR_VECTORS === 2) v128.store(put, v128.load(at + k, 16), 16);
        put += slice;
      }
      to += step;
      at += rowStep;
    }
  }
}

function bytes<T>(elements: i32): usize {
  return (<usize>elements) << alignof<T>();
}

function tiles<T>(
  down: bool,
  places: i32,
  step: usize,
  count: i32,
  at: usize,
  matrixStep: usize,
  sums: usize,
  sumsRow: usize,
): void {
  const last = count - 1;
  const out = edgeTile();
  for (let a: i32 = 0; a < count; a += SIDE) {
    const a0 = at + <usize>a * matrixStep;
    const a1 = at + <usize>min(a + 1, last) * matrixStep;
    const a2 = at + <usize>min(a + 2, last) * matrixStep;
    for (let b: i32 = 0; b <= a; b += SIDE) {
      const b0 = at + <usize>b * matrixStep;
      const b1 = at + <usize>min(b + 1, last) * matrixStep;
      const b2 = at + <usize>min(b + 2, last) * matrixStep;
      if (sizeof<T>() === 4) pairs32(places, step, a0, a1, a2, b0, b1, b2, out);
      else pairs64(places, step, a0, a1, a2, b0, b1, b2, out);
      for (let i: i32 = 0; i < SIDE && a + i < count; i++) {
        let sum = sums + <usize>(((a + i) * (a + i + 1)) / 2 + b) * sumsRow;
        for (let j: i32 = 0; j < SIDE && b + j <= a + i; j++) {
          const found = out + <usize>((i * SIDE + j) * PAIR_VECTORS * 16);
          if (down) addLanes<T>(sum, found);
          else addTogether<T>(sum, found);
          sum += sumsRow;
        }
      }
    }
  }
}

/** Every lane to a sum of its own. */
function addLanes<T>(sums: usize, found: usize): void {
  for (let v: i32 = 0; v < PAIR_VECTORS; v++) {
    const lanes = v128.load(found);
    if (sizeof<T>() === 8) v128.store(sums, f64x2.add(v128.load(sums), lanes));
    else {
      v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(lanes)));
      v128.store(sums, f64x2.add(v128.load(sums, 16), high(lanes)), 16);
    }
    found += 16;
    sums += 16 * (8 / sizeof<T>());
  }
}

/** All lanes to one sum. */
function addTogether<T>(sum: usize, found: usize): void {
  let total = f64x2.splat(0);
  for (let v: i32 = 0; v < PAIR_VECTORS; v++) {
    const lanes = v128.load(found);
    if (sizeof<T>() === 8) total = f64x2.add(total, lanes);
    else total = f64x2.add(total, f64x2.add(f64x2.promote_low_f32x4(lanes), high(lanes)));
    found += 16;
  }
  store<f64>(sum, load<f64>(sum) + sum64(total));
}

/** The upper two of four lanes, widened. */
function high(lanes: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(lanes, lanes, 1, 1));
}

/** What fills no vector. */
function single<T>(
  places: i32,
  step: usize,
  count: i32,
  at: usize,
  matrixStep: usize,
  sums: usize,
  sumsRow: usize,
): void {
  for (let a: i32 = 0; a < count; a++) {
    for (let b: i32 = 0; b <= a; b++) {
      let x = at + <usize>a * matrixStep;
      let y = at + <usize>b * matrixStep;
      let total: f64 = 0;
      for (let p: i32 = 0; p < places; p++) {
        total += <f64>load<T>(x) * <f64>load<T>(y);
        x += step;
        y += step;
      }
      store<f64>(sums, load<f64>(sums) + total);
      sums += sumsRow;
    }
  }
}
