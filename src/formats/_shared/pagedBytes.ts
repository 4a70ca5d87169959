import type { ByteSource } from "../../base/byteSource.ts";

const PAGE = 16 * 1024;
const MAX_PAGES = 512;

/** Small reads that lie in clusters, as headers do, through pages: one read of the file serves many. Large ones go straight through. */
export class PagedBytes {
  readonly #pages = new Map<number, Promise<Uint8Array<ArrayBuffer>>>();
  bytesRead = 0;

  constructor(private readonly source: Pick<ByteSource, "read" | "size">) {}

  get size(): number {
    return this.source.size;
  }

  /** The range must lie in the file. */
  async read(from: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    if (length > PAGE) {
      this.bytesRead += length;
      return this.source.read(from, length, signal);
    }
    const first = Math.floor(from / PAGE);
    const last = Math.floor((from + Math.max(1, length) - 1) / PAGE);
    const page = await this.#page(first, signal);
    const at = from - first * PAGE;
    if (first === last) return page.subarray(at, at + length);
    const joined = new Uint8Array(length);
    const head = page.subarray(at);
    joined.set(head);
    joined.set((await this.#page(last, signal)).subarray(0, length - head.length), head.length);
    return joined;
  }

  #page(index: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#pages.get(index);
    if (known !== undefined) return known;
    const length = Math.max(0, Math.min(PAGE, this.source.size - index * PAGE));
    this.bytesRead += length;
    const page = this.source.read(index * PAGE, length, signal);
    this.#pages.set(index, page);
    page.catch(() => this.#pages.delete(index));
    const oldest = this.#pages.keys().next().value;
    if (this.#pages.size > MAX_PAGES && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}
