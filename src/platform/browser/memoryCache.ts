import type { CacheStore } from "../../engine/ports.ts";

/** A browser's extension host has no folder of its own that is fast: results live as long as the window. */
export function memoryCache(maxBytes: number): CacheStore {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  let total = 0;
  return {
    description: `memory of this window (at most ${Math.round(maxBytes / 2 ** 20)} MiB)`,
    async get(key) {
      const bytes = entries.get(key);
      if (bytes === undefined) return null;
      entries.delete(key);
      entries.set(key, bytes);
      return bytes;
    },
    async put(key, bytes) {
      total += bytes.byteLength - (entries.get(key)?.byteLength ?? 0);
      entries.delete(key);
      entries.set(key, bytes);
      for (const [oldest, old] of entries) {
        if (total <= maxBytes) return;
        entries.delete(oldest);
        total -= old.byteLength;
      }
    },
    dispose: () => entries.clear(),
  };
}
