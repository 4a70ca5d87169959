import type { ByteSource } from "../../base/byteSource.ts";

/** The same source, and how much was read of it. */
export function countedSource(source: ByteSource): { readonly source: ByteSource; readonly bytesRead: () => number } {
  let bytesRead = 0;
  return {
    bytesRead: () => bytesRead,
    source: {
      uri: source.uri,
      size: source.size,
      version: source.version,
      async read(offset, length, signal) {
        const bytes = await source.read(offset, length, signal);
        bytesRead += length;
        return bytes;
      },
      close: () => source.close(),
    },
  };
}
