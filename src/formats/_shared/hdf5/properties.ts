import { LimitError } from "../../../base/errors.ts";
import { MAX_RANK, MAX_TENSOR_ELEMENTS } from "../../../base/limits.ts";
import type { Cursor } from "./cursor.ts";

/** Sizes of an array, or null where it has none at all (a null dataspace). */
export interface Dataspace {
  readonly shape: readonly number[];
  /** Sizes it may grow to; null is without limit. */
  readonly most: readonly (number | null)[];
  readonly elements: number;
  readonly empty: boolean;
}

export function readDataspace(cursor: Cursor): Dataspace {
  const version = cursor.u8();
  if (version !== 1 && version !== 2) throw cursor.fail(`Version ${version} of dataspaces is not known.`);
  const rank = cursor.u8();
  const flags = cursor.u8();
  if (rank > MAX_RANK) throw cursor.fail(`An array of ${rank} axes.`);
  const kind = version === 2 ? cursor.u8() : 1;
  if (version === 1) cursor.skip(5);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) shape.push(cursor.length());
  const most: (number | null)[] = [];
  for (let i = 0; i < rank; i++) {
    if ((flags & 1) === 0) most.push(shape[i] ?? 0);
    else {
      const bytes = cursor.bytes.subarray(cursor.at, cursor.at + cursor.widths.length);
      if (bytes.length > 0 && bytes.every((byte) => byte === 255)) {
        cursor.skip(cursor.widths.length);
        most.push(null);
      } else most.push(cursor.length());
    }
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > MAX_TENSOR_ELEMENTS)
    throw new LimitError(`It claims ${elements} elements; at most ${MAX_TENSOR_ELEMENTS} are read.`, {
      format: "hdf5",
      field: "dataspace",
      offset: cursor.address,
    });
  return { shape, most, elements: kind === 2 ? 0 : elements, empty: kind === 2 };
}

/** Where and how the elements lie. */
export type Layout =
  | { readonly kind: "compact"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "contiguous"; readonly address: number | null; readonly length: number | null }
  | {
      readonly kind: "chunked";
      readonly chunk: readonly number[];
      readonly itemBytes: number;
      readonly index: ChunkIndex;
    }
  | { readonly kind: "refused"; readonly why: string };

/** How the chunks are found. All but the B-tree of version 1 came with version 4 of the layout. */
export type ChunkIndex =
  | { readonly kind: "btree1"; readonly address: number | null }
  | { readonly kind: "single"; readonly address: number | null; readonly size: number | null; readonly mask: number }
  | { readonly kind: "btree2"; readonly address: number | null; readonly wide: boolean }
  | { readonly kind: "implicit" | "fixed" | "extensible"; readonly address: number | null };

export function readLayout(cursor: Cursor): Layout {
  const version = cursor.u8();
  if (version === 1 || version === 2) return readOldLayout(cursor);
  if (version < 3 || version > 5) return { kind: "refused", why: `version ${version} of data layouts is not read` };
  const kind = cursor.u8();
  if (kind === 0) return { kind: "compact", bytes: cursor.take(cursor.u16()) };
  if (kind === 1) return { kind: "contiguous", address: cursor.addressOrNull(), length: cursor.length() };
  if (kind === 3)
    return { kind: "refused", why: "it is put together from other files (a virtual dataset), which are not opened" };
  if (kind !== 2) throw cursor.fail("This data layout is not known.");
  return version === 3 ? readChunked3(cursor) : readChunked4(cursor, version === 5);
}

function readOldLayout(cursor: Cursor): Layout {
  const count = cursor.u8();
  const kind = cursor.u8();
  cursor.skip(5);
  const address = kind === 0 ? null : cursor.addressOrNull();
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) sizes.push(cursor.u32());
  if (kind === 0) return { kind: "compact", bytes: cursor.take(cursor.u32()) };
  if (kind === 1) return { kind: "contiguous", address, length: null };
  const itemBytes = sizes.pop() ?? 0;
  return chunked(cursor, sizes, itemBytes, { kind: "btree1", address });
}

function readChunked3(cursor: Cursor): Layout {
  const count = cursor.u8();
  const address = cursor.addressOrNull();
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) sizes.push(cursor.u32());
  const itemBytes = sizes.pop() ?? 0;
  return chunked(cursor, sizes, itemBytes, { kind: "btree1", address });
}

/** Version 5 differs in one thing: sizes of filtered chunks in a B-tree have the width of all lengths. */
function readChunked4(cursor: Cursor, wide: boolean): Layout {
  const flags = cursor.u8();
  const count = cursor.u8();
  const width = cursor.u8();
  const sizes: number[] = [];
  for (let i = 0; i < count; i++) sizes.push(cursor.uint(width));
  const itemBytes = sizes.pop() ?? 0;
  const kind = cursor.u8();
  let size: number | null = null;
  let mask = 0;
  if (kind === 1 && (flags & 2) !== 0) {
    size = cursor.length();
    mask = cursor.u32();
  }
  // Parameters of the indexes are repeated in their headers, which are what is used.
  cursor.skip({ 3: 1, 4: 5, 5: 6 }[kind] ?? 0);
  const address = cursor.addressOrNull();
  const index = ({ 2: "implicit", 3: "fixed", 4: "extensible", 5: "btree2" } as const)[kind];
  if (kind === 1) return chunked(cursor, sizes, itemBytes, { kind: "single", address, size, mask });
  if (index === undefined) return { kind: "refused", why: `index type ${kind} of chunks is not read` };
  return chunked(
    cursor,
    sizes,
    itemBytes,
    index === "btree2" ? { kind: index, address, wide } : { kind: index, address },
  );
}

function chunked(cursor: Cursor, chunk: readonly number[], itemBytes: number, index: ChunkIndex): Layout {
  if (chunk.length > MAX_RANK || chunk.some((size) => size === 0)) throw cursor.fail("Chunks of no elements.");
  return { kind: "chunked", chunk, itemBytes, index };
}

export interface Filter {
  readonly id: number;
  readonly name: string;
  readonly values: readonly number[];
}

/** More filters than 32 are refused by the library itself. */
const MAX_FILTERS = 32;

export function readFilters(cursor: Cursor): Filter[] {
  const version = cursor.u8();
  if (version !== 1 && version !== 2) throw cursor.fail(`Version ${version} of filter pipelines is not known.`);
  const count = cursor.u8();
  if (count > MAX_FILTERS) throw cursor.fail(`A pipeline of ${count} filters.`);
  if (version === 1) cursor.skip(6);
  const filters: Filter[] = [];
  for (let i = 0; i < count; i++) {
    const id = cursor.u16();
    const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const valueCount = cursor.u16();
    const name = cursor.text(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    const values: number[] = [];
    for (let k = 0; k < valueCount; k++) values.push(cursor.u32());
    if (version === 1 && valueCount % 2 === 1) cursor.skip(4);
    filters.push({ id, name, values });
  }
  return filters;
}

/** The value of elements that were never written; undefined means zeros. */
export function readFill(cursor: Cursor, old: boolean): Uint8Array<ArrayBuffer> | undefined {
  if (old) return nonEmpty(cursor.take(cursor.u32()));
  const version = cursor.u8();
  if (version === 1 || version === 2) {
    cursor.skip(2);
    const defined = cursor.u8() !== 0;
    return version === 1 || defined ? nonEmpty(cursor.take(cursor.u32())) : undefined;
  }
  if (version !== 3) throw cursor.fail(`Version ${version} of fill values is not known.`);
  const flags = cursor.u8();
  return (flags & 0x20) !== 0 ? nonEmpty(cursor.take(cursor.u32())) : undefined;
}

const nonEmpty = (bytes: Uint8Array<ArrayBuffer>) => (bytes.length === 0 ? undefined : bytes);
