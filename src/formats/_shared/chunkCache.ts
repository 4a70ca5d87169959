/** Decoded chunks that stay for the next read, since analyses take an array piece by piece; the least recently used go first. */
export class ChunkCache {
  readonly #entries = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  constructor(private readonly budget = 64 * 2 ** 20) {}

  async get(key: string, make: () => Promise<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const made = make();
    this.#entries.set(key, made);
    try {
      const bytes = await made;
      this.#sizes.set(key, bytes.length);
      this.#bytes += bytes.length;
      this.#shrink(key);
      return bytes;
    } catch (error) {
      if (this.#entries.get(key) === made) this.#entries.delete(key);
      throw error;
    }
  }

  /** What was just asked for stays, however large it is. */
  #shrink(keep: string): void {
    for (const [key, size] of this.#sizes) {
      if (this.#bytes <= this.budget) return;
      if (key === keep) continue;
      this.#sizes.delete(key);
      this.#entries.delete(key);
      this.#bytes -= size;
    }
  }
}
