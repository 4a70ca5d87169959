import { load2 } from "./lanes";

/**
 * Packs `count` vectors of `depth` elements (of A the rows, of B the columns) into panels of `tile` vectors, depth first: element p of vector i of a
 * panel lands at p·tile + i, so that the register tile reads both operands in order. A last, incomplete panel is filled up with zeros.
 * S is widened to T on the way. Steps are in bytes; one of them is the size of an element.
 */
export function pack<T, S>(
  to: usize,
  panelBytes: usize,
  from: usize,
  count: i32,
  depth: i32,
  countStep: usize,
  depthStep: usize,
  tile: i32,
): void {
  for (let i: i32 = 0; i < count; i += tile) {
    const source = from + <usize>i * countStep;
    if (count - i < tile) packEdge<T, S>(to, source, count - i, depth, countStep, depthStep, tile);
    else if (countStep === sizeof<S>()) packAlong<T, S>(to, source, depth, depthStep, tile);
    else if (depthStep === sizeof<S>()) packAcross<T, S>(to, source, depth, countStep, tile);
    else packEdge<T, S>(to, source, tile, depth, countStep, depthStep, tile);
    to += panelBytes;
  }
}

function packEdge<T, S>(
  to: usize,
  from: usize,
  count: i32,
  depth: i32,
  countStep: usize,
  depthStep: usize,
  tile: i32,
): void {
  for (let p: i32 = 0; p < depth; p++) {
    for (let i: i32 = 0; i < tile; i++) {
      const value: T = i < count ? <T>load<S>(from + <usize>i * countStep + <usize>p * depthStep) : <T>0;
      store<T>(to + ((<usize>i) << alignof<T>()), value);
    }
    to += (<usize>tile) << alignof<T>();
  }
}

/** The vectors of a panel are neighbours in memory. */
function packAlong<T, S>(to: usize, from: usize, depth: i32, depthStep: usize, tile: i32): void {
  for (let p: i32 = 0; p < depth; p++) {
    let at = from;
    let i: i32 = 0;
    if (sizeof<T>() === 8) {
      for (; i + 1 < tile; i += 2) {
        v128.store(to, load2<S>(at));
        to += 16;
        at += 2 * sizeof<S>();
      }
    } else {
      for (; i + 3 < tile; i += 4) {
        v128.store(to, v128.load(at));
        to += 16;
        at += 16;
      }
    }
    for (; i < tile; i++) {
      store<T>(to, <T>load<S>(at));
      to += sizeof<T>();
      at += sizeof<S>();
    }
    from += depthStep;
  }
}

/** The elements of a vector are neighbours in memory: two vectors at a time are interleaved. */
function packAcross<T, S>(to: usize, from: usize, depth: i32, countStep: usize, tile: i32): void {
  const step = (<usize>tile) << alignof<T>();
  let i: i32 = 0;
  for (; i + 1 < tile; i += 2) {
    let at = from;
    let put = to;
    let p: i32 = 0;
    if (sizeof<T>() === 8) {
      for (; p + 1 < depth; p += 2) {
        const x = load2<S>(at);
        const y = load2<S>(at + countStep);
        v128.store(put, v128.shuffle<f64>(x, y, 0, 2));
        v128.store(put + step, v128.shuffle<f64>(x, y, 1, 3));
        at += 2 * sizeof<S>();
        put += 2 * step;
      }
    } else {
      for (; p + 3 < depth; p += 4) {
        const x = v128.load(at);
        const y = v128.load(at + countStep);
        const low = v128.shuffle<f32>(x, y, 0, 4, 1, 5);
        const high = v128.shuffle<f32>(x, y, 2, 6, 3, 7);
        v128.store64_lane(put, low, 0);
        v128.store64_lane(put + step, low, 1);
        v128.store64_lane(put + 2 * step, high, 0);
        v128.store64_lane(put + 3 * step, high, 1);
        at += 16;
        put += 4 * step;
      }
    }
    for (; p < depth; p++) {
      store<T>(put, <T>load<S>(at));
      store<T>(put + sizeof<T>(), <T>load<S>(at + countStep));
      at += sizeof<S>();
      put += step;
    }
    from += 2 * countStep;
    to += 2 * sizeof<T>();
  }
  for (; i < tile; i++) {
    let at = from;
    let put = to;
    for (let p: i32 = 0; p < depth; p++) {
      store<T>(put, <T>load<S>(at));
      at += sizeof<S>();
      put += step;
    }
    from += countStep;
    to += sizeof<T>();
  }
}
