import { ShortReadError } from "./errors.ts";
import { MAX_NAME_LENGTH } from "./limits.ts";

/**
 * Random-access bytes of one file version.
 * `read` gives exactly `length` bytes or throws ShortReadError; a file that changed since opening throws StaleSourceError.
 * Offsets are integers up to 2^53; never use bit operations on them.
 */
export interface ByteSource {
  readonly uri: string;
  readonly size: number;
  /** Identity of this version of the file (size, modification time, inode …); equal means unchanged. */
  readonly version: string;
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** Where a format finds the files beside its own (shards, external data). Names are relative; nothing outside the folder resolves. */
export type OpenSibling = (name: string) => Promise<ByteSource>;

export interface FolderItem {
  readonly name: string;
  readonly kind: "file" | "folder";
}

/** What lies in a folder, by name. `complete` is false where it holds more than anybody lists. */
export interface FolderListing {
  readonly entries: readonly FolderItem[];
  readonly complete: boolean;
}

/** Whether a relative name would not stay in its folder. Links are the file system's to judge. */
export function leavesFolder(name: string): boolean {
  return (
    name === "" ||
    name.includes("\0") ||
    /^[/\\]|^[a-z]:/i.test(name) ||
    name.split(/[/\\]/).includes("..") ||
    name.length > MAX_NAME_LENGTH
  );
}

export function memorySource(bytes: Uint8Array<ArrayBuffer>, uri = "memory:", version = "0"): ByteSource {
  return {
    uri,
    size: bytes.byteLength,
    version,
    async read(offset, length, signal) {
      signal?.throwIfAborted();
      if (offset < 0 || length < 0 || offset + length > bytes.byteLength) {
        throw new ShortReadError(offset, length, Math.max(0, bytes.byteLength - offset), uri);
      }
      return bytes.subarray(offset, offset + length);
    },
    async close() {},
  };
}
