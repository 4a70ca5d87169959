import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError } from "../../base/errors.ts";

/** Bytes fetched after a jump: the head of one record. Doubled with every window that follows on the last, up to the largest. */
const FIRST_WINDOW = 1024;
const LARGEST_WINDOW = 256 * 1024;

/**
 * Walks a header of unknown length in a file, forward: reads windows that grow while the walk is sequential and start small after a jump,
 * so that what is skipped (tensor data) is never read. `need` gives nothing when the bytes are at hand: then no promise is made.
 */
export class FileCursor {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  #view = new DataView(this.#bytes.buffer);
  #start = 0;
  #window = FIRST_WINDOW;
  position = 0;
  bytesRead = 0;

  constructor(
    private readonly source: Pick<ByteSource, "read" | "size">,
    private readonly format: string,
    private readonly signal?: AbortSignal,
  ) {}

  get size(): number {
    return this.source.size;
  }

  /** Where the reader stands must be followed by `length` bytes of the file, and they must be in memory. */
  need(length: number, field: string): Promise<void> | undefined {
    const at = this.position - this.#start;
    if (at >= 0 && at + length <= this.#bytes.length) return undefined;
    if (this.position + length > this.source.size) throw this.endsEarly(length, field);
    return this.#fetch(length);
  }

  /** As many bytes as are left, up to `length`; for the last record of a file. */
  needUpTo(length: number, field: string): Promise<void> | undefined {
    return this.need(Math.min(length, this.source.size - this.position), field);
  }

  async #fetch(length: number): Promise<void> {
    const end = this.#start + this.#bytes.length;
    // Bytes that the last window holds already are kept, not read again.
    const kept =
      this.position >= this.#start && this.position < end ? this.#bytes.subarray(this.position - this.#start) : null;
    // A short jump goes on as before: many small records must not cost a read each.
    if (kept !== null || this.position === end) this.#window = Math.min(LARGEST_WINDOW, this.#window * 2);
    else if (Math.abs(this.position - end) > LARGEST_WINDOW) this.#window = FIRST_WINDOW;
    const from = this.position + (kept?.length ?? 0);
    const wanted = Math.max(length - (kept?.length ?? 0), Math.min(this.#window, this.source.size - from));
    const fresh = await this.source.read(from, wanted, this.signal);
    this.bytesRead += wanted;
    if (kept === null || kept.length === 0) this.#bytes = fresh;
    else {
      this.#bytes = new Uint8Array(kept.length + fresh.length);
      this.#bytes.set(kept);
      this.#bytes.set(fresh, kept.length);
    }
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#start = this.position;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }

  /** The next bytes as a view of the window: read it before the next `need`. */
  view(length: number): DataView {
    const at = this.#advance(length);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, length);
  }

  /** The next bytes, valid until the next `need`. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#advance(length);
    return this.#bytes.subarray(at, at + length);
  }

  skip(length: number, field: string): void {
    if (this.position + length > this.source.size) throw this.endsEarly(length, field);
    this.position += length;
  }

  #advance(length: number): number {
    const at = this.position - this.#start;
    if (at < 0 || at + length > this.#bytes.length) throw this.endsEarly(length, "header");
    this.position += length;
    return at;
  }

  endsEarly(length: number, field: string): FormatError {
    return new FormatError(
      `${length} bytes are needed for ${field}, but the file has ${Math.max(0, this.source.size - this.position)} from there.`,
      {
        format: this.format,
        field,
        offset: this.position,
        remedy: "The file is cut off or damaged: copy or download it again.",
      },
    );
  }
}
