import { FormatError } from "../../base/errors.ts";
import { crc32c } from "../_shared/crc32c.ts";
import { unzstdAtMost } from "../_shared/zstd.ts";

/** A node or manifest unpacks to at most this: TensorStore's own bound on nodes is 100 MB by default. */
const MAX_BODY_BYTES = 256 * 2 ** 20;
export const MANIFEST = 0x0cdb3a2a;
export const NODE = 0x0cdb20de;

export function ocdbtError(message: string, field: string, offset?: number): FormatError {
  return new FormatError(message, {
    format: "orbax",
    field,
    ...(offset === undefined ? {} : { offset }),
    remedy: "The checkpoint is damaged or incomplete: copy it, or save it, again.",
  });
}

/** Reads the fields of a manifest or node one by one. */
export class Body {
  #at = 0;

  constructor(
    private readonly bytes: Uint8Array<ArrayBuffer>,
    readonly field: string,
  ) {}

  get left(): number {
    return this.bytes.length - this.#at;
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    if (length < 0 || length > this.left) throw ocdbtError(`The ${this.field} is cut off.`, this.field, this.#at);
    this.#at += length;
    return this.bytes.subarray(this.#at - length, this.#at);
  }

  u8(): number {
    return this.take(1)[0] ?? 0;
  }

  /** Seven bits a byte, the lowest first. */
  varint(): number {
    let value = 0;
    for (let shift = 1, i = 0; i < 10; i++, shift *= 128) {
      const byte = this.u8();
      value += (byte & 127) * shift;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    throw ocdbtError(`The ${this.field} holds an impossible number.`, this.field, this.#at);
  }

  varints(count: number): number[] {
    if (count > this.left) throw ocdbtError(`The ${this.field} is cut off.`, this.field, this.#at);
    return Array.from({ length: count }, () => this.varint());
  }
}

/** Checks mark, length and checksum, and unpacks what is between. */
export function openBody(bytes: Uint8Array<ArrayBuffer>, mark: number, field: string): Body {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 18 || view.getUint32(0) !== mark)
    throw ocdbtError(`The ${field} does not begin with its mark.`, field, 0);
  if (view.getBigUint64(4, true) !== BigInt(bytes.length))
    throw ocdbtError(`The ${field} has ${bytes.length} bytes, but says another number.`, field, 4);
  const end = bytes.length - 4;
  if (view.getUint32(end, true) !== crc32c(bytes.subarray(0, end)))
    throw ocdbtError(`The checksum of the ${field} is wrong.`, field, end);
  const body = new Body(bytes.subarray(12, end), field);
  if (body.varint() !== 0) throw ocdbtError(`This version of the ${field} is not known.`, field, 12);
  const packing = body.varint();
  const rest = body.take(body.left);
  if (packing === 0) return new Body(rest, field);
  const plain = packing === 1 ? unzstdAtMost(rest, MAX_BODY_BYTES) : null;
  if (plain === null) throw ocdbtError(`The compressed ${field} is damaged.`, field, 13);
  return new Body(plain, field);
}
