import type { ByteSource, OpenSibling } from "../../base/byteSource.ts";
import { LimitError, UnsupportedError } from "../../base/errors.ts";
import { type Body, MANIFEST, NODE, ocdbtError, openBody } from "./body.ts";

/** A stretch of a data file. */
interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}
export type Value = Place | { readonly bytes: Uint8Array<ArrayBuffer> };

const MAX_MANIFEST_BYTES = 64 * 2 ** 20;
const MAX_NODE_BYTES = 256 * 2 ** 20;
const MAX_HEIGHT = 32;
const MAX_NODES = 200_000;
/** A checkpoint of 10,000 arrays in 100 chunks each. */
const MAX_KEYS = 2_000_000;
const MAX_FILES = 1_000_000;
const MAX_PATH = 4096;
/** Data files that stay open at a time. */
const MAX_OPEN = 64;

/** Data files by their path below the checkpoint's folder; `sibling` lets nothing out of it. */
export class DataFiles {
  readonly #open = new Map<string, { readonly source: Promise<ByteSource>; reads: number }>();
  bytesRead = 0;

  constructor(private readonly sibling: OpenSibling) {}

  async read({ file, offset, length }: Place, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#open.get(file) ?? { source: this.sibling(file), reads: 0 };
    this.#open.delete(file);
    this.#open.set(file, entry);
    entry.reads += 1;
    try {
      const source = await entry.source;
      if (offset + length > source.size)
        throw ocdbtError(
          `The data file ${file} has ${source.size} bytes; ${length} from ${offset} belong to this value.`,
          file,
          offset,
        );
      this.bytesRead += length;
      return await source.read(offset, length, signal);
    } finally {
      entry.reads -= 1;
      await this.#closeSome();
    }
  }

  /** The longest unused go; none that is being read. */
  async #closeSome(): Promise<void> {
    for (const [file, { source, reads }] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return;
      if (reads > 0) continue;
      this.#open.delete(file);
      await source.then((one) => one.close()).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map(({ source }) => source.then((one) => one.close()).catch(() => undefined)));
  }
}

/** All keys of the newest version of an OCDBT database, with where their values lie. */
export async function readDatabase(
  manifest: ByteSource,
  files: DataFiles,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Value>> {
  if (manifest.size > MAX_MANIFEST_BYTES)
    throw new LimitError(`The manifest has ${manifest.size} bytes; at most ${MAX_MANIFEST_BYTES} are read.`, {
      format: "orbax",
    });
  const body = openBody(await manifest.read(0, manifest.size, signal), MANIFEST, "manifest");
  body.take(16);
  if (body.varint() !== 0)
    throw new UnsupportedError("The manifest is kept in several files, which is not read.", {
      format: "orbax",
      field: "manifest",
    });
  body.varints(2);
  body.u8();
  const packing = body.varint();
  if (packing > 1) throw ocdbtError("The manifest's configuration is not known.", "manifest");
  if (packing === 1) body.take(4);
  const paths = readFileTable(body, "");
  const root = readNewestVersion(body, paths);
  const values = new Map<string, Value>();
  if (root !== null) await new TreeWalk(files, values, signal).visit(root, root.height, "");
  return values;
}

interface DataFile {
  readonly path: string;
  /** What stands before the paths that are named inside this file. */
  readonly base: string;
}

/** Paths share prefixes with the one before; a part of each is the base for what is below. */
function readFileTable(body: Body, base: string): DataFile[] {
  const count = body.varint();
  if (count > MAX_FILES) throw ocdbtError(`A table of ${count} files.`, body.field);
  if (count === 0) return [];
  const prefixes = [0, ...body.varints(count - 1)];
  const suffixes = body.varints(count);
  const bases = body.varints(count);
  const files: DataFile[] = [];
  let before = new Uint8Array(0);
  for (let i = 0; i < count; i++) {
    const path = joined(before, prefixes[i] ?? 0, body.take(suffixes[i] ?? 0), body);
    if (path.length > MAX_PATH || (bases[i] ?? 0) > path.length) throw ocdbtError("A path is damaged.", body.field);
    const text = new TextDecoder();
    files.push({ path: base + text.decode(path), base: base + text.decode(path.subarray(0, bases[i])) });
    before = path;
  }
  return files;
}

function joined(before: Uint8Array, prefix: number, suffix: Uint8Array, body: Body): Uint8Array<ArrayBuffer> {
  if (prefix > before.length) throw ocdbtError(`A name in the ${body.field} continues more than there is.`, body.field);
  const whole = new Uint8Array(prefix + suffix.length);
  whole.set(before.subarray(0, prefix));
  whole.set(suffix, prefix);
  return whole;
}

interface Root extends Place {
  readonly height: number;
  readonly base: string;
}

/** The manifest names the latest versions itself, in order; older ones hang on a tree that is not needed. */
function readNewestVersion(body: Body, files: readonly DataFile[]): Root | null {
  const count = body.varint();
  if (count === 0) throw ocdbtError("The manifest names no version.", body.field);
  body.varints(count);
  const heights = Array.from(body.take(count));
  const ids = body.varints(count);
  const offsets = body.varints(count);
  const lengths = body.varints(count);
  const last = count - 1;
  const length = lengths[last] ?? 0;
  const offset = offsets[last] ?? 0;
  // An empty database has no root.
  if (length === 0) return null;
  const file = fileOf(files, ids[last], body);
  return { file: file.path, base: file.base, offset, length, height: heights[last] ?? 0 };
}

function fileOf(files: readonly DataFile[], id: number | undefined, body: Body): DataFile {
  const file = files[id ?? -1];
  if (file === undefined) throw ocdbtError(`The ${body.field} names a file that is not in its table.`, body.field);
  return file;
}

class TreeWalk {
  readonly #seen = new Set<string>();

  constructor(
    private readonly files: DataFiles,
    private readonly values: Map<string, Value>,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async visit(place: Place & { readonly base: string }, height: number, prefix: string): Promise<void> {
    const mark = `${place.file} ${place.offset}`;
    if (this.#seen.has(mark) || height > MAX_HEIGHT || this.#seen.size > MAX_NODES)
      throw ocdbtError("The tree of the database goes in a circle, or has no end.", "B+tree node", place.offset);
    this.#seen.add(mark);
    if (place.length > MAX_NODE_BYTES)
      throw new LimitError(`A node claims ${place.length} bytes.`, {
        format: "orbax",
        field: "B+tree node",
        offset: place.offset,
      });
    const body = openBody(await this.files.read(place, this.signal), NODE, "B+tree node");
    if (body.u8() !== height) throw ocdbtError("A node stands at the wrong height.", body.field, place.offset);
    const files = readFileTable(body, place.base);
    const count = body.varint();
    if (count === 0 || count > body.left)
      throw ocdbtError("A node has no entries, or too many.", body.field, place.offset);
    const prefixes = [0, ...body.varints(count - 1)];
    const suffixes = body.varints(count);
    const common = height > 0 ? body.varints(count) : [];
    const keys = readKeys(body, prefixes, suffixes);
    if (height === 0) this.#leaf(body, files, keys, prefix);
    else await this.#inner(body, files, keys, common, prefix, height);
  }

  #leaf(body: Body, files: readonly DataFile[], keys: readonly Uint8Array[], prefix: string): void {
    const lengths = body.varints(keys.length);
    const kinds = Array.from(body.take(keys.length));
    const far = kinds.flatMap((kind, i) => (kind === 1 ? [i] : []));
    const ids = body.varints(far.length);
    const offsets = body.varints(far.length);
    let k = 0;
    for (const [i, key] of keys.entries()) {
      const name = prefix + latin(key);
      if (this.values.size >= MAX_KEYS)
        throw new LimitError(`The database has more than ${MAX_KEYS} keys.`, { format: "orbax" });
      const length = lengths[i] ?? 0;
      if (kinds[i] === 1) {
        this.values.set(name, { file: fileOf(files, ids[k], body).path, offset: offsets[k] ?? 0, length });
        k += 1;
      } else this.values.set(name, { bytes: body.take(length).slice() });
    }
  }

  async #inner(
    body: Body,
    files: readonly DataFile[],
    keys: readonly Uint8Array[],
    common: readonly number[],
    prefix: string,
    height: number,
  ): Promise<void> {
    const ids = body.varints(keys.length);
    const offsets = body.varints(keys.length);
    const lengths = body.varints(keys.length);
    for (const [i, key] of keys.entries()) {
      const shared = common[i] ?? 0;
      if (shared > key.length) throw ocdbtError("A name in a node is damaged.", body.field);
      const { path, base } = fileOf(files, ids[i], body);
      const place = { file: path, base, offset: offsets[i] ?? 0, length: lengths[i] ?? 0 };
      await this.visit(place, height - 1, prefix + latin(key.subarray(0, shared)));
    }
  }
}

function readKeys(body: Body, prefixes: readonly number[], suffixes: readonly number[]): Uint8Array[] {
  const keys: Uint8Array[] = [];
  let before = new Uint8Array(0);
  for (const [i, length] of suffixes.entries()) {
    before = joined(before, prefixes[i] ?? 0, body.take(length), body);
    if (before.length > MAX_PATH) throw ocdbtError("A key is too long.", body.field);
    keys.push(before);
  }
  return keys;
}

/** Keys are bytes, and are cut anywhere: each byte one character, until the whole key is known. */
const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** The text of a key, byte by byte as it was put together. */
export const keyText = (key: string) => new TextDecoder().decode(Uint8Array.from(key, (char) => char.charCodeAt(0)));
