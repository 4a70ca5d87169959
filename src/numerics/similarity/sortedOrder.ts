/**
 * Places of finite values from the smallest to the largest, ties by place: a radix sort of their bits, eleven at a time from the lowest. −0 is 0.
 * Cost: O(m), six passes over m entries, fewer where all have the same bits; no comparison. Several times as fast as sorting and searching.
 */

const BITS = 11;
const BUCKETS = 2 ** BITS;
/** Of the high half. */
const SIGN = 2 ** 31;
/** Which half of the bits a pass looks at (0 the low one), and from which bit on. */
const PASSES = [
  [0, 0],
  [0, BITS],
  [0, 2 * BITS],
  [1, 0],
  [1, BITS],
  [1, 2 * BITS],
] as const;

export function sortedOrder(values: Float64Array): Int32Array<ArrayBuffer> {
  const m = values.length;
  const [low, high] = keysOf(values);
  let from = new Int32Array(m);
  for (let i = 0; i < m; i++) from[i] = i;
  let to = new Int32Array(m);
  const starts = new Int32Array(BUCKETS);
  for (const [half, shift] of PASSES) {
    const keys = half === 0 ? low : high;
    if (!countDigits(keys, shift, starts)) continue;
    scatter(from, to, keys, shift, starts);
    [from, to] = [to, from];
  }
  return from;
}

/** Halves of whole numbers that are ordered as the values are: negative ones with all bits turned, the others with their sign. */
function keysOf(values: Float64Array): [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>] {
  const m = values.length;
  const [low, high] = [new Uint32Array(m), new Uint32Array(m)];
  // Every platform that runs this stores the low half first.
  const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * m);
  for (let i = 0; i < m; i++) {
    const [bottom, top] = [bits[2 * i]!, bits[2 * i + 1]!];
    if (top < SIGN) {
      low[i] = bottom;
      high[i] = top + SIGN;
    } else if (top === SIGN && bottom === 0) high[i] = SIGN;
    else {
      low[i] = ~bottom;
      high[i] = ~top;
    }
  }
  return [low, high];
}

/** Where each bucket begins; false if there is only one. */
function countDigits(keys: Uint32Array, shift: number, starts: Int32Array): boolean {
  starts.fill(0);
  for (let i = 0; i < keys.length; i++) starts[(keys[i]! >>> shift) & (BUCKETS - 1)]!++;
  let sum = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const count = starts[bucket]!;
    if (count === keys.length) return false;
    starts[bucket] = sum;
    sum += count;
  }
  return true;
}

function scatter(from: Int32Array, to: Int32Array, keys: Uint32Array, shift: number, next: Int32Array): void {
  for (let k = 0; k < from.length; k++) {
    const place = from[k]!;
    to[next[(keys[place]! >>> shift) & (BUCKETS - 1)]!++] = place;
  }
}
