import { LimitError } from "../../../base/errors.ts";
import { walkBtree1 } from "./btree1.ts";
import { walkBtree2 } from "./btree2.ts";
import { readExtensibleArray, readFixedArray, type StoredChunk } from "./chunkArrays.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";
import type { Dataspace, Layout } from "./properties.ts";

/** Chunks by their number in row-major order of the grid. A chunk that is not there was never written. */
export type Chunks = ReadonlyMap<number, StoredChunk>;

/** Chunks of one array that are listed in memory: at 64 KiB each these are 128 GiB. */
const MAX_CHUNKS = 2_000_000;

export interface Grid {
  readonly chunk: readonly number[];
  /** Chunks along each axis, now. */
  readonly counts: readonly number[];
  readonly chunkBytes: number;
}

export function gridOf(space: Dataspace, layout: Layout & { kind: "chunked" }): Grid {
  const counts = space.shape.map((size, axis) => Math.ceil(size / (layout.chunk[axis] ?? 1)));
  const chunkBytes = layout.chunk.reduce((product, size) => product * size, layout.itemBytes);
  return { chunk: layout.chunk, counts, chunkBytes };
}

/** Reads the whole index of an array's chunks. */
export async function readChunkIndex(
  file: Hdf5File,
  space: Dataspace,
  layout: Layout & { kind: "chunked" },
  filtered: boolean,
): Promise<Chunks> {
  const { index } = layout;
  const grid = gridOf(space, layout);
  const chunks = new Map<number, StoredChunk>();
  const add = (coordinates: readonly number[], chunk: StoredChunk) => {
    const number = numberIn(grid.counts, coordinates);
    if (number === null) return;
    chunks.set(number, chunk);
    if (chunks.size > MAX_CHUNKS)
      throw new LimitError(`The array has more than ${MAX_CHUNKS} chunks.`, { format: "hdf5", field: "chunk index" });
  };
  if (index.address === null) return chunks;
  const whole = grid.chunkBytes;
  switch (index.kind) {
    case "single":
      add(
        layout.chunk.map(() => 0),
        { address: index.address, length: index.size ?? whole, mask: index.mask },
      );
      return chunks;
    case "implicit": {
      const total = grid.counts.reduce((product, count) => product * count, 1);
      for (let i = 0; i < total; i++)
        add(coordinatesOf(grid.counts, i), { address: index.address + i * whole, length: whole, mask: 0 });
      return chunks;
    }
    case "btree1":
      await readTree1(file, index.address, layout, add);
      return chunks;
    case "btree2":
      await readTree2(
        file,
        index.address,
        layout.chunk.length,
        whole,
        index.wide ? file.widths.length : chunkLengthBytes(whole),
        add,
      );
      return chunks;
    default: {
      const order = numbering(space, layout.chunk, index.kind === "extensible");
      const read = index.kind === "fixed" ? readFixedArray : readExtensibleArray;
      await read(file, index.address, filtered, whole, (i, chunk) => add(order(i), chunk));
      return chunks;
    }
  }
}

async function readTree1(
  file: Hdf5File,
  root: number,
  { chunk }: Layout & { kind: "chunked" },
  add: (coordinates: readonly number[], chunk: StoredChunk) => void,
): Promise<void> {
  const keyBytes = 8 + 8 * (chunk.length + 1);
  await walkBtree1(file, root, { type: 1, keyBytes, field: "chunk B-tree" }, (key, address) => {
    const length = key.u32();
    const mask = key.u32();
    const coordinates = chunk.map((size) => key.uint(8) / size);
    if (!coordinates.every(Number.isInteger)) throw key.fail("A chunk does not begin on the grid.");
    add(coordinates, { address, length, mask });
  });
}

function readTree2(
  file: Hdf5File,
  root: number,
  rank: number,
  whole: number,
  lengthBytes: number,
  add: (coordinates: readonly number[], chunk: StoredChunk) => void,
): Promise<void> {
  return walkBtree2(file, root, [10, 11], (record: Cursor, type) => {
    const address = record.place();
    const length = type === 11 ? record.uint(lengthBytes) : whole;
    const mask = type === 11 ? record.u32() : 0;
    const coordinates = Array.from({ length: rank }, () => record.uint(8));
    add(coordinates, { address, length, mask });
  });
}

/** Bytes in which the size of a filtered chunk is written: room for some growth. */
const chunkLengthBytes = (whole: number) => Math.min(8, 1 + Math.floor((Math.floor(Math.log2(whole)) + 8) / 8));

/** Position in the array indexes → place on the grid. They count with the largest sizes, the unlimited axis first. */
function numbering(space: Dataspace, chunk: readonly number[], extensible: boolean): (i: number) => number[] {
  const most = space.most.map((size, axis) => Math.ceil((size ?? Number.POSITIVE_INFINITY) / (chunk[axis] ?? 1)));
  const unlimited = extensible ? Math.max(0, space.most.indexOf(null)) : 0;
  const order = [unlimited, ...chunk.map((_, axis) => axis).filter((axis) => axis !== unlimited)];
  return (i) => {
    const coordinates = new Array<number>(chunk.length).fill(0);
    let rest = i;
    for (let k = order.length - 1; k > 0; k--) {
      const axis = order[k] ?? 0;
      const count = Math.max(1, most[axis] ?? 1);
      coordinates[axis] = rest % count;
      rest = Math.floor(rest / count);
    }
    coordinates[order[0] ?? 0] = rest;
    return coordinates;
  };
}

/** Null: outside the present grid (the array has shrunk since). */
export function numberIn(counts: readonly number[], coordinates: readonly number[]): number | null {
  let number = 0;
  for (let axis = 0; axis < counts.length; axis++) {
    const count = counts[axis] ?? 0;
    const at = coordinates[axis] ?? 0;
    if (!(at >= 0 && at < count)) return null;
    number = number * count + at;
  }
  return number;
}

function coordinatesOf(counts: readonly number[], number: number): number[] {
  const coordinates = new Array<number>(counts.length).fill(0);
  let rest = number;
  for (let axis = counts.length - 1; axis >= 0; axis--) {
    const count = Math.max(1, counts[axis] ?? 1);
    coordinates[axis] = rest % count;
    rest = Math.floor(rest / count);
  }
  return coordinates;
}
