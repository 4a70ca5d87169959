import type { DType } from "../../base/dtype.ts";
import { DTYPES } from "../../base/dtype.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import { MAX_NAME_LENGTH, MAX_NESTING_DEPTH, MAX_RANK, MAX_TENSOR_ELEMENTS, MAX_TENSORS } from "../../base/limits.ts";
import { namedDtype } from "../_shared/namedDtype.ts";
import type { PagedBytes } from "../_shared/pagedBytes.ts";
import type { MetadataValue, SkippedTensor } from "../types.ts";
import { CHUNKED, NDARRAY } from "./sniff.ts";
import { MAX_TOKEN_BYTES, readToken, type Token } from "./tokens.ts";

/** A stretch of an array's bytes in the file. */
export interface Piece {
  readonly at: number;
  readonly length: number;
}

export interface FlaxArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly dtype: DType;
  /** One, or several where Flax has cut an array of more than a gibibyte. */
  readonly pieces: readonly Piece[];
}

const NPSCALAR = 3;
const COMPLEX = 2;
const MAX_TEXT = 2000;
const MAX_METADATA = 5000;
/** Tokens of one file: arrays are one each, whatever their size. */
const MAX_TOKENS = 20_000_000;

function flaxError(message: string, offset: number, field = "MessagePack"): FormatError {
  return new FormatError(message, {
    format: "flax",
    field,
    offset,
    remedy: "The file is damaged or incomplete: copy it, or save it, again.",
  });
}

/** Walks the whole structure; of arrays only their place is noted. */
export class FlaxWalk {
  readonly arrays = new Map<string, FlaxArray>();
  readonly skipped: SkippedTensor[] = [];
  readonly metadata = new Map<string, MetadataValue>();
  #at = 0;
  #tokens = 0;

  constructor(
    private readonly bytes: PagedBytes,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** Where the walk has come to. */
  get at(): number {
    return this.#at;
  }

  async #token(): Promise<Token> {
    if (++this.#tokens > MAX_TOKENS)
      throw new LimitError(`The file has more than ${MAX_TOKENS} values.`, { format: "flax" });
    const left = this.bytes.size - this.#at;
    const head = await this.bytes.read(this.#at, Math.min(MAX_TOKEN_BYTES, left), this.signal);
    const token = readToken(head, 0);
    if (token === null)
      throw flaxError(left < MAX_TOKEN_BYTES ? "The file ends early." : "This is no value.", this.#at);
    this.#at += token.bytes;
    return token;
  }

  async #take(length: number, most: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#at + length > this.bytes.size) throw flaxError("The file ends early.", this.#at);
    const bytes = await this.bytes.read(this.#at, Math.min(length, most), this.signal);
    this.#at += length;
    return bytes;
  }

  async #text(token: Token, most = MAX_TEXT): Promise<string> {
    if (token.kind !== "text") throw flaxError("A text is missing.", this.#at);
    return new TextDecoder().decode(await this.#take(token.length, most));
  }

  async value(path: string, depth = 0): Promise<void> {
    if (depth > MAX_NESTING_DEPTH)
      throw new LimitError("Values are nested too deeply.", { format: "flax", offset: this.#at });
    const token = await this.#token();
    switch (token.kind) {
      case "plain":
        return this.#note(path, token.value);
      case "text": {
        const text = await this.#text(token);
        return this.#note(path, token.length > MAX_TEXT ? `${text}…` : text);
      }
      case "binary":
        await this.#take(token.length, 0);
        return this.#note(path, `(${token.length} bytes)`);
      case "list":
        for (let i = 0; i < token.count; i++) await this.value(join(path, String(i)), depth + 1);
        return;
      case "map":
        return this.#map(path, token.count, depth);
      case "extension":
        return this.#extension(path, token);
    }
  }

  async #key(): Promise<string> {
    const token = await this.#token();
    return token.kind === "plain" ? String(token.value) : this.#text(token, MAX_NAME_LENGTH);
  }

  async #map(path: string, count: number, depth: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const key = await this.#key();
      if (i === 0 && key === CHUNKED && count === 3) {
        await this.#token();
        return this.#chunked(path);
      }
      await this.value(join(path, key), depth + 1);
    }
  }

  async #extension(path: string, token: Token & { kind: "extension" }): Promise<void> {
    const end = this.#at + token.length;
    if (end > this.bytes.size) throw flaxError(`The array ${path} is cut off.`, this.#at);
    if (token.type === NDARRAY || token.type === NPSCALAR) {
      const array = await this.#array(path, end);
      if (typeof array === "string") this.#skip(path, array);
      else this.#add({ ...array, name: path });
    } else if (token.type === COMPLEX) this.#note(path, "(a complex number)");
    else this.#skip(path, `an extension of type ${token.type}, which is not known`);
    this.#at = end;
  }

  /** Shape, name of the dtype, bytes. A text is the reason why the array is not offered. */
  async #array(_path: string, end: number): Promise<Omit<FlaxArray, "name"> | string> {
    const list = await this.#token();
    if (list.kind !== "list" || list.count !== 3) return "its description is damaged";
    const shape = await this.#token();
    if (shape.kind !== "list" || shape.count > MAX_RANK) return "its shape is damaged";
    const sizes: number[] = [];
    for (let i = 0; i < shape.count; i++) {
      const size = await this.#token();
      if (
        size.kind !== "plain" ||
        typeof size.value !== "number" ||
        !Number.isSafeInteger(size.value) ||
        size.value < 0
      )
        return "its shape is damaged";
      sizes.push(size.value);
    }
    const name = await this.#text(await this.#token(), 64);
    const data = await this.#token();
    if (data.kind !== "binary" && data.kind !== "text") return "its data are missing";
    const dtype = namedDtype(name);
    if (dtype === undefined) return `its elements are of the kind ${name}, which is not read`;
    const elements = sizes.reduce((product, size) => product * size, 1);
    if (elements > MAX_TENSOR_ELEMENTS)
      return `it claims ${elements} elements; at most ${MAX_TENSOR_ELEMENTS} are read`;
    const wanted = elements * DTYPES[dtype].bytes;
    if (data.length !== wanted || this.#at + data.length > end)
      return `it needs ${wanted} bytes, but has ${data.length} (offset ${this.#at})`;
    return { shape: sizes, elements, dtype, pieces: [{ at: this.#at, length: wanted }] };
  }

  /** `shape` and `chunks` as maps with numbers as keys: Flax' way to store tuples. */
  async #chunked(path: string): Promise<void> {
    if ((await this.#key()) !== "shape") throw flaxError(`The shape of ${path} is missing.`, this.#at);
    const sizes: number[] = [];
    const shape = await this.#token();
    if (shape.kind !== "map" || shape.count > MAX_RANK) throw flaxError(`The shape of ${path} is damaged.`, this.#at);
    for (let i = 0; i < shape.count; i++) {
      await this.#key();
      const size = await this.#token();
      if (
        size.kind !== "plain" ||
        typeof size.value !== "number" ||
        !Number.isSafeInteger(size.value) ||
        size.value < 0
      )
        throw flaxError(`The shape of ${path} is damaged.`, this.#at);
      sizes.push(size.value);
    }
    if ((await this.#key()) !== "chunks") throw flaxError(`The chunks of ${path} are missing.`, this.#at);
    const chunks = await this.#token();
    if (chunks.kind !== "map") throw flaxError(`The chunks of ${path} are damaged.`, this.#at);
    const pieces: Piece[] = [];
    let dtype: DType | undefined;
    let elements = 0;
    let why = "";
    for (let i = 0; i < chunks.count; i++) {
      await this.#key();
      const token = await this.#token();
      const end = this.#at + (token.kind === "extension" ? token.length : 0);
      if (token.kind !== "extension" || end > this.bytes.size)
        throw flaxError(`A chunk of ${path} is missing.`, this.#at);
      const chunk = await this.#array(path, end);
      this.#at = end;
      if (typeof chunk === "string") why = chunk;
      else if (dtype !== undefined && chunk.dtype !== dtype) why = "its chunks are of different kinds";
      else {
        dtype = chunk.dtype;
        elements += chunk.elements;
        pieces.push(...chunk.pieces);
      }
    }
    const wanted = sizes.reduce((product, size) => product * size, 1);
    if (why !== "" || dtype === undefined || elements !== wanted)
      this.#skip(path, why !== "" ? why : `its chunks hold ${elements} elements instead of ${wanted}`);
    else this.#add({ name: path, shape: sizes, elements, dtype, pieces });
  }

  #add(array: FlaxArray): void {
    if (this.arrays.size >= MAX_TENSORS)
      throw new LimitError(`The file has more than ${MAX_TENSORS} arrays.`, { format: "flax" });
    if (this.arrays.has(array.name)) this.#skip(array.name, "the file has this name twice; the first one is shown");
    else this.arrays.set(array.name, array);
  }

  #skip(name: string, reason: string): void {
    if (this.skipped.length < MAX_TENSORS) this.skipped.push({ name, reason });
  }

  #note(path: string, value: MetadataValue): void {
    const plain = typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
    if (this.metadata.size < MAX_METADATA && plain !== null) this.metadata.set(path, plain);
  }
}

const join = (path: string, key: string) => (path === "" ? key : `${path}/${key}`).slice(0, MAX_NAME_LENGTH);
