/**
 * Places of values (no NaN) from the smallest to the largest, ties by place: a radix sort of their bits, eleven at a time. −0 is 0. The upper half of the bits goes
 * first: it tells all but a few apart, which are then put right one by one; where they are not few, the lower half is sorted before it.
 * Cost: O(m), three passes over m entries and a look at each, or six more; fewer where all have the same bits. Several times as fast as sorting and searching.
 */

const BITS = 11;
const BUCKETS = 2 ** BITS;
/** Of the high half. */
const SIGN = 2 ** 31;
/** Steps that putting right may take, for every entry. */
const PATIENCE = 4;

export function sortedOrder(values: Float64Array): Int32Array<ArrayBuffer> {
  const [low, high] = keysOf(values);
  const places = new Int32Array(values.length);
  for (let i = 0; i < places.length; i++) places[i] = i;
  const order = byDigits(places.slice(), high);
  return putRight(order, values) ? order : byDigits(byDigits(places, low), high);
}

/** Stable. May return another array than it was given. */
function byDigits(order: Int32Array<ArrayBuffer>, keys: Uint32Array): Int32Array<ArrayBuffer> {
  let [from, to] = [order, new Int32Array(order.length)];
  const starts = new Int32Array(BUCKETS);
  for (let shift = 0; shift < 32; shift += BITS) {
    if (!countDigits(keys, shift, starts)) continue;
    scatter(from, to, keys, shift, starts);
    [from, to] = [to, from];
  }
  return from;
}

/** By insertion; false where that would take long. */
function putRight(order: Int32Array, values: Float64Array): boolean {
  let steps = PATIENCE * order.length;
  for (let k = 1; k < order.length; k++) {
    const place = order[k]!;
    const value = values[place]!;
    let at = k;
    for (; at > 0 && values[order[at - 1]!]! > value; at--) order[at] = order[at - 1]!;
    order[at] = place;
    steps -= k - at;
    if (steps < 0) return false;
  }
  return true;
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
