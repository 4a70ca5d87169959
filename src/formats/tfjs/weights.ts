import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES, type DType } from "../../base/dtype.ts";
import { decodeAffine, decodeElements } from "../_shared/decode.ts";
import { type Codec, type Piece, storedEntry, type TensorEntry } from "../_shared/entryCheckpoint.ts";
import { elementsOf } from "../_shared/shape.ts";
import type { LabelSource, SkippedTensor } from "../types.ts";
import type { WeightGroup, WeightSpec } from "./manifest.ts";

const PLAIN: ReadonlyMap<string, DType> = new Map<string, DType>([
  ["float32", "f32"],
  ["int32", "i32"],
  ["bool", "bool"],
  ["complex64", "c64"],
  ["float16", "f16"],
  ["uint8", "u8"],
  ["uint16", "u16"],
]);
const QUANTIZED: ReadonlyMap<string, DType> = new Map<string, DType>([
  ["uint8", "u8_affine"],
  ["uint16", "u16_affine"],
  ["float16", "f16"],
]);

/** A file of a group and where it begins in the group's bytes. */
interface Shard {
  readonly name: string;
  readonly file: ByteSource;
  readonly start: number;
}

export interface OpenGroup {
  readonly shards: readonly Shard[];
  /** Bytes that can be read from the group's start on. */
  readonly length: number;
  /** Why there are no more: the first file that cannot be opened. */
  readonly missing: string | undefined;
}

/** Walks the weights of a group: each begins where the one before it ends. */
export async function readGroup(
  group: WeightGroup,
  opened: OpenGroup,
  signal: AbortSignal | undefined,
): Promise<{
  readonly entries: readonly TensorEntry[];
  readonly skipped: readonly SkippedTensor[];
  /** Lists of texts: a classifier's names for its outputs. */
  readonly labels: readonly LabelSource[];
  readonly bytesRead: number;
}> {
  const labels: LabelSource[] = [];
  const entries: TensorEntry[] = [];
  const skipped: SkippedTensor[] = [];
  let at = 0;
  let bytesRead = 0;
  let lost: string | undefined;
  for (const weight of group.weights) {
    const { name } = weight;
    if (lost !== undefined) {
      if (name !== "") skipped.push({ name, reason: `it lies behind ${lost}, whose length is not known` });
      continue;
    }
    if (weight.dtype === "string") {
      const texts = await textBytes(weight, opened, at, signal);
      bytesRead += texts.read;
      skipped.push({ name, reason: "it holds texts" });
      if (texts.length !== undefined) labels.push(...textLabels(weight, opened, at, texts.length));
      if (texts.length === undefined) lost = name;
      else at += texts.length;
      continue;
    }
    const entry = entryOf(weight, opened, at);
    if (typeof entry !== "string") {
      entries.push(entry);
      at += entry.info.storedBytes;
      continue;
    }
    const length = lengthOf(weight);
    if (name !== "") skipped.push({ name, reason: entry });
    if (length === undefined) lost = name === "" ? "a weight that cannot be read" : name;
    else at += length;
  }
  return { entries, skipped, labels, bytesRead };
}

function storedDtype({ dtype, quantization }: WeightSpec): DType | undefined {
  return quantization === undefined ? PLAIN.get(dtype) : QUANTIZED.get(quantization.dtype);
}

function lengthOf(weight: WeightSpec): number | undefined {
  const dtype = storedDtype(weight);
  const elements = elementsOf(weight.shape);
  return dtype === undefined || typeof elements === "string" ? undefined : elements * DTYPES[dtype].bytes;
}

function entryOf(weight: WeightSpec, opened: OpenGroup, at: number): TensorEntry | string {
  const { name, shape, quantization } = weight;
  const stored = storedDtype(weight);
  if (stored === undefined) return `its data type ${(quantization?.dtype ?? weight.dtype).slice(0, 40)} is not read`;
  const elements = elementsOf(shape);
  if (typeof elements === "string") return elements;
  const length = elements * DTYPES[stored].bytes;
  if (at + length > opened.length)
    return `it needs the bytes ${at} to ${at + length} of its group, but ${opened.length} are there${opened.missing === undefined ? "" : `: ${opened.missing}`}`;
  const pieces = piecesOf(opened, at, length);
  const only = pieces.length === 1 ? { byteRange: pieces[0]! } : {};
  // Quantized whole numbers come back rounded, as the library does.
  const dtype: DType = quantization !== undefined && weight.dtype === "int32" && stored !== "f16" ? "i32" : stored;
  return storedEntry({ name, shape, dtype, elements, storedBytes: length, ...only }, pieces, codecOf(stored, weight));
}

function codecOf(stored: DType, { dtype, quantization }: WeightSpec): Codec {
  const bytes = DTYPES[stored].bytes;
  if (stored !== "u8_affine" && stored !== "u16_affine")
    return { elements: 1, bytes, decode: (data) => decodeElements(data, stored) };
  const { scale = 1, min = 0 } = quantization ?? {};
  const plain = stored === "u8_affine" ? "u8" : "u16";
  return {
    elements: 1,
    bytes,
    decode(data) {
      if (dtype !== "int32" && plain === "u8") return decodeAffine(data, plain, scale, min);
      const codes = decodeElements(data, plain);
      if (dtype === "int32") return Float64Array.from(codes, (code) => Math.round(code * scale + min));
      for (let i = 0; i < codes.length; i++) codes[i] = codes[i]! * scale + min;
      return codes;
    },
  };
}

/** A stretch of the group's bytes, in the files that hold it. */
function piecesOf({ shards }: OpenGroup, at: number, length: number): Piece[] {
  const pieces: Piece[] = [];
  for (const { name, file, start } of shards) {
    const from = Math.max(at, start);
    const to = Math.min(at + length, start + file.size);
    if (from < to) pieces.push({ file: name, offset: from - start, length: to - from });
  }
  return pieces.length > 0 ? pieces : [{ file: shards[0]?.name ?? "", offset: 0, length: 0 }];
}

async function readPieces(opened: OpenGroup, at: number, length: number, signal: AbortSignal | undefined) {
  const parts: Uint8Array[] = [];
  for (const piece of piecesOf(opened, at, length)) {
    const source = opened.shards.find(({ name }) => name === piece.file)?.file;
    if (source !== undefined) parts.push(await source.read(piece.offset, piece.length, signal));
  }
  return parts;
}

/** One list of texts is words for an axis of its length; longer ones, and single texts, are data. */
const MOST_WORDS = 100_000;
const MOST_BYTES = 4 * 2 ** 20;

function textLabels({ name, shape }: WeightSpec, opened: OpenGroup, at: number, length: number): LabelSource[] {
  const [count = 0] = shape;
  if (shape.length !== 1 || count < 2 || count > MOST_WORDS || length > MOST_BYTES) return [];
  return [
    {
      id: name,
      title: `${count} texts of ${name}`,
      async load(signal) {
        const parts = await readPieces(opened, at, length, signal);
        const bytes = new Uint8Array(length);
        let filled = 0;
        for (const part of parts) {
          bytes.set(part, filled);
          filled += part.length;
        }
        const view = new DataView(bytes.buffer);
        const words: string[] = [];
        for (let from = 0; words.length < count && from + 4 <= filled; ) {
          const size = view.getUint32(from, true);
          words.push(new TextDecoder().decode(bytes.subarray(from + 4, from + 4 + size)));
          from += 4 + size;
        }
        return words;
      },
    },
  ];
}

/** Texts stand as their length in four bytes and their bytes, one after the other: only the lengths are read. */
async function textBytes(
  { shape }: WeightSpec,
  opened: OpenGroup,
  at: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly length: number | undefined; readonly read: number }> {
  const count = elementsOf(shape);
  let position = at;
  let read = 0;
  if (typeof count === "string" || at + count * 4 > opened.length) return { length: undefined, read };
  for (let i = 0; i < count; i++) {
    if (position + 4 > opened.length) return { length: undefined, read };
    const bytes: number[] = [];
    for (const part of await readPieces(opened, position, 4, signal)) bytes.push(...part);
    read += 4;
    const [a = 0, b = 0, c = 0, d = 0] = bytes;
    position += 4 + a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
  }
  return { length: position - at, read };
}
