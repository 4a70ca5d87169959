/** An array of n axes in equal chunks on a grid; chunks at the far edges may stand over. */
export interface ChunkedArray {
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly itemBytes: number;
  /** Order of the elements inside a chunk; row-major unless said. */
  readonly columnMajor?: boolean;
  /** The bytes of a whole chunk, or null if it was never written and stays as it was filled. */
  fetch(coordinates: readonly number[]): Promise<Uint8Array | null>;
}

/**
 * Elements [start, start + count) in row-major order, into `out` (which holds the fill values already).
 * The range is cut into boxes: a run along one axis, full behind it, one index before it. Of each box only the chunks that it meets
 * are fetched, each once.
 */
export async function readChunked(array: ChunkedArray, start: number, count: number, out: Uint8Array): Promise<void> {
  for (const box of boxesOf(array.shape, start, count)) await readBox(array, box, out);
}

interface Box {
  readonly from: readonly number[];
  readonly size: readonly number[];
  /** Elements of the range that lie before this box. */
  readonly before: number;
}

function boxesOf(shape: readonly number[], start: number, count: number): Box[] {
  const rank = shape.length;
  const behind = new Array<number>(rank + 1).fill(1);
  for (let axis = rank - 1; axis >= 0; axis--) behind[axis] = (behind[axis + 1] ?? 1) * (shape[axis] ?? 1);
  const boxes: Box[] = [];
  let at = start;
  let left = count;
  if (rank === 0) return count > 0 ? [{ from: [], size: [], before: 0 }] : [];
  while (left > 0) {
    // The slowest axis along which the position is aligned and at least one whole slice is wanted.
    let axis = 0;
    while (axis < rank - 1 && (at % (behind[axis + 1] ?? 1) !== 0 || left < (behind[axis + 1] ?? 1))) axis += 1;
    const slice = behind[axis + 1] ?? 1;
    const from: number[] = [];
    let rest = at;
    for (let k = 0; k < rank; k++) {
      const each = behind[k + 1] ?? 1;
      from.push(Math.floor(rest / each));
      rest %= each;
    }
    const length = Math.min((shape[axis] ?? 1) - (from[axis] ?? 0), Math.floor(left / slice));
    const size = shape.map((whole, k) => (k < axis ? 1 : k === axis ? length : whole));
    boxes.push({ from, size, before: at - start });
    at += length * slice;
    left -= length * slice;
  }
  return boxes;
}

async function readBox(array: ChunkedArray, { from, size, before }: Box, out: Uint8Array): Promise<void> {
  const { chunk } = array;
  const rank = chunk.length;
  const first = from.map((value, axis) => Math.floor(value / (chunk[axis] ?? 1)));
  const last = from.map((value, axis) => Math.floor((value + (size[axis] ?? 1) - 1) / (chunk[axis] ?? 1)));
  const at = first.slice();
  for (;;) {
    const bytes = await array.fetch(at);
    if (bytes !== null) copyPart(array, bytes, at, { from, size, before }, out);
    let axis = rank - 1;
    for (; axis >= 0; axis--) {
      at[axis] = (at[axis] ?? 0) + 1;
      if ((at[axis] ?? 0) <= (last[axis] ?? 0)) break;
      at[axis] = first[axis] ?? 0;
    }
    if (axis < 0) return;
  }
}

/** Copies what a chunk and a box have in common. */
function copyPart(array: ChunkedArray, bytes: Uint8Array, at: readonly number[], box: Box, out: Uint8Array): void {
  const { chunk, itemBytes } = array;
  const rank = chunk.length;
  const low = box.from.map((value, axis) => Math.max(value, (at[axis] ?? 0) * (chunk[axis] ?? 1)));
  const high = box.from.map((value, axis) =>
    Math.min(value + (box.size[axis] ?? 1), ((at[axis] ?? 0) + 1) * (chunk[axis] ?? 1)),
  );
  const fromStrides = stridesOf(chunk, array.columnMajor === true);
  const toStrides = stridesOf(box.size, false);
  let source = 0;
  let target = box.before;
  for (let axis = 0; axis < rank; axis++) {
    source += ((low[axis] ?? 0) - (at[axis] ?? 0) * (chunk[axis] ?? 1)) * (fromStrides[axis] ?? 1);
    target += ((low[axis] ?? 0) - (box.from[axis] ?? 0)) * (toStrides[axis] ?? 1);
  }
  const inner = rank - 1;
  const run = rank === 0 ? 1 : (high[inner] ?? 0) - (low[inner] ?? 0);
  const step = rank === 0 ? 1 : (fromStrides[inner] ?? 1);
  const copyRun = (fromAt: number, toAt: number) => {
    if (step === 1) {
      out.set(bytes.subarray(fromAt * itemBytes, (fromAt + run) * itemBytes), toAt * itemBytes);
      return;
    }
    for (let i = 0; i < run; i++)
      for (let byte = 0; byte < itemBytes; byte++)
        out[(toAt + i) * itemBytes + byte] = bytes[(fromAt + i * step) * itemBytes + byte] ?? 0;
  };
  const index = low.slice();
  for (;;) {
    copyRun(source, target);
    let axis = inner - 1;
    for (; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      source += fromStrides[axis] ?? 1;
      target += toStrides[axis] ?? 1;
      if ((index[axis] ?? 0) < (high[axis] ?? 0)) break;
      const back = (high[axis] ?? 0) - (low[axis] ?? 0);
      source -= back * (fromStrides[axis] ?? 1);
      target -= back * (toStrides[axis] ?? 1);
      index[axis] = low[axis] ?? 0;
    }
    if (axis < 0) return;
  }
}

function stridesOf(sizes: readonly number[], columnMajor: boolean): number[] {
  const strides = new Array<number>(sizes.length).fill(1);
  let stride = 1;
  for (let k = 0; k < sizes.length; k++) {
    const axis = columnMajor ? k : sizes.length - 1 - k;
    strides[axis] = stride;
    stride *= sizes[axis] ?? 1;
  }
  return strides;
}
