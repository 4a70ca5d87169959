import type { RealArray } from "../../base/dtype.ts";

/** A box of a larger tensor, kept as a row-major tensor of its own. */
export interface Box {
  readonly offsets: readonly number[];
  readonly sizes: readonly number[];
  read(start: number, count: number, signal?: AbortSignal): Promise<RealArray>;
}

const volume = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

/** Above this many boxes, pairs are not compared: their volumes still have to add up. */
const MAX_PAIRED = 2048;

/** Why the boxes do not make up the whole tensor, or null: each inside, none over another, together all of it. */
export function boxesMiss(shape: readonly number[], boxes: readonly Pick<Box, "offsets" | "sizes">[]): string | null {
  let covered = 0;
  for (const { offsets, sizes } of boxes) {
    const inside =
      offsets.length === shape.length &&
      sizes.length === shape.length &&
      shape.every((size, axis) => (offsets[axis] ?? 0) + (sizes[axis] ?? 0) <= size);
    if (!inside) return "one of its parts lies outside of it";
    covered += volume(sizes);
  }
  if (covered !== volume(shape)) return `its parts have ${covered} of its ${volume(shape)} elements`;
  if (boxes.length <= MAX_PAIRED) {
    for (const [i, a] of boxes.entries())
      for (const b of boxes.slice(i + 1)) if (overlap(a, b)) return "two of its parts overlap";
  }
  return null;
}

function overlap(a: Pick<Box, "offsets" | "sizes">, b: Pick<Box, "offsets" | "sizes">): boolean {
  return (
    a.offsets.every((start, axis) => {
      const other = b.offsets[axis] ?? 0;
      return start < other + (b.sizes[axis] ?? 0) && other < start + (a.sizes[axis] ?? 0);
    }) &&
    volume(a.sizes) > 0 &&
    volume(b.sizes) > 0
  );
}

/**
 * Logical elements [start, start + count) of a tensor that is cut into boxes. In each box the wanted elements lie between a first and
 * a last one of its own order; that span is read once, and its runs are copied to where they belong.
 */
export async function readBoxes(
  shape: readonly number[],
  boxes: readonly Box[],
  start: number,
  count: number,
  wide: boolean,
  signal?: AbortSignal,
): Promise<RealArray> {
  const out = wide ? new Float64Array(count) : new Float32Array(count);
  if (count === 0) return out;
  const strides = shape.map((_, axis) => volume(shape.slice(axis + 1)));
  for (const box of boxes) {
    if (volume(box.sizes) === 0) continue;
    const runs = runsOf(box, shape, strides, start, start + count);
    const [first] = runs;
    const last = runs.at(-1);
    if (first === undefined || last === undefined) continue;
    const values = await box.read(first.inner, last.inner + last.length - first.inner, signal);
    for (const { inner, outer, length } of runs)
      out.set(values.subarray(inner - first.inner, inner - first.inner + length), outer - start);
  }
  return out;
}

interface Run {
  readonly inner: number;
  readonly outer: number;
  readonly length: number;
}

/** Runs that are contiguous in the box and in the tensor, cut to the wanted range, in order. */
function runsOf(box: Box, shape: readonly number[], strides: readonly number[], from: number, to: number): Run[] {
  let axis = shape.length - 1;
  while (axis > 0 && box.sizes[axis] === shape[axis]) axis--;
  const length = volume(box.sizes.slice(Math.max(0, axis)));
  const outerSizes = box.sizes.slice(0, Math.max(0, axis));
  const base = box.offsets.reduce((sum, offset, i) => sum + offset * (strides[i] ?? 1), 0);
  const at = (index: number): number => {
    let rest = index;
    let position = base;
    for (let i = outerSizes.length - 1; i >= 0; i--) {
      const size = outerSizes[i] ?? 1;
      position += (rest % size) * (strides[i] ?? 1);
      rest = Math.floor(rest / size);
    }
    return position;
  };
  const rows = volume(outerSizes);
  const runs: Run[] = [];
  // Runs stand in rising order, so the first that matters is found by halving.
  let low = 0;
  let high = rows;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (at(middle) + length <= from) low = middle + 1;
    else high = middle;
  }
  for (let row = low; row < rows; row++) {
    const outer = at(row);
    if (outer >= to) break;
    const skip = Math.max(0, from - outer);
    const end = Math.min(length, to - outer);
    if (end > skip) runs.push({ inner: row * length + skip, outer: outer + skip, length: end - skip });
  }
  return runs;
}
