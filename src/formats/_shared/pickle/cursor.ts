import { FormatError, LimitError } from "../../../base/errors.ts";

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
/** Python's own bound on the decimal digits of an int literal, and the same order of magnitude for binary ones. */
const MAX_DECIMAL_DIGITS = 4300;
const MAX_LONG_BYTES = 65_536;
const LATIN1_CHUNK = 8192;

/** Reads a pickle stream front to back. Every length is compared with the bytes that are left before it is used. */
export class PickleCursor {
  position = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly format: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(message: string, offset = this.position): never {
    throw new FormatError(`The pickle stream is damaged: ${message}`, {
      format: this.format,
      field: "pickle",
      offset,
      remedy: "Save the checkpoint again, or copy the file again if it came over a network.",
    });
  }

  /** Moves past `length` bytes and gives where they began. */
  #advance(length: number, what: string): number {
    const start = this.position;
    if (!(length >= 0)) this.fail(`${what} has a negative length (${length}).`);
    if (length > this.bytes.byteLength - start) {
      this.fail(`${what} needs ${length} bytes, but only ${this.bytes.byteLength - start} are left.`);
    }
    this.position = start + length;
    return start;
  }

  u8(what: string): number {
    return this.#view.getUint8(this.#advance(1, what));
  }

  u16(what: string): number {
    return this.#view.getUint16(this.#advance(2, what), true);
  }

  i32(what: string): number {
    return this.#view.getInt32(this.#advance(4, what), true);
  }

  u32(what: string): number {
    return this.#view.getUint32(this.#advance(4, what), true);
  }

  /** An unsigned 64-bit length. One above 2^53 cannot be honest, and is refused while still exact. */
  u64(what: string): number {
    const value = this.#view.getBigUint64(this.#advance(8, what), true);
    if (value > BigInt(this.bytes.byteLength)) this.fail(`${what} claims ${value} bytes.`);
    return Number(value);
  }

  f64(what: string): number {
    return this.#view.getFloat64(this.#advance(8, what), false);
  }

  /** A view of the next bytes: no copy. */
  take(length: number, what: string): Uint8Array {
    const start = this.#advance(length, what);
    return this.bytes.subarray(start, start + length);
  }

  utf8(length: number, what: string): string {
    return UTF8.decode(this.take(length, what));
  }

  latin1(length: number, what: string): string {
    return latin1(this.take(length, what));
  }

  /** Text up to the next line feed, without it. */
  line(what: string): string {
    const end = this.bytes.indexOf(10, this.position);
    if (end < 0) this.fail(`${what} has no end of line.`);
    const text = this.utf8(end - this.position, what);
    this.position = end + 1;
    return text;
  }

  /** Two's complement, little endian, as LONG1 and LONG4 hold it. */
  long(length: number, what: string): number | bigint {
    const raw = this.take(length, what);
    if (length > MAX_LONG_BYTES) {
      throw new LimitError(`An integer of ${length} bytes is beyond what a checkpoint needs.`, { format: this.format });
    }
    if (length === 0) return 0;
    let hex = "";
    for (let i = length - 1; i >= 0; i--) hex += raw[i]!.toString(16).padStart(2, "0");
    return narrow(BigInt.asIntN(8 * length, BigInt(`0x${hex}`)));
  }

  /** A decimal line, as INT, LONG and the text forms of GET hold it. */
  decimal(what: string): number | bigint {
    const start = this.position;
    const text = this.line(what).trim().replace(/L$/, "");
    if (text.length > MAX_DECIMAL_DIGITS) {
      throw new LimitError(`An integer of ${text.length} digits is beyond what a checkpoint needs.`, {
        format: this.format,
      });
    }
    if (!/^[+-]?\d+$/.test(text)) this.fail(`${what} is not a whole number.`, start);
    return narrow(BigInt(text.replace(/^\+/, "")));
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** ISO 8859-1 exactly: TextDecoder's "latin1" is windows-1252, which changes 0x80 to 0x9f. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += LATIN1_CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + LATIN1_CHUNK));
  }
  return text;
}

/** The bytes of a string whose characters are all below 256, else undefined. */
export function latin1Bytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return undefined;
    bytes[i] = code;
  }
  return bytes;
}
