import { LimitError, serializeError } from "../../../base/errors.ts";
import { MAX_NAME_LENGTH, MAX_NESTING_DEPTH, MAX_TENSORS } from "../../../base/limits.ts";
import type { MetadataValue, SkippedTensor } from "../../types.ts";
import type { ChunkCache } from "../chunkCache.ts";
import { readAttributes } from "./attributes.ts";
import { type Hdf5Array, isDataset, type References, readDataset, readReferences } from "./dataset.ts";
import type { Hdf5File } from "./file.ts";
import { isGroup, type Link, readLinks } from "./groups.ts";
import { type Message, readObjectHeader } from "./objectHeader.ts";

export interface FoundArray {
  readonly name: string;
  /** Address of its header: what references lead to. */
  readonly address: number;
  readonly array: Hdf5Array;
  /** The name under which the same array was met before. */
  readonly sameAs?: string;
}

/** Everything in a file, by path. */
export interface Hdf5Content {
  readonly arrays: readonly FoundArray[];
  readonly skipped: readonly SkippedTensor[];
  /** Datasets of references, by path, where they were asked for. */
  readonly references: ReadonlyMap<string, References>;
  /** Path of every object, by address. */
  readonly paths: ReadonlyMap<number, string>;
  /** Attributes of every object, by its path ("" is the root). */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, MetadataValue>>;
  /** Attributes that were left out because there are too many. */
  readonly attributesDropped: boolean;
}

export interface WalkOptions {
  readonly reversed: boolean;
  /** Whether references are read. */
  readonly references: boolean;
}

/** Objects with attributes that are kept: names and settings of layers, not a database. */
const MAX_ATTRIBUTE_OWNERS = 20_000;

/** Walks all groups from the root. What cannot be read costs itself alone; nothing leads out of the file. */
export async function walkHdf5(
  file: Hdf5File,
  root: number,
  cache: ChunkCache,
  options: WalkOptions,
): Promise<Hdf5Content> {
  const references = new Map<string, References>();
  const arrays: FoundArray[] = [];
  const skipped: SkippedTensor[] = [];
  const attributes = new Map<string, ReadonlyMap<string, MetadataValue>>();
  const seen = new Map<number, string>();
  const arrayAt = new Map<number, FoundArray>();
  let dropped = false;
  const keepAttributes = async (path: string, messages: readonly Message[]) => {
    if (attributes.size >= MAX_ATTRIBUTE_OWNERS) dropped = true;
    else {
      const found = await readAttributes(file, messages);
      if (found.size > 0) attributes.set(path, found);
    }
  };

  const visit = async (path: string, address: number, depth: number): Promise<void> => {
    const before = seen.get(address);
    if (before !== undefined) {
      const same = arrayAt.get(address);
      if (same === undefined)
        skipped.push({ name: path, reason: `another name of ${before === "" ? "the root" : before}` });
      else arrays.push({ ...same, name: path, sameAs: same.name });
      return;
    }
    seen.set(address, path);
    const messages = await readObjectHeader(file, address);
    if (isGroup(messages)) {
      if (depth >= MAX_NESTING_DEPTH) throw new LimitError("Groups are nested too deeply.", { format: "hdf5" });
      await keepAttributes(path, messages);
      for (const link of await readLinks(file, messages)) await follow(path, link, depth);
    } else if (isDataset(messages)) {
      await keepAttributes(path, messages);
      const refers = options.references ? await readReferences(file, messages) : null;
      if (refers !== null) {
        references.set(path, refers);
        return;
      }
      const habits = { reversed: options.reversed, opaqueBfloat16: isBfloat16(path, attributes) };
      const array = await readDataset(file, messages, cache, habits);
      if (typeof array === "string") skipped.push({ name: path, reason: array });
      else {
        const found = { name: path, address, array };
        arrays.push(found);
        arrayAt.set(address, found);
      }
    }
    // What is neither (a named datatype, an empty object) holds nothing to show.
  };

  const follow = async (path: string, link: Link, depth: number): Promise<void> => {
    const name = (path === "" ? link.name : `${path}/${link.name}`).slice(0, MAX_NAME_LENGTH);
    if (arrays.length + skipped.length >= MAX_TENSORS)
      throw new LimitError(`The file has more than ${MAX_TENSORS} objects.`, { format: "hdf5" });
    if (link.kind === "soft")
      skipped.push({ name, reason: `a link to ${link.path}, which is listed under its own name` });
    else if (link.kind === "external")
      skipped.push({ name, reason: `a link into another file (${link.file}), which is not opened` });
    else if (link.kind === "unknown") skipped.push({ name, reason: "a link of a kind that is not read" });
    else {
      try {
        await visit(name, link.address, depth + 1);
      } catch (error) {
        file.signal?.throwIfAborted();
        if (isGlobal(error)) throw error;
        const { message, details } = serializeError(error);
        const where = details.offset === undefined ? "" : ` (${details.field ?? "byte"}, offset ${details.offset})`;
        skipped.push({ name, reason: `${message}${where}` });
      }
    }
  };

  await visit("", root, 0);
  return { arrays, skipped, references, paths: seen, attributes, attributesDropped: dropped };
}

/** Keras keeps bfloat16 as opaque pairs of bytes: it says so in an attribute, or, in its older layout, not at all. */
function isBfloat16(path: string, attributes: Hdf5Content["attributes"]): boolean {
  return attributes.get(path)?.get("dtype") === "bfloat16" || attributes.get("")?.has("keras_version") === true;
}

/** A file that changed or vanished, or bounds of the whole file: no matter of one array. */
function isGlobal(error: unknown): boolean {
  const { code, details } = serializeError(error);
  return (
    code === "stale-source" || code === "source-missing" || (code === "limit-exceeded" && details.field === undefined)
  );
}
