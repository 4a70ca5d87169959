import { DTYPES } from "../../../base/dtype.ts";
import { serializeError } from "../../../base/errors.ts";
import type { MetadataValue } from "../../types.ts";
import { decodeElements } from "../decode.ts";
import { walkBtree2 } from "./btree2.ts";
import { type Cursor, trimZeros } from "./cursor.ts";
import { type Datatype, readDatatype } from "./datatype.ts";
import type { Hdf5File } from "./file.ts";
import { FractalHeap } from "./fractalHeap.ts";
import { readGlobalHeapObject } from "./globalHeap.ts";
import { MESSAGE, type Message, readObjectHeader } from "./objectHeader.ts";
import { readDataspace } from "./properties.ts";

/** Elements of one attribute that are kept: lists of layer names are the longest of interest. */
const MAX_ELEMENTS = 100_000;

/** All attributes of an object as plain values. One that cannot be read is replaced by the reason. */
export async function readAttributes(
  file: Hdf5File,
  messages: readonly Message[],
): Promise<Map<string, MetadataValue>> {
  const found = new Map<string, MetadataValue>();
  const add = async (body: Cursor) => {
    const { name, value } = await readAttribute(file, body);
    found.set(name, value);
  };
  for (const { type, body, shared } of messages) {
    if (type === MESSAGE.attribute && !shared) await add(body);
    if (type !== MESSAGE.attributeInfo) continue;
    body.skip(1);
    const flags = body.u8();
    if ((flags & 1) !== 0) body.skip(2);
    const heapAt = body.addressOrNull();
    const tree = body.addressOrNull();
    if (heapAt === null || tree === null) continue;
    const heap = await FractalHeap.open(file, heapAt);
    await walkBtree2(file, tree, [8], async (record) => add(await heap.object(record.sub(8, "heap ID"))));
  }
  return found;
}

async function readAttribute(file: Hdf5File, body: Cursor): Promise<{ name: string; value: MetadataValue }> {
  const version = body.u8();
  if (version < 1 || version > 3) throw body.fail(`Version ${version} of attributes is not known.`);
  const flags = body.u8();
  const sizes = [body.u16(), body.u16(), body.u16()];
  if (version === 3) body.skip(1);
  const padded = (size: number) => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const name = body.text(padded(sizes[0] ?? 0));
  const typeBody = body.sub(padded(sizes[1] ?? 0), "attribute datatype");
  const spaceBody = body.sub(padded(sizes[2] ?? 0), "attribute dataspace");
  try {
    const type = version > 1 && (flags & 1) !== 0 ? await sharedDatatype(file, typeBody) : readDatatype(typeBody);
    const space = readDataspace(spaceBody);
    if (space.empty) return { name, value: null };
    const count = Math.min(space.elements, MAX_ELEMENTS);
    const values = await readValues(file, body, type, count);
    return { name, value: space.shape.length === 0 ? (values[0] ?? null) : values };
  } catch (error) {
    file.signal?.throwIfAborted();
    return { name, value: `(not read: ${serializeError(error).message})` };
  }
}

/** A datatype that has a name of its own in the file: the message holds the address of its object. */
export async function sharedDatatype(file: Hdf5File, body: Cursor): Promise<Datatype> {
  const version = body.u8();
  const kind = body.u8();
  if (version === 1) body.skip(6);
  if (version === 3 && kind !== 2) throw body.fail("Shared messages in a heap of their own are not read.");
  for (const { type, shared, body: message } of await readObjectHeader(file, body.place()))
    if (type === MESSAGE.datatype && !shared) return readDatatype(message);
  throw body.fail("A named datatype is not there.");
}

async function readValues(file: Hdf5File, body: Cursor, type: Datatype, count: number): Promise<MetadataValue[]> {
  const values: MetadataValue[] = [];
  switch (type.kind) {
    case "number": {
      if (DTYPES[type.dtype].kind === "complex") return ["(complex)"];
      const numbers = decodeElements(body.take(count * type.bytes), type.dtype, type.littleEndian);
      return Array.from(numbers, (value) =>
        type.dtype === "bool" ? value !== 0 : Number.isFinite(value) ? value : String(value),
      );
    }
    case "text":
      for (let i = 0; i < count; i++) values.push(trimZeros(body.take(type.bytes)));
      return values;
    case "vlen-text":
      for (let i = 0; i < count; i++) {
        const length = body.u32();
        const address = body.addressOrNull();
        const index = body.u32();
        values.push(
          address === null || length === 0
            ? ""
            : trimZeros((await readGlobalHeapObject(file, address, index)).subarray(0, length)),
        );
      }
      return values;
    default:
      return [`(${count} × ${type.bytes} bytes, ${type.kind === "other" ? type.what : type.kind})`];
  }
}
