import type { ByteSource } from "../../base/byteSource.ts";
import type { DType } from "../../base/dtype.ts";
import { DTYPES } from "../../base/dtype.ts";
import { FormatError, INCOMPLETE_REMEDY, LimitError, ModeScopeError } from "../../base/errors.ts";
import { MAX_JSON_HEADER_BYTES, MAX_NAME_LENGTH, MAX_RANK, MAX_TENSORS } from "../../base/limits.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import type { SkippedTensor } from "../types.ts";

/** The header's dtype words. */
const WORDS: ReadonlyMap<string, DType> = new Map([
  ["F64", "f64"],
  ["F32", "f32"],
  ["F16", "f16"],
  ["BF16", "bf16"],
  ["F8_E4M3", "f8_e4m3"],
  ["F8_E5M2", "f8_e5m2"],
  ["F8_E4M3FNUZ", "f8_e4m3fnuz"],
  ["F8_E5M2FNUZ", "f8_e5m2fnuz"],
  ["F8_E8M0", "f8_e8m0"],
  ["F4", "f4_e2m1"],
  ["I64", "i64"],
  ["I32", "i32"],
  ["I16", "i16"],
  ["I8", "i8"],
  ["U64", "u64"],
  ["U32", "u32"],
  ["U16", "u16"],
  ["U8", "u8"],
  ["BOOL", "bool"],
  ["C64", "c64"],
]);

/** Words whose size is known and whose bits are not: the format says six bits an element, not in which order they stand in the bytes. */
const SIX_BITS = new Set(["F6_E2M3", "F6_E3M2"]);

export interface SafetensorsHeader {
  readonly tensors: readonly (TensorInfo & { readonly byteRange: NonNullable<TensorInfo["byteRange"]> })[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly skipped: readonly SkippedTensor[];
  readonly bytesRead: number;
}

const DAMAGED = "The file is damaged or written by a faulty program: copy, download or save it again.";

function bad(message: string, field: string, offset: number, tensor?: string, remedy = DAMAGED): FormatError {
  return new FormatError(message, {
    format: "safetensors",
    field,
    offset,
    remedy,
    ...(tensor === undefined ? {} : { tensor }),
  });
}

/** Length, JSON, ranges: all checked against the file before anything is believed (format description: huggingface/safetensors). */
export async function readSafetensorsHeader(
  source: ByteSource,
  file: string,
  signal?: AbortSignal,
): Promise<SafetensorsHeader> {
  if (source.size < 8)
    throw bad(
      `A safetensors file begins with 8 bytes of length; this one has ${source.size} in all.`,
      "header length",
      0,
    );
  const lengthBytes = await source.read(0, 8, signal);
  const claimed = new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 8).getBigUint64(0, true);
  if (claimed > BigInt(source.size - 8))
    throw bad(
      `The header claims ${claimed} bytes, but the file has ${source.size - 8} behind its length.`,
      "header length",
      0,
      undefined,
      INCOMPLETE_REMEDY,
    );
  if (claimed > BigInt(MAX_JSON_HEADER_BYTES))
    throw new LimitError(`The header has ${claimed} bytes; at most ${MAX_JSON_HEADER_BYTES} are read.`, {
      format: "safetensors",
      field: "header length",
      offset: 0,
    });
  const length = Number(claimed);
  const header = parseHeader(await source.read(8, length, signal));
  const start = 8 + length;
  const tensors: SafetensorsHeader["tensors"][number][] = [];
  const skipped: SkippedTensor[] = [];
  const ranges: { name: string; begin: number; end: number }[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of header) {
    if (name === "__metadata__") {
      metadata = readMetadata(value);
      continue;
    }
    if (name.length > MAX_NAME_LENGTH) throw bad(`A tensor's name has ${name.length} characters.`, "name", 8);
    const { shape, elements } = readShape(value, name);
    const { begin, end } = readRange(value, name, source.size - start);
    ranges.push({ name, begin, end });
    const word = (value as { dtype?: unknown }).dtype;
    const dtype = typeof word === "string" ? WORDS.get(word) : undefined;
    if (dtype === undefined && !(typeof word === "string" && SIX_BITS.has(word))) {
      skipped.push({ name, reason: `Its dtype ${JSON.stringify(word) ?? "(missing)"} is not read.` });
      continue;
    }
    const needed = elements * (dtype === undefined ? 0.75 : DTYPES[dtype].bytes);
    if (needed !== end - begin) {
      throw bad(
        `The tensor's shape ${JSON.stringify(shape)} of ${word} needs ${needed} bytes, but its range has ${end - begin}.`,
        "data_offsets",
        start + begin,
        name,
      );
    }
    if (dtype === undefined) {
      skipped.push({
        name,
        reason: `Its dtype ${word} is known, but the format does not say how six bits are packed.`,
      });
      continue;
    }
    tensors.push({
      name,
      shape,
      dtype,
      elements,
      storedBytes: end - begin,
      byteRange: { file, offset: start + begin, length: end - begin },
    });
  }
  refuseGaps(ranges, source.size - start, start);
  return { tensors, metadata, skipped, bytesRead: start };
}

/** Own keys only, in file order; names such as `__proto__` stay names. */
function parseHeader(bytes: Uint8Array): [string, unknown][] {
  if (bytes[0] !== 0x7b) throw bad("The header does not begin with “{”.", "header", 8);
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof ModeScopeError) throw cause;
    throw bad("The header is no valid JSON.", "header", 8);
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw bad("The header is no JSON object.", "header", 8);
  const entries = Object.entries(parsed);
  if (entries.length > MAX_TENSORS)
    throw new LimitError(`The header lists ${entries.length} tensors; at most ${MAX_TENSORS} are read.`, {
      format: "safetensors",
    });
  return entries;
}

function readMetadata(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) throw bad("__metadata__ is no object.", "__metadata__", 8);
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}

function readShape(value: unknown, name: string): { shape: readonly number[]; elements: number } {
  const shape = (value as { shape?: unknown } | null)?.shape;
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw bad("The tensor's shape is no list of sizes.", "shape", 8, name);
  }
  const elements = (shape as number[]).reduce((product, n) => product * n, 1);
  if (!Number.isSafeInteger(elements)) throw bad("The tensor's shape has too many elements.", "shape", 8, name);
  return { shape: shape as number[], elements };
}

function readRange(value: unknown, name: string, available: number): { begin: number; end: number } {
  const offsets = (value as { data_offsets?: unknown }).data_offsets;
  const [begin, end] = Array.isArray(offsets) && offsets.length === 2 ? (offsets as unknown[]) : [];
  if (
    !Number.isSafeInteger(begin) ||
    !Number.isSafeInteger(end) ||
    (begin as number) < 0 ||
    (end as number) < (begin as number)
  ) {
    throw bad("The tensor's data_offsets are no range.", "data_offsets", 8, name);
  }
  if ((end as number) > available)
    throw bad(
      `The tensor's data end at byte ${end} of the data, but the file has only ${available} there.`,
      "data_offsets",
      8,
      name,
      INCOMPLETE_REMEDY,
    );
  return { begin: begin as number, end: end as number };
}

/** The format wants the ranges to cover the data exactly, without gap or overlap. */
function refuseGaps(ranges: { name: string; begin: number; end: number }[], available: number, start: number): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const { name, begin, end } of ranges) {
    if (begin !== at)
      throw bad(
        begin < at ? "The tensor's data overlap another tensor's." : "There is a gap before the tensor's data.",
        "data_offsets",
        start + begin,
        name,
      );
    at = end;
  }
  if (at !== available)
    throw bad(`${available - at} bytes behind the last tensor belong to none.`, "data_offsets", start + at);
}
