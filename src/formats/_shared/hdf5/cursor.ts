import { FormatError } from "../../../base/errors.ts";

/** Every complaint about the bytes of an HDF5 file: where, in which structure, and what to do. */
export function hdf5Error(message: string, field: string, offset?: number): FormatError {
  return new FormatError(message, {
    format: "hdf5",
    field,
    ...(offset === undefined ? {} : { offset }),
    remedy: "The file is damaged or incomplete: copy it, or save it, again.",
  });
}

/** Widths of addresses and lengths, which each file chooses for itself. */
export interface Widths {
  readonly offset: number;
  readonly length: number;
}

/** Reads one structure field by field; stepping over its end is an error that names the structure and the place. */
export class Cursor {
  readonly #view: DataView;
  at = 0;

  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly widths: Widths,
    readonly field: string,
    /** Address of the first byte, for messages. */
    readonly address: number,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  fail(message: string): FormatError {
    return hdf5Error(message, this.field, this.address + this.at);
  }

  #step(length: number): number {
    if (length < 0 || length > this.left) throw this.fail(`The ${this.field} is cut off.`);
    this.at += length;
    return this.at - length;
  }

  skip(length: number): void {
    this.#step(length);
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), true);
  }

  /** An unsigned little-endian number of `width` bytes; what no double holds exactly is an error. */
  uint(width: number): number {
    const from = this.#step(width);
    let value = 0;
    for (let i = width - 1; i >= 0; i--) value = value * 256 + (this.bytes[from + i] ?? 0);
    if (!Number.isSafeInteger(value))
      throw hdf5Error(`The ${this.field} holds an impossible number.`, this.field, this.address + from);
    return value;
  }

  length(): number {
    return this.uint(this.widths.length);
  }

  /** An address, or null for "nowhere" (all bits set). */
  addressOrNull(): number | null {
    const { offset } = this.widths;
    const from = this.#step(offset);
    if (this.bytes.subarray(from, from + offset).every((byte) => byte === 255)) return null;
    this.at = from;
    return this.uint(offset);
  }

  /** An address that must lead somewhere. */
  place(): number {
    const address = this.addressOrNull();
    if (address === null) throw this.fail(`The ${this.field} leads nowhere.`);
    return address;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    const from = this.#step(length);
    return this.bytes.subarray(from, from + length);
  }

  text(length: number): string {
    return trimZeros(this.take(length));
  }

  /** A text up to its zero byte; `padded`: the whole field is a multiple of eight bytes. */
  zeroText(padded: boolean): string {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw this.fail(`A name in the ${this.field} has no end.`);
    const length = end + 1 - this.at;
    return trimZeros(this.take(padded ? Math.ceil(length / 8) * 8 : length));
  }

  signature(wanted: string): void {
    const from = this.at;
    const found = this.left >= 4 ? String.fromCharCode(...this.take(4)) : "";
    if (found !== wanted)
      throw hdf5Error(`The ${this.field} does not begin with its mark, ${wanted}.`, this.field, this.address + from);
  }

  /** The part of this structure that is `length` bytes long, as a structure of its own. */
  sub(length: number, field: string): Cursor {
    const address = this.address + this.at;
    return new Cursor(this.take(length), this.widths, field, address);
  }
}

export function trimZeros(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Bytes that the library needs to write any number up to `limit`. */
export const bytesFor = (limit: number) => Math.floor(Math.log2(Math.max(1, limit)) / 8) + 1;
