import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { CacheStore } from "../../engine/ports.ts";

/** Opening more entries at once than this gains nothing and could run out of file handles. */
const MAX_AT_ONCE = 32;
/** Sweeping reads the whole folder: it waits until this part of the bound, or this many entries, were written, and frees as much beforehand. */
const SWEEP_SHARE = 1 / 8;
const WRITES_BETWEEN_SWEEPS = 256;
/** An unfinished entry that is older than this belonged to a process that died. */
const ABANDONED_MILLISECONDS = 3_600_000;

/**
 * One file an entry, in 256 folders. Written beside and renamed, so that two windows never see half an entry; the last writer wins, and both wrote the same.
 * Least recently used entries go when the sum passes `maxBytes`. Failing to write is not an error: a cache may forget. A bound of 0 bytes
 * switches it off: nothing is read and nothing is written.
 */
export function diskCache(folder: string, maxBytes: number): CacheStore {
  if (maxBytes <= 0)
    return { description: "off", get: () => Promise.resolve(null), put: () => Promise.resolve(), dispose() {} };
  const gate = semaphore(MAX_AT_ONCE);
  // The first write of a session sweeps: what earlier sessions left may be over the bound.
  let writes = WRITES_BETWEEN_SWEEPS;
  let written = 0;
  let sweeping = false;
  const fileOf = (key: string) => join(folder, key.slice(0, 2), key);
  const made = new Set<string>();

  async function put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.byteLength > maxBytes) return;
    const path = fileOf(key);
    const beside = `${path}.${process.pid}.${randomUUID()}.tmp`;
    try {
      const within = join(folder, key.slice(0, 2));
      if (!made.has(within)) await mkdir(within, { recursive: true });
      made.add(within);
      const handle = await open(beside, "wx");
      try {
        await handle.writeFile(bytes);
      } finally {
        await handle.close();
      }
      await rename(beside, path);
    } catch {
      // Perhaps someone cleared the folder: the next entry makes it anew.
      made.clear();
      await rm(beside, { force: true }).catch(() => undefined);
      return;
    }
    writes += 1;
    written += bytes.byteLength;
    sweepIfDue();
  }

  function sweepIfDue(): void {
    if (sweeping || (writes <= WRITES_BETWEEN_SWEEPS && written <= maxBytes * SWEEP_SHARE)) return;
    writes = 0;
    written = 0;
    sweeping = true;
    void sweep(folder, maxBytes * (1 - SWEEP_SHARE)).finally(() => {
      sweeping = false;
      sweepIfDue();
    });
  }

  async function get(key: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const bytes = await readFile(fileOf(key));
      const now = new Date();
      void utimes(fileOf(key), now, now).catch(() => undefined);
      return new Uint8Array(bytes);
    } catch {
      return null;
    }
  }

  return {
    description: `${folder} (at most ${Math.round(maxBytes / 2 ** 20)} MiB)`,
    get: (key) => (isKey(key) ? gate(() => get(key)) : Promise.resolve(null)),
    put: (key, bytes) => (isKey(key) ? gate(() => put(key, bytes)) : Promise.resolve()),
    dispose() {},
  };
}

function isKey(key: string): boolean {
  return /^[0-9a-f]{64}$/.test(key);
}

async function sweep(folder: string, maxBytes: number): Promise<void> {
  const entries: { path: string; bytes: number; used: number }[] = [];
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => null);
    if (!facts?.isFile()) continue;
    if (name.endsWith(".tmp")) {
      if (Date.now() - facts.mtimeMs > ABANDONED_MILLISECONDS) await rm(path, { force: true }).catch(() => undefined);
      continue;
    }
    entries.push({ path, bytes: facts.size, used: facts.mtimeMs });
  }
  let total = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  entries.sort((a, b) => a.used - b.used);
  for (const entry of entries) {
    if (total <= maxBytes) return;
    await rm(entry.path, { force: true }).catch(() => undefined);
    total -= entry.bytes;
  }
}

function semaphore(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= limit) await new Promise<void>((go) => waiting.push(go));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
