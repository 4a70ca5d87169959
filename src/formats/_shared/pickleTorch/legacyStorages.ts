import type { ByteSource } from "../../../base/byteSource.ts";
import { FormatError, INCOMPLETE_REMEDY } from "../../../base/errors.ts";
import { asSequence, type PicklePersistent } from "../pickle/values.ts";
import type { StorageRange } from "./checkpoint.ts";
import { bytesOfStorageItem } from "./dtypes.ts";
import type { LegacyPickles } from "./legacyPickles.ts";

const COUNT_BYTES = 8;

/** Walks the storages behind the pickles: for each key an int64 count of elements, then the elements. Only the counts are read. */
export async function locateStorages(
  source: ByteSource,
  pickles: LegacyPickles,
  format: string,
  signal?: AbortSignal,
): Promise<Map<string, StorageRange>> {
  const itemBytes = itemSizes(pickles.report.persistents);
  const ranges = new Map<string, StorageRange>();
  let at = pickles.end;
  for (const key of pickles.keys) {
    const size = itemBytes.get(key);
    if (size === undefined || ranges.has(key)) break;
    const head = await source.read(at, COUNT_BYTES, signal);
    const count = new DataView(head.buffer, head.byteOffset, COUNT_BYTES).getBigInt64(0, true);
    const left = source.size - at - COUNT_BYTES;
    if (count < 0n || count > BigInt(Math.floor(left / size))) {
      throw new FormatError(
        `A storage claims ${count} elements of ${size} bytes, but only ${left} bytes of the file are left.`,
        {
          format,
          field: `storage ${key.slice(0, 100)}`,
          offset: at,
          remedy: INCOMPLETE_REMEDY,
        },
      );
    }
    const length = Number(count) * size;
    ranges.set(key, { offset: at + COUNT_BYTES, length });
    at += COUNT_BYTES + length;
  }
  return ranges;
}

/** Bytes of an element, by storage key, from the types that the pickle names. */
function itemSizes(pointers: readonly PicklePersistent[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const pointer of pointers) {
    const id = asSequence(pointer.id);
    const key = id?.[2];
    const bytes = bytesOfStorageItem(id?.[1]);
    if ((typeof key === "string" || typeof key === "number") && bytes !== undefined) sizes.set(String(key), bytes);
  }
  return sizes;
}
