import type { ByteSource } from "../base/byteSource.ts";
import { ModeScopeError } from "../base/errors.ts";
import type { Sources } from "../engine/ports.ts";
import type { SourceMethods } from "../protocol/contract.ts";
import type { Handlers, Peer } from "../protocol/peer.ts";

/** Sources that the other end of a peer reads for us. */
export function remoteSources<T extends SourceMethods & { [K in keyof T]: { params: unknown; result: unknown } }>(
  peer: Pick<Peer<T, Record<string, never>>, "requestUntyped">,
): Sources {
  const ask = <K extends keyof SourceMethods>(method: K, params: SourceMethods[K]["params"], signal?: AbortSignal) =>
    peer.requestUntyped(method, params, signal) as Promise<SourceMethods[K]["result"]>;
  return {
    async open(uri, signal): Promise<ByteSource> {
      const { size, version } = await ask("source/open", { uri }, signal);
      return {
        uri,
        size,
        version,
        read: (offset, length, readSignal) => ask("source/read", { uri, version, offset, length }, readSignal),
        async close() {},
      };
    },
    sibling: async (uri, name) => (await ask("source/sibling", { uri, name })).uri,
    list: (uri, folder) => ask("source/list", { uri, folder }),
  };
}

/** Serves `SourceMethods` by asking the next peer: how an engine in the middle passes a worker's request on. */
export function relaySources(next: {
  requestUntyped(method: string, params: unknown, signal?: AbortSignal): Promise<unknown>;
}): Handlers<SourceMethods> {
  const relay =
    <K extends keyof SourceMethods>(method: K) =>
    (params: SourceMethods[K]["params"], signal: AbortSignal) =>
      next.requestUntyped(method, params, signal) as Promise<SourceMethods[K]["result"]>;
  return {
    "source/open": relay("source/open"),
    "source/read": relay("source/read"),
    "source/sibling": relay("source/sibling"),
    "source/list": relay("source/list"),
  };
}

/** Where no host reads for us (the command line): only local files. */
export const NO_OTHER_SOURCES: Sources = { open: localOnly, sibling: localOnly, list: localOnly };

async function localOnly(uri: string): Promise<never> {
  throw new ModeScopeError("unsupported", "Only local files can be read here.", { uri });
}
