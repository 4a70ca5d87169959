import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import { MAX_STRUCTURE_BYTES } from "../../base/limits.ts";
import { FileCursor } from "./fileCursor.ts";

/** Tag and a varint at their longest. */
const MAX_HEAD_BYTES = 20;
const TWO_32 = 2 ** 32;
const text = new TextDecoder();

export const VARINT = 0;
const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/**
 * Protocol buffers' wire format over a file, message by message, forward: nothing is read that the caller skips.
 *
 *     while (reader.position < end) {
 *       const wait = reader.head(end);            // undefined when the bytes are at hand
 *       if (wait !== undefined) await wait;
 *       reader.tag(end);                          // sets field, wire, value or length
 *       …                                         // take what is wanted, then
 *       reader.leave();                           // …or reader.leave(bodyEnd) after a nested message
 *     }
 *
 * Encoding: protobuf.dev/programming-guides/encoding.
 */
export class ProtoReader {
  readonly #file: FileCursor;
  field = 0;
  wire = 0;
  /** Of a varint: unsigned, exact up to 2^53. */
  value = 0;
  #high = 0;
  #low = 0;
  /** Of a length-delimited field: where its bytes end. Otherwise where the next field begins. */
  end = 0;

  constructor(
    source: Pick<ByteSource, "read" | "size">,
    private readonly format: string,
    signal?: AbortSignal,
  ) {
    this.#file = new FileCursor(source, format, signal);
  }

  get position(): number {
    return this.#file.position;
  }

  set position(at: number) {
    this.#file.position = at;
  }

  get size(): number {
    return this.#file.size;
  }

  get bytesRead(): number {
    return this.#file.bytesRead;
  }

  /** Bytes of a length-delimited field. */
  get length(): number {
    return this.end - this.#file.position;
  }

  /** A varint as a signed 64-bit number (protobuf's int64): exact within ±2^53. */
  get signed(): number {
    return this.#high >= 2 ** 31 ? (this.#high - TWO_32) * TWO_32 + this.#low : this.value;
  }

  /** A varint as a signed 64-bit number, exactly. */
  get signedExact(): bigint {
    return BigInt.asIntN(64, (BigInt(this.#high) << 32n) | BigInt(this.#low));
  }

  head(end: number): Promise<void> | undefined {
    return this.#file.need(Math.min(MAX_HEAD_BYTES, end - this.#file.position), "a field's tag");
  }

  tag(end: number): void {
    const at = this.#file.position;
    this.#varint(end);
    this.field = Math.floor(this.value / 8);
    this.wire = this.#low & 7;
    if (this.field === 0 || this.value >= TWO_32) throw this.damaged("a field's tag is not valid", at);
    if (this.wire === VARINT) {
      this.#varint(end);
      this.end = this.#file.position;
      return;
    }
    if (this.wire === LENGTH) {
      this.#varint(end);
      this.end = this.#file.position + this.value;
    } else if (this.wire === FIXED64 || this.wire === FIXED32) {
      this.end = this.#file.position + (this.wire === FIXED64 ? 8 : 4);
    } else {
      throw this.damaged(`wire type ${this.wire} of field ${this.field} is not used`, at);
    }
    if (this.end > end)
      throw this.damaged(`field ${this.field} claims bytes up to ${this.end}, behind the end of its message`, at);
  }

  #varint(end: number): void {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i++) {
      if (this.#file.position >= end) throw this.damaged("a number is cut off", this.#file.position);
      const byte = this.#file.u8();
      const bits = byte & 127;
      if (i < 4) low += bits * 2 ** (7 * i);
      else if (i === 4) {
        low += (bits & 15) * 2 ** 28;
        high += bits >> 4;
      } else high += bits * 2 ** (7 * i - 32);
      if (byte < 128) {
        this.#low = low;
        this.#high = high % TWO_32;
        this.value = this.#high * TWO_32 + low;
        return;
      }
    }
    throw this.damaged("a number has more than ten bytes", this.#file.position);
  }

  /** Goes on behind the field (or behind the nested message that ended at `end`). */
  leave(end: number = this.end): void {
    this.#file.position = end;
    if (this.#file.bytesRead > MAX_STRUCTURE_BYTES) {
      throw new LimitError(
        `The structure of the file has more than ${MAX_STRUCTURE_BYTES} bytes, which is more than is read.`,
        {
          format: this.format,
          offset: end,
        },
      );
    }
  }

  /** The field's bytes as text, cut after `limit`. */
  async text(limit: number): Promise<string> {
    return text.decode(await this.bytes(limit));
  }

  /** The field's bytes, cut after `limit`; valid until the next read. */
  async bytes(limit: number): Promise<Uint8Array<ArrayBuffer>> {
    const length = Math.min(this.length, limit);
    const wait = this.#file.need(length, `field ${this.field}`);
    if (wait !== undefined) await wait;
    return this.#file.bytes(length);
  }

  async float(): Promise<number> {
    return view(await this.bytes(4)).getFloat32(0, true);
  }

  damaged(what: string, offset: number): FormatError {
    return new FormatError(`The file is damaged: ${what}.`, {
      format: this.format,
      field: "protobuf",
      offset,
      remedy: "Copy or export it again.",
    });
  }
}

const view = (bytes: Uint8Array<ArrayBuffer>) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** All varints of a packed field, as exact 64-bit patterns written little-endian into `width` bytes each. */
export function packedVarints(bytes: Uint8Array, width: number, limit: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(limit * width);
  let count = 0;
  let at = 0;
  while (at < bytes.length && count < limit) {
    let shift = 0;
    for (; ; at++, shift += 7) {
      const byte = bytes[at] ?? 0;
      // Seven bits at any bit position touch two bytes of the element at most.
      const to = shift >> 3;
      const spread = (byte & 127) << (shift & 7);
      if (to < width) out[count * width + to]! |= spread & 255;
      if (to + 1 < width) out[count * width + to + 1]! |= spread >> 8;
      if (byte < 128 || shift >= 63) break;
    }
    at++;
    count++;
  }
  return count === limit ? out : out.subarray(0, count * width);
}
