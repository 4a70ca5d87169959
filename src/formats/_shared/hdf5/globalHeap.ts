import { hdf5Error } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";

/** The object of that number in a global heap collection: texts of different lengths lie there. */
export async function readGlobalHeapObject(
  file: Hdf5File,
  address: number,
  index: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const head = await file.structure(address, 8 + file.widths.length, "global heap");
  head.signature("GCOL");
  head.skip(4);
  const size = head.length();
  const body = await file.structure(address + head.at, Math.max(0, size - head.at), "global heap");
  while (body.left >= 8 + file.widths.length) {
    const number = body.u16();
    body.skip(6);
    const length = body.length();
    if (number === 0) break;
    if (number === index) return body.take(length);
    body.skip(Math.min(body.left, Math.ceil(length / 8) * 8));
  }
  throw hdf5Error(`Object ${index} of a global heap is not there.`, "global heap", file.base + address);
}
