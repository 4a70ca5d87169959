import { DTYPES, type DType } from "../../base/dtype.ts";
import { LimitError, serializeError } from "../../base/errors.ts";
import { MAX_NAME_LENGTH, MAX_NESTING_DEPTH, MAX_RANK, MAX_TENSOR_ELEMENTS, MAX_TENSORS } from "../../base/limits.ts";
import { cellIndex } from "../_shared/matlabNames.ts";
import type { MetadataValue, SkippedTensor } from "../types.ts";
import { mat5Error, type Region, readData, readTag, STORED, type Tag, TYPE } from "./elements.ts";

/** An array of numbers inside a region: what it is, and where its values lie. */
export interface FoundMatrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly dtype: DType;
  /** MATLAB stores whole numbers in the smallest type that holds them, whatever the class. */
  readonly stored: DType;
  readonly at: number;
  readonly bytes: number;
}

export interface Found {
  readonly matrices: FoundMatrix[];
  readonly skipped: SkippedTensor[];
  readonly texts: Map<string, MetadataValue>;
}

const CLASSES: Readonly<Record<number, DType>> = {
  6: "f64",
  7: "f32",
  8: "i8",
  9: "u8",
  10: "i16",
  11: "u16",
  12: "i32",
  13: "u32",
  14: "i64",
  15: "u64",
};
const WORDS: Readonly<Record<number, string>> = {
  5: "a sparse matrix, which is not read",
  16: "a function handle",
  17: "an object of a class, which is not read",
};
const CELL = 1;
const STRUCT = 2;
const OBJECT = 3;
const CHAR = 4;
const COMPLEX = 0x0800;
const LOGICAL = 0x0200;
const MAX_TEXT_BYTES = 4000;
const MAX_FIELD_BYTES = 16 * 1024 * 1024;

interface Header {
  readonly kind: number;
  readonly flags: number;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly name: string;
  readonly next: number;
}

/** Walks one matrix element and all that is in it. `path` is null at the top, where the element has a name of its own. */
export class MatrixWalk {
  readonly found: Found = { matrices: [], skipped: [], texts: new Map() };

  constructor(
    private readonly region: Region,
    private readonly littleEndian: boolean,
  ) {}

  async header(tag: Tag): Promise<Header> {
    const end = tag.at + tag.bytes;
    const flagsTag = await this.#tag(tag.at, end);
    const flags = await readData(this.region, flagsTag, 8, "array flags");
    if (flagsTag.type !== TYPE.uint32 || flags.length !== 8)
      throw mat5Error("A matrix has no flags.", "array flags", flagsTag.at);
    const word = new DataView(flags.buffer, flags.byteOffset, 8).getUint32(0, this.littleEndian);
    const sizesTag = await this.#tag(flagsTag.next, end);
    const sizes = await readData(this.region, sizesTag, MAX_RANK * 4, "dimensions");
    const view = new DataView(sizes.buffer, sizes.byteOffset, sizes.length);
    const shape = Array.from({ length: Math.floor(sizes.length / 4) }, (_, i) =>
      view.getInt32(i * 4, this.littleEndian),
    );
    if (sizesTag.type !== TYPE.int32 || shape.length < 2 || shape.some((size) => size < 0))
      throw mat5Error("A matrix has no valid dimensions.", "dimensions", sizesTag.at);
    const elements = shape.reduce((product, size) => product * size, 1);
    if (elements > MAX_TENSOR_ELEMENTS)
      throw new LimitError(`It claims ${elements} elements; at most ${MAX_TENSOR_ELEMENTS} are read.`, {
        format: "matlab5",
        field: "dimensions",
        offset: sizesTag.at,
      });
    const nameTag = await this.#tag(sizesTag.next, end);
    const name = new TextDecoder().decode(await readData(this.region, nameTag, MAX_NAME_LENGTH, "name"));
    return { kind: word & 0xff, flags: word, shape, elements, name, next: nameTag.next };
  }

  async walk(tag: Tag, path: string | null, depth = 0): Promise<void> {
    if (depth > MAX_NESTING_DEPTH) throw new LimitError("Cells are nested too deeply.", { format: "matlab5" });
    if (this.found.matrices.length + this.found.skipped.length > MAX_TENSORS)
      throw new LimitError(`The file has more than ${MAX_TENSORS} arrays.`, { format: "matlab5" });
    // A cell that holds nothing is an element of no bytes.
    if (tag.bytes === 0 && path !== null) return;
    const header = await this.header(tag);
    const name = path ?? header.name;
    const end = tag.at + tag.bytes;
    if (path === null && name === "") {
      this.found.skipped.push({ name: "(no name)", reason: "MATLAB's own bookkeeping of functions and objects" });
      return;
    }
    const dtype = CLASSES[header.kind];
    if (dtype !== undefined) await this.#numbers(header, name, dtype, end);
    else if (header.kind === CHAR) await this.#text(header, name, end);
    else if (header.kind === CELL) await this.#cells(header, name, end, depth);
    else if (header.kind === STRUCT || header.kind === OBJECT) await this.#struct(header, name, end, depth);
    else
      this.found.skipped.push({
        name,
        reason: WORDS[header.kind] ?? `a matrix of class ${header.kind}, which is not known`,
      });
  }

  async #numbers(header: Header, name: string, dtype: DType, end: number): Promise<void> {
    if ((header.flags & COMPLEX) !== 0) {
      this.found.skipped.push({ name, reason: "its values are complex numbers, which are not analysed" });
      return;
    }
    const data = await this.#tag(header.next, end);
    const stored = STORED[data.type];
    if (stored === undefined) throw mat5Error(`Values of type ${data.type} are not known.`, "data", data.at);
    if (data.bytes < header.elements * DTYPES[stored].bytes || data.at + data.bytes > Math.min(end, this.region.size))
      throw mat5Error(
        `It needs ${header.elements * DTYPES[stored].bytes} bytes, but has ${data.bytes}.`,
        "data",
        data.at,
      );
    const { shape, elements } = header;
    const logical = (header.flags & LOGICAL) !== 0;
    const bytes = elements * DTYPES[stored].bytes;
    this.found.matrices.push({ name, shape, elements, dtype: logical ? "bool" : dtype, stored, at: data.at, bytes });
  }

  async #text(header: Header, name: string, end: number): Promise<void> {
    const data = await this.#tag(header.next, end);
    const length = Math.min(data.bytes, MAX_TEXT_BYTES);
    const bytes = await readData(this.region, { ...data, bytes: length }, MAX_TEXT_BYTES, "text");
    this.found.texts.set(
      name,
      rowsOf(decode(bytes, data.type, this.littleEndian), header.shape) + (length < data.bytes ? "…" : ""),
    );
  }

  async #cells(header: Header, name: string, end: number, depth: number): Promise<void> {
    let at = header.next;
    for (let i = 0; i < header.elements; i++) {
      const tag = await this.#matrixTag(at, end);
      await this.#inside(tag, `${name}{${cellIndex(header.shape, i)}}`, depth);
      at = tag.next;
    }
  }

  async #struct(header: Header, name: string, end: number, depth: number): Promise<void> {
    let at = header.next;
    if (header.kind === OBJECT) at = (await this.#tag(at, end)).next;
    const lengthTag = await this.#tag(at, end);
    const lengthBytes = await readData(this.region, lengthTag, 4, "field name length");
    const width =
      lengthBytes.length === 4
        ? new DataView(lengthBytes.buffer, lengthBytes.byteOffset, 4).getInt32(0, this.littleEndian)
        : 0;
    const namesTag = await this.#tag(lengthTag.next, end);
    const names = await readData(this.region, namesTag, MAX_FIELD_BYTES, "field names");
    if (width < 1 || names.length % width !== 0)
      throw mat5Error("The names of the fields are damaged.", "field names", namesTag.at);
    const fields = Array.from({ length: names.length / width }, (_, i) => {
      const one = names.subarray(i * width, (i + 1) * width);
      const zero = one.indexOf(0);
      return new TextDecoder().decode(zero < 0 ? one : one.subarray(0, zero));
    });
    at = namesTag.next;
    if (fields.length === 0) return;
    for (let i = 0; i < header.elements; i++) {
      const owner = header.elements === 1 ? name : `${name}(${cellIndex(header.shape, i)})`;
      for (const field of fields) {
        const tag = await this.#matrixTag(at, end);
        await this.#inside(tag, `${owner}/${field}`, depth);
        at = tag.next;
      }
    }
  }

  /** What is damaged inside costs itself: its length says where the next one begins. */
  async #inside(tag: Tag, path: string, depth: number): Promise<void> {
    const name = path.slice(0, MAX_NAME_LENGTH);
    try {
      await this.walk(tag, name, depth + 1);
    } catch (error) {
      const { code, message, details } = serializeError(error);
      if (code !== "bad-format" && details.field === undefined) throw error;
      this.found.skipped.push({ name, reason: message });
    }
  }

  async #matrixTag(at: number, end: number): Promise<Tag> {
    const tag = await this.#tag(at, end);
    if (tag.type !== TYPE.matrix) throw mat5Error("An element that must be a matrix is none.", "matrix", at);
    if (tag.at + tag.bytes > end) throw mat5Error("A matrix is longer than what holds it.", "matrix", at);
    return tag;
  }

  #tag(at: number, end: number): Promise<Tag> {
    return readTag(this.region, at, this.littleEndian, end);
  }
}

function decode(bytes: Uint8Array, type: number, littleEndian: boolean): string {
  if (type === TYPE.utf8 || type === TYPE.int8 || type === 2) return new TextDecoder().decode(bytes);
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return new TextDecoder(littleEndian ? "utf-16le" : "utf-16be").decode(even);
}

/** A matrix of characters holds a text in each row, and is kept column by column. */
function rowsOf(text: string, [rows = 1, columns = 0]: readonly number[]): string {
  if (rows <= 1 || text.length !== rows * columns) return text;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => text[column * rows + row] ?? "")
      .join("")
      .trimEnd(),
  ).join("\n");
}
