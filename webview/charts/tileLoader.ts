import type { HeatmapTile } from "../../src/analysis/heatmap/types.ts";
import type { Disposable } from "../../src/base/disposable.ts";
import { LruCache } from "./lru.ts";
import { type TileAddress, tileKey } from "./tilePyramid.ts";

export type TileSource = (address: TileAddress, signal: AbortSignal) => Promise<HeatmapTile>;

/** 64 tiles of 512 × 512: the values take 64 MiB and their pictures as much. */
const MAX_TILES = 64;
/** Enough to keep a worker pool busy, few enough that a pan does not wait behind tiles it left. */
const MAX_IN_FLIGHT = 4;

/** Fetches the tiles that are wanted, in their order; what is wanted no more is cancelled. */
export class TileLoader<Entry> implements Disposable {
  readonly #cache = new LruCache<Entry>(MAX_TILES);
  readonly #inFlight = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  #wanted: readonly TileAddress[] = [];
  #disposed = false;

  constructor(
    private readonly source: TileSource,
    private readonly events: {
      keep(tile: HeatmapTile): Entry;
      arrived(): void;
      failed(error: unknown): void;
    },
  ) {}

  get(address: TileAddress): Entry | undefined {
    return this.#cache.get(tileKey(address));
  }

  get pending(): number {
    return this.#inFlight.size;
  }

  entries(): Iterable<Entry> {
    return this.#cache.values();
  }

  want(addresses: readonly TileAddress[]): void {
    this.#wanted = addresses;
    const keys = new Set(addresses.map(tileKey));
    for (const [key, controller] of this.#inFlight) {
      if (keys.has(key)) continue;
      this.#inFlight.delete(key);
      controller.abort();
    }
    this.#fill();
  }

  /** Failed tiles are asked for again. */
  retry(): void {
    this.#failed.clear();
    this.#fill();
  }

  dispose(): void {
    this.#disposed = true;
    this.#wanted = [];
    for (const controller of this.#inFlight.values()) controller.abort();
    this.#inFlight.clear();
    this.#cache.clear();
  }

  #fill(): void {
    for (const address of this.#wanted) {
      if (this.#inFlight.size >= MAX_IN_FLIGHT) return;
      const key = tileKey(address);
      if (this.#cache.has(key) || this.#inFlight.has(key) || this.#failed.has(key)) continue;
      void this.#fetch(key, address);
    }
  }

  async #fetch(key: string, address: TileAddress): Promise<void> {
    const controller = new AbortController();
    this.#inFlight.set(key, controller);
    try {
      const tile = await this.source(address, controller.signal);
      if (this.#disposed || controller.signal.aborted) return;
      this.#cache.set(key, this.events.keep(tile));
      this.#done(key, controller);
      this.events.arrived();
    } catch (error) {
      if (this.#disposed || controller.signal.aborted) return;
      this.#failed.add(key);
      this.#done(key, controller);
      this.events.failed(error);
    }
  }

  #done(key: string, controller: AbortController): void {
    if (this.#inFlight.get(key) === controller) this.#inFlight.delete(key);
    this.#fill();
  }
}
