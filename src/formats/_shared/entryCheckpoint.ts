import type { ByteSource } from "../../base/byteSource.ts";
import type { RealArray } from "../../base/dtype.ts";
import { ModeScopeError, UnsupportedError } from "../../base/errors.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";
import { requireRange } from "./requireRange.ts";

export type ReadBytes = (file: string, offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;

/** One tensor and how its values are read; `start` and `count` have been checked. */
export interface TensorEntry {
  readonly info: TensorInfo;
  read(start: number, count: number, bytes: ReadBytes): Promise<RealArray>;
}

/** A stretch of one of the checkpoint's files. */
export interface Piece {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Elements stored in blocks of fixed size; a block of one element is the plain case. */
export interface Codec {
  readonly elements: number;
  readonly bytes: number;
  /** Whole blocks to whole blocks' elements. */
  decode(bytes: Uint8Array<ArrayBuffer>): RealArray;
}

/** A tensor whose blocks lie one after the other over one or more pieces. */
export function storedEntry(info: TensorInfo, pieces: readonly Piece[], codec: Codec): TensorEntry {
  return {
    info,
    async read(start, count, bytes) {
      if (count === 0) return codec.decode(new Uint8Array());
      const first = Math.floor(start / codec.elements);
      const last = Math.ceil((start + count) / codec.elements);
      const stored = await readPieces(pieces, first * codec.bytes, (last - first) * codec.bytes, bytes);
      const values = codec.decode(stored);
      const from = start - first * codec.elements;
      return from === 0 && values.length === count ? values : values.subarray(from, from + count);
    },
  };
}

async function readPieces(
  pieces: readonly Piece[],
  offset: number,
  length: number,
  bytes: ReadBytes,
): Promise<Uint8Array<ArrayBuffer>> {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined) return bytes(only.file, only.offset + offset, length);
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    const from = Math.max(offset, at);
    const to = Math.min(offset + length, at + piece.length);
    if (from < to) out.set(await bytes(piece.file, piece.offset + from - at, to - from), from - offset);
    at += piece.length;
  }
  return out;
}

/** A checkpoint of tensors that each know how they are stored, over the files that hold them. */
export function entryCheckpoint(
  facts: Omit<Checkpoint, "read" | "close" | "version" | "bytesRead" | "tensors">,
  entries: readonly TensorEntry[],
  files: ReadonlyMap<string, ByteSource>,
  headerBytes: number,
): Checkpoint {
  const byName = new Map<string, TensorEntry>();
  const skipped = [...facts.skipped];
  for (const entry of entries) {
    const { name } = entry.info;
    // A damaged file may give one name twice, and a name must lead to one tensor.
    if (byName.has(name)) skipped.push({ name, reason: "another tensor has the same name" });
    else byName.set(name, entry);
  }
  let bytesRead = headerBytes;
  return {
    ...facts,
    skipped,
    tensors: [...byName.values()].map(({ info }) => info),
    version: [...files.values()].map((source) => source.version).join(" "),
    bytesRead: () => bytesRead,
    async read(name, start, count, signal) {
      const details = { tensor: name, format: facts.format };
      const entry = byName.get(name);
      if (entry === undefined)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this checkpoint.`, details);
      const { elements, dtype } = entry.info;
      requireRange(name, elements, start, count);
      if (dtype === "c32" || dtype === "c64" || dtype === "c128")
        throw new UnsupportedError(
          `The values of ${name} are complex numbers (${dtype}), which are listed but not analysed.`,
          details,
        );
      return entry.read(start, count, async (file, offset, length) => {
        const source = files.get(file);
        if (source === undefined) throw new ModeScopeError("source-missing", `The file ${file} is not open.`, details);
        bytesRead += length;
        return source.read(offset, length, signal);
      });
    },
    async close() {
      await Promise.all([...files.values()].map((source) => source.close()));
    },
  };
}
