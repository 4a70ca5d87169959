import { DTYPES, type RealArray } from "../../base/dtype.ts";
import { decodeElements } from "./decode.ts";
import type { NpyHeader } from "./npyHeader.ts";

/** Reads a range of the array's data, relative to its first byte. */
export type ReadData = (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** At most this many bytes of a column-major array are held at once while it is turned. */
const BLOCK_BYTES = 64 * 2 ** 20;

/** Logical elements [start, start + count) in row-major order, whatever the order in the file. */
export async function readNpyValues(
  header: NpyHeader,
  read: ReadData,
  start: number,
  count: number,
): Promise<RealArray> {
  const width = DTYPES[header.dtype].bytes;
  if (!header.fortranOrder)
    return decodeElements(await read(start * width, count * width), header.dtype, header.littleEndian);
  const out: RealArray = DTYPES[header.dtype].fitsFloat32 ? new Float32Array(count) : new Float64Array(count);
  // Walk the file's blocks in order and pick what falls into the asked range: every byte is read once, memory stays at one block.
  const strides = columnMajorStrides(header.shape);
  const position = logicalPositions(header.shape, strides, start, count);
  const block = Math.max(1, Math.floor(BLOCK_BYTES / width));
  for (let from = position.lowest; from <= position.highest; from += block) {
    const length = Math.min(block, position.highest + 1 - from);
    const values = decodeElements(await read(from * width, length * width), header.dtype, header.littleEndian);
    position.forEach((at, i) => {
      if (at >= from && at < from + length) out[i] = values[at - from] ?? 0;
    });
  }
  return out;
}

function columnMajorStrides(shape: readonly number[]): number[] {
  let stride = 1;
  return shape.map((size) => {
    const mine = stride;
    stride *= size;
    return mine;
  });
}

/** Where each asked element stands in the file. */
function logicalPositions(shape: readonly number[], strides: readonly number[], start: number, count: number) {
  const first = new Array<number>(shape.length).fill(0);
  let rest = start;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = Math.max(1, shape[axis] ?? 1);
    first[axis] = rest % size;
    rest = Math.floor(rest / size);
  }
  const forEach = (visit: (at: number, i: number) => void) => {
    const index = first.slice();
    let at = index.reduce((sum, value, axis) => sum + value * (strides[axis] ?? 0), 0);
    for (let i = 0; i < count; i++) {
      visit(at, i);
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        index[axis] = (index[axis] ?? 0) + 1;
        at += strides[axis] ?? 0;
        if ((index[axis] ?? 0) < (shape[axis] ?? 1)) break;
        at -= (index[axis] ?? 0) * (strides[axis] ?? 0);
        index[axis] = 0;
      }
    }
  };
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  forEach((at) => {
    lowest = Math.min(lowest, at);
    highest = Math.max(highest, at);
  });
  return { lowest, highest, forEach };
}
