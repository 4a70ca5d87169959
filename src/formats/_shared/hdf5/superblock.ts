import type { ByteSource } from "../../../base/byteSource.ts";
import { UnsupportedError } from "../../../base/errors.ts";
import { lookup3 } from "./checksum.ts";
import { Cursor, hdf5Error } from "./cursor.ts";
import { Hdf5File } from "./file.ts";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const SUPERBLOCK_BYTES = 128;

export interface Opened {
  readonly file: Hdf5File;
  /** Address of the root group's object header. */
  readonly root: number;
  readonly warnings: readonly string[];
}

/** The first bytes say HDF5: at the start, or behind a user block of 512, 1024, … bytes. */
export function hasHdf5Signature(head: Uint8Array): boolean {
  for (let at = 0; at + 8 <= head.length; at = at === 0 ? 512 : at * 2)
    if (SIGNATURE.every((byte, i) => head[at + i] === byte)) return true;
  return false;
}

/** Finds and reads the superblock, versions 0 to 3. */
export async function openHdf5(source: ByteSource, signal?: AbortSignal): Promise<Opened> {
  for (let at = 0; at + 8 <= source.size; at = at === 0 ? 512 : at * 2) {
    const bytes = await source.read(at, Math.min(SUPERBLOCK_BYTES, source.size - at), signal);
    if (SIGNATURE.every((byte, i) => bytes[i] === byte)) return readSuperblock(source, bytes, at, signal);
  }
  throw hdf5Error("The file has no HDF5 signature.", "superblock", 0);
}

function readSuperblock(source: ByteSource, bytes: Uint8Array<ArrayBuffer>, at: number, signal?: AbortSignal): Opened {
  const start = new Cursor(bytes, { offset: 8, length: 8 }, "superblock", at);
  start.skip(8);
  const version = start.u8();
  if (version > 3)
    throw new UnsupportedError(`Version ${version} of HDF5's superblock is not read.`, {
      format: "hdf5",
      field: "superblock",
      offset: at,
      remedy: "Save the file with an older library version (h5py: libver='v110').",
    });
  const old = version < 2;
  if (old) start.skip(4);
  const widths = { offset: start.u8(), length: start.u8() };
  for (const width of [widths.offset, widths.length])
    if (width !== 2 && width !== 4 && width !== 8) throw start.fail(`Addresses of ${width} bytes are no valid choice.`);
  const cursor = new Cursor(bytes, widths, "superblock", at);
  cursor.at = start.at;
  if (old) cursor.skip(1 + 2 + 2 + 4 + (version === 1 ? 4 : 0));
  const flags = old ? 0 : cursor.u8();
  // The base address is not believed: the library, too, takes the place where the superblock was found.
  cursor.skip(2 * widths.offset);
  const end = cursor.place();
  let root: number;
  if (old) {
    if (cursor.addressOrNull() !== null)
      throw new UnsupportedError("The file is one part of several (a driver of its own is named), which is not read.", {
        format: "hdf5",
        field: "driver information",
        remedy: "Join the parts with h5repart or save them as one file.",
      });
    cursor.skip(widths.offset);
    root = cursor.place();
  } else {
    root = cursor.place();
    const sum = cursor.at;
    if (cursor.u32() !== lookup3(bytes.subarray(0, sum)))
      throw hdf5Error("The checksum of the superblock is wrong.", "superblock", at);
  }
  const file = new Hdf5File(source, at, widths);
  file.signal = signal;
  const warnings: string[] = [];
  if ((flags & 5) !== 0)
    warnings.push("The file is marked as open for writing: it is being written, or its writer died.");
  if (end > source.size) warnings.push(`The file is cut off: it declares ${end} bytes and has ${source.size}.`);
  return { file, root, warnings };
}
