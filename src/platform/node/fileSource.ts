import { type FileHandle, open, opendir, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type ByteSource, type FolderItem, type FolderListing, leavesFolder } from "../../base/byteSource.ts";
import { ModeScopeError, ShortReadError, StaleSourceError } from "../../base/errors.ts";
import { MAX_FOLDER_ENTRIES } from "../../base/limits.ts";
import type { Sources } from "../../engine/ports.ts";

/** Reads by position: nothing but the asked range is ever read. */
async function openFileSource(uri: string): Promise<ByteSource> {
  const path = fileURLToPath(uri);
  let handle: FileHandle;
  try {
    handle = await open(path, "r");
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    const why =
      code === "ENOENT"
        ? "The file is not there."
        : code === "EACCES"
          ? "The file may not be read."
          : `The file cannot be opened (${code ?? "unknown reason"}).`;
    throw new ModeScopeError("source-missing", why, { uri, remedy: "Check its path and permissions." }, { cause });
  }
  try {
    const stat = await handle.stat({ bigint: true });
    if (!stat.isFile())
      throw new ModeScopeError("source-missing", "This is not a file.", { uri, remedy: "Choose a checkpoint file." });
    return new FileSource(uri, path, handle, Number(stat.size), versionOf(stat));
  } catch (error) {
    await handle.close();
    throw error;
  }
}

interface StatFacts {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ino: bigint;
}

function versionOf(stat: StatFacts): string {
  return `${stat.size}-${stat.mtimeNs}-${stat.ino}`;
}

class FileSource implements ByteSource {
  constructor(
    readonly uri: string,
    private readonly path: string,
    private readonly handle: FileHandle,
    readonly size: number,
    readonly version: string,
  ) {}

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    signal?.throwIfAborted();
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new ShortReadError(offset, length, Math.max(0, Math.min(length, this.size - offset)), this.uri);
    }
    // Not zeroed first: what a short read leaves is never handed out.
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    // Asked by path, not by handle: a file that was replaced by renaming another over it is a new version, too.
    const now = await stat(this.path, { bigint: true }).catch(() => null);
    if (now === null || versionOf(now) !== this.version) throw new StaleSourceError(this.uri);
    if (done < length) throw new ShortReadError(offset, length, done, this.uri);
    return bytes;
  }

  async close(): Promise<void> {
    await this.handle.close().catch(() => undefined);
  }

  toString(): string {
    return this.path;
  }
}

/** Files on this machine; every other scheme goes to `elsewhere`. */
export function nodeSources(elsewhere: Sources): Sources {
  return {
    open: (uri, signal) => (uri.startsWith("file:") ? openFileSource(uri) : elsewhere.open(uri, signal)),
    sibling: async (uri, name) =>
      uri.startsWith("file:") ? pathToFileURL(await pathBeside(uri, name)).href : elsewhere.sibling(uri, name),
    list: async (uri, folder) =>
      uri.startsWith("file:")
        ? listFolder(folder === "" ? dirname(fileURLToPath(uri)) : await pathBeside(uri, folder))
        : elsewhere.list(uri, folder),
  };
}

/** The real path must lie below the real folder of the checkpoint: no "..", no absolute names, no symlink out. */
async function pathBeside(uri: string, name: string): Promise<string> {
  const folder = dirname(fileURLToPath(uri));
  const refuse = (why: string) =>
    new ModeScopeError("bad-format", `The checkpoint names the file ${JSON.stringify(name)} beside it, which ${why}.`, {
      uri,
      field: "sibling",
    });
  if (leavesFolder(name) || isAbsolute(name)) throw refuse("would leave its folder");
  const path = join(folder, name);
  let real: string;
  try {
    real = await realpath(path);
  } catch {
    throw refuse("is not there");
  }
  const realFolder = await realpath(folder);
  // Hubs keep shards as links into a blob folder of the same cache entry: a link of the checkpoint itself may point there, too.
  const ownFolder = dirname(await realpath(fileURLToPath(uri)));
  const inside = [realFolder, ownFolder].some((base) => {
    const way = relative(base, real);
    return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
  if (!inside) throw refuse("leads out of its folder through a link");
  return path;
}

/** Names and kinds, links by what they lead to, in the order of their names; whatever else lies there is left out. */
export async function listFolder(path: string): Promise<FolderListing> {
  const entries: FolderItem[] = [];
  let complete = true;
  try {
    for await (const entry of await opendir(path)) {
      if (entries.length >= MAX_FOLDER_ENTRIES) {
        complete = false;
        break;
      }
      const facts = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => null) : entry;
      if (facts?.isFile()) entries.push({ name: entry.name, kind: "file" });
      else if (facts?.isDirectory()) entries.push({ name: entry.name, kind: "folder" });
    }
  } catch (cause) {
    throw new ModeScopeError(
      "source-missing",
      "The folder cannot be listed.",
      { uri: pathToFileURL(path).href, remedy: "Check its path and permissions." },
      { cause },
    );
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { entries, complete };
}
