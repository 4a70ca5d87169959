import type { ByteSource } from "../../../base/byteSource.ts";
import { LimitError } from "../../../base/errors.ts";
import { PagedBytes } from "../pagedBytes.ts";
import { lookup3 } from "./checksum.ts";
import { Cursor, hdf5Error, type Widths } from "./cursor.ts";

/** No structure is read in one piece beyond this (heaps of names and attributes are the largest). */
const MAX_STRUCTURE = 256 * 1024 * 1024;
/** Structures read while opening: an honest file of 10,000 arrays needs about 100,000. Ends every endless chain. */
const MAX_STRUCTURES = 5_000_000;

/** The address space of one HDF5 file: structures through pages, data by exact ranges. */
export class Hdf5File {
  readonly #paged: PagedBytes;
  #structures = 0;
  #dataBytes = 0;
  /** The opening's; cleared when it is through, since structures of a chunk index are read later. */
  signal: AbortSignal | undefined;

  constructor(
    readonly source: ByteSource,
    /** Where address 0 is: behind the user block, if there is one. */
    readonly base: number,
    readonly widths: Widths,
  ) {
    this.#paged = new PagedBytes(source);
  }

  get bytesRead(): number {
    return this.#paged.bytesRead + this.#dataBytes;
  }

  /** `length` bytes of structure at an address. */
  async structure(address: number, length: number, field: string): Promise<Cursor> {
    const bytes = await this.#bytes(address, length, field);
    return new Cursor(bytes, this.widths, field, this.base + address);
  }

  /** A structure whose length is known only to be at most `length`: what the file has of it. */
  async upTo(address: number, length: number, field: string): Promise<Cursor> {
    const there = this.source.size - this.base - address;
    return this.structure(address, Math.max(0, Math.min(length, there)), field);
  }

  /** A structure that ends in a checksum, which is verified; the cursor covers what is before it. */
  async checked(address: number, length: number, field: string): Promise<Cursor> {
    const whole = await this.structure(address, length, field);
    if (length < 4) throw whole.fail(`The ${field} is cut off.`);
    const body = whole.bytes.subarray(0, length - 4);
    whole.skip(length - 4);
    if (whole.u32() !== lookup3(body))
      throw hdf5Error(`The checksum of the ${field} is wrong.`, field, this.base + address);
    return new Cursor(body, this.widths, field, this.base + address);
  }

  /** Data of an array: exactly this range, past the pages. */
  async data(address: number, length: number, field: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    this.#within(address, length, field);
    this.#dataBytes += length;
    return this.source.read(this.base + address, length, signal);
  }

  contains(address: number, length: number): boolean {
    return address >= 0 && length >= 0 && this.base + address + length <= this.source.size;
  }

  #within(address: number, length: number, field: string): void {
    if (!this.contains(address, length))
      throw hdf5Error(
        `The ${field} lies outside the file, which has ${this.source.size} bytes.`,
        field,
        this.base + address,
      );
  }

  async #bytes(address: number, length: number, field: string): Promise<Uint8Array<ArrayBuffer>> {
    this.#within(address, length, field);
    if (++this.#structures > MAX_STRUCTURES)
      throw new LimitError(`The file has more than ${MAX_STRUCTURES} structures.`, { format: "hdf5", field });
    if (length > MAX_STRUCTURE)
      throw new LimitError(`The ${field} claims ${length} bytes; at most ${MAX_STRUCTURE} are read.`, {
        format: "hdf5",
        field,
        offset: this.base + address,
      });
    return this.#paged.read(this.base + address, length, this.signal);
  }
}
