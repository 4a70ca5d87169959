import type { AnalysisManifest, ParameterValues, TargetRef } from "../analysis/types.ts";
import { packResult, unpackResult } from "./pack.ts";
import type { CacheStore, HashText } from "./ports.ts";

/**
 * Results by two kinds of key. By content: dtype, shape and values of the target, so that a copied, renamed or frozen tensor is found
 * again. By identity: this version of this file, so that an unchanged file need not even be read; such an entry holds only the content key.
 */
export interface ResultKeys {
  readonly identity: string;
  /** `reference`: the content hash of what it was compared with, or why it could not be; null where nothing was named. */
  byContent(contentHash: string, reference: string | null): Promise<string>;
}

export async function resultKeys(
  hash: HashText,
  version: string,
  uri: string,
  manifest: AnalysisManifest,
  target: TargetRef,
  parameters: ParameterValues,
  reference: { readonly uri: string; readonly version: string } | null,
): Promise<ResultKeys> {
  const question = JSON.stringify([
    manifest.id,
    manifest.version,
    Object.keys(manifest.parameters).map((name) => [name, parameters[name] ?? manifest.parameters[name]?.default]),
  ]);
  return {
    identity: await hash(
      `identity ${question} ${JSON.stringify([uri, version, target.tensor, target.part, target.tap, ...(reference === null ? [] : [reference.uri, reference.version])])}`,
    ),
    byContent: (contentHash, against) =>
      hash(`content ${question} ${contentHash}${against === null ? "" : ` against ${against}`}`),
  };
}

export async function recall(
  store: Pick<CacheStore, "get">,
  keys: ResultKeys,
): Promise<{ readonly result: unknown } | null> {
  const pointer = await read(store, keys.identity);
  return pointer !== null && typeof pointer.result === "string" ? read(store, pointer.result) : null;
}

export async function recallByContent(
  store: Pick<CacheStore, "get">,
  key: string,
): Promise<{ readonly result: unknown } | null> {
  return read(store, key);
}

/** Both entries are under way when it is called; until both are there, the answer reads as unknown. */
export async function remember(
  store: Pick<CacheStore, "put">,
  keys: ResultKeys,
  contentKey: string,
  result: unknown,
  isNew: boolean,
): Promise<void> {
  await Promise.all([
    ...(isNew ? [store.put(contentKey, packResult(result))] : []),
    store.put(keys.identity, packResult(contentKey)),
  ]);
}

/** The store as the engine shares it: who asks for an entry that is being written waits for it, since workers answer without waiting. */
export function withPendingWrites(store: CacheStore): CacheStore {
  const pending = new Map<string, Promise<void>>();
  return {
    description: store.description,
    async get(key) {
      await pending.get(key);
      return store.get(key);
    },
    async put(key, bytes) {
      const writing = store.put(key, bytes);
      pending.set(key, writing);
      try {
        await writing;
      } finally {
        if (pending.get(key) === writing) pending.delete(key);
      }
    },
    dispose: () => store.dispose(),
  };
}

async function read(store: Pick<CacheStore, "get">, key: string): Promise<{ readonly result: unknown } | null> {
  const bytes = await store.get(key);
  return bytes === null ? null : unpackResult(bytes);
}
