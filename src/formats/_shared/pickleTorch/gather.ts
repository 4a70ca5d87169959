import type { ByteSource } from "../../../base/byteSource.ts";
import { isContiguous } from "./layout.ts";

/** Bytes of storage held at once while scattered elements are picked from it. */
const WINDOW_BYTES = 32 * 1024 * 1024;

/** A strided view of a byte range. Offset and strides count elements of `itemBytes`. */
export interface StridedBytes {
  /** Where the storage begins in the source. */
  readonly base: number;
  readonly itemBytes: number;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * Raw bytes of logical elements [start, start + count) in row-major order. A contiguous view is one ranged read;
 * any other is picked from windows over the span that the elements touch, each window read once.
 */
export async function gatherBytes(
  source: Pick<ByteSource, "read">,
  view: StridedBytes,
  start: number,
  count: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { itemBytes, base } = view;
  if (count === 0) return new Uint8Array(0);
  if (isContiguous(view.shape, view.strides)) {
    return source.read(base + (view.offset + start) * itemBytes, count * itemBytes, signal);
  }
  const positions = positionsOf(view, start, count);
  let first = Number.POSITIVE_INFINITY;
  let last = -1;
  for (const position of positions) {
    if (position < first) first = position;
    if (position > last) last = position;
  }
  const out = new Uint8Array(count * itemBytes);
  const perWindow = Math.max(1, Math.floor(WINDOW_BYTES / itemBytes));
  for (let from = first; from <= last; from += perWindow) {
    signal?.throwIfAborted();
    const to = Math.min(last + 1, from + perWindow);
    if (perWindow < last + 1 - first && !positions.some((position) => position >= from && position < to)) continue;
    const window = await source.read(base + from * itemBytes, (to - from) * itemBytes, signal);
    for (let i = 0; i < count; i++) {
      const position = positions[i]!;
      if (position < from || position >= to) continue;
      const at = (position - from) * itemBytes;
      for (let b = 0; b < itemBytes; b++) out[i * itemBytes + b] = window[at + b]!;
    }
  }
  return out;
}

/** Storage positions of the logical elements, counted up like an odometer. */
function positionsOf(view: StridedBytes, start: number, count: number): Float64Array {
  const { shape, strides } = view;
  const index = new Array<number>(shape.length).fill(0);
  let rest = start;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  let position = view.offset;
  for (let axis = 0; axis < shape.length; axis++) position += index[axis]! * strides[axis]!;
  const positions = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    positions[i] = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      position += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      position -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return positions;
}
