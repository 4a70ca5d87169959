import type { ByteSource, FolderListing } from "../base/byteSource.ts";
import type { Disposable } from "../base/disposable.ts";
import type { StreamingHash } from "../base/sha256.ts";
import type { Transport } from "../protocol/frames.ts";

/** What the engine needs from the platform it runs on; `platform/node` and `platform/browser` give it. */

export interface Sources {
  open(uri: string, signal?: AbortSignal): Promise<ByteSource>;
  /** The URI of a file beside `uri`; rejects names that leave its folder. */
  sibling(uri: string, name: string): Promise<string>;
  /** What lies in a folder below that of `uri` ("": its own); the same names are refused. */
  list(uri: string, folder: string): Promise<FolderListing>;
}

export interface WorkerHandle {
  readonly transport: Transport;
  /** Called once when the worker ends, however it ends. */
  onExit(listener: (reason: string) => void): void;
  terminate(): void;
}

export interface Workers {
  /** How many may run at once. */
  readonly count: number;
  /** What their tasks may hold together. A single task that needs more runs alone. */
  readonly memoryBytes: number;
  spawn(): WorkerHandle;
  /** `TASK_FLAG.length` shared words that a running kernel can look at, or null where memory cannot be shared. */
  sharedFlag(): Int32Array<SharedArrayBuffer> | null;
}

/** Bytes by key. Entries may vanish at any time; a damaged entry reads as absent. */
export interface CacheStore extends Disposable {
  readonly description: string;
  get(key: string): Promise<Uint8Array<ArrayBuffer> | null>;
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** Lower-case hex SHA-256 of a text. */
export type HashText = (text: string) => Promise<string>;

/** What a worker hashes with. `stream` is there where the host has a native one; else the values go through `Sha256`. */
export interface Hashing {
  readonly text: HashText;
  readonly stream?: () => StreamingHash;
}

export interface EnginePorts {
  readonly sources: Sources;
  readonly workers: Workers;
  readonly cache: CacheStore;
  readonly hashText: HashText;
}
