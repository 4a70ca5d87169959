import type { ByteSource } from "../../base/byteSource.ts";
import { ShortReadError } from "../../base/errors.ts";

/** A file inside a file: the bytes from `start` on, as a source of its own. Closing it closes the whole. */
export function partSource(whole: ByteSource, start: number, size: number): ByteSource {
  return {
    uri: whole.uri,
    size,
    version: whole.version,
    async read(offset, length, signal) {
      if (offset < 0 || length < 0 || offset + length > size)
        throw new ShortReadError(offset, length, Math.max(0, size - offset), whole.uri);
      return whole.read(start + offset, length, signal);
    },
    close: () => whole.close(),
  };
}
