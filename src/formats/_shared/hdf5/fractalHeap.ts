import { UnsupportedError } from "../../../base/errors.ts";
import { walkBtree2 } from "./btree2.ts";
import { bytesFor, type Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";

const SUM = 4;
/** An object of a heap is a link or an attribute. */
const MAX_OBJECT = 64 * 1024 * 1024;

interface Shape {
  readonly blockOffsetBytes: number;
  readonly lengthBytes: number;
  readonly checksummed: boolean;
  readonly width: number;
  readonly startBytes: number;
  readonly maxDirectBytes: number;
  readonly root: number | null;
  readonly rootRows: number;
  readonly hugeTree: number | null;
  readonly idBytes: number;
}

/** A heap in which new-style groups keep their links and objects their many attributes. */
export class FractalHeap {
  #huge: Map<number, { readonly address: number; readonly length: number }> | undefined;

  private constructor(
    private readonly file: Hdf5File,
    private readonly shape: Shape,
  ) {}

  static async open(file: Hdf5File, address: number): Promise<FractalHeap> {
    const { offset, length } = file.widths;
    const head = await file.checked(address, 22 + 12 * length + 3 * offset + SUM, "fractal heap");
    head.signature("FRHP");
    head.skip(1);
    const idBytes = head.u16();
    if (head.u16() !== 0)
      throw new UnsupportedError("Names or attributes are kept in a compressed heap, which is not read.", {
        format: "hdf5",
        field: "fractal heap",
        offset: head.address,
      });
    const flags = head.u8();
    const maxManaged = head.u32();
    head.skip(length);
    const hugeTree = head.addressOrNull();
    head.skip(length + offset + 8 * length);
    const width = head.u16();
    const startBytes = head.length();
    const maxDirectBytes = head.length();
    const maxBits = head.u16();
    head.skip(2);
    const root = head.addressOrNull();
    const rootRows = head.u16();
    if (width === 0 || startBytes === 0 || maxDirectBytes < startBytes || maxBits > 64)
      throw head.fail("The sizes of a fractal heap make no sense.");
    return new FractalHeap(file, {
      blockOffsetBytes: Math.ceil(maxBits / 8),
      lengthBytes: Math.min(bytesFor(maxDirectBytes), bytesFor(maxManaged)),
      checksummed: (flags & 2) !== 0,
      width,
      startBytes,
      maxDirectBytes,
      root,
      rootRows,
      hugeTree,
      idBytes,
    });
  }

  /** The object that an ID of the heap stands for. */
  async object(id: Cursor): Promise<Cursor> {
    const first = id.u8();
    switch ((first >> 4) & 3) {
      case 0:
        return this.#managed(id.uint(this.shape.blockOffsetBytes), id.uint(this.shape.lengthBytes), id);
      case 1:
        return this.#hugeObject(id);
      case 2: {
        const length = this.shape.idBytes > 18 ? (((first & 15) << 8) | id.u8()) + 1 : (first & 15) + 1;
        return id.sub(length, "heap object");
      }
      default:
        throw id.fail("An ID of a heap is of no known kind.");
    }
  }

  async #managed(offset: number, length: number, id: Cursor): Promise<Cursor> {
    const { root, rootRows, startBytes } = this.shape;
    if (root === null || length > MAX_OBJECT) throw id.fail("An ID of a heap leads nowhere.");
    if (rootRows === 0) return this.#inBlock(root, startBytes, offset, length, id);
    return this.#inIndirect(root, rootRows, offset, length, id, 0);
  }

  async #inBlock(address: number, blockBytes: number, offset: number, length: number, id: Cursor): Promise<Cursor> {
    if (offset + length > blockBytes) throw id.fail("An object lies outside its heap block.");
    const mark = await this.file.structure(address, 4, "heap block");
    mark.signature("FHDB");
    return this.file.structure(address + offset, length, "heap object");
  }

  /** Rows of blocks: the first two of the start size, each further one twice as large. */
  #rowBytes(row: number): number {
    return row === 0 ? this.shape.startBytes : this.shape.startBytes * 2 ** (row - 1);
  }

  async #inIndirect(
    address: number,
    rows: number,
    offset: number,
    length: number,
    id: Cursor,
    depth: number,
  ): Promise<Cursor> {
    const { width, maxDirectBytes, startBytes, blockOffsetBytes } = this.shape;
    if (depth > 16 || rows > 64) throw id.fail("A fractal heap is nested too deeply.");
    const directRows = Math.min(rows, Math.log2(maxDirectBytes) - Math.log2(startBytes) + 2);
    const place = this.#find(offset, rows, id);
    const head = 5 + this.file.widths.offset + blockOffsetBytes;
    const node = await this.file.structure(address, head + rows * width * this.file.widths.offset, "heap block");
    node.signature("FHIB");
    node.at = head + place.entry * this.file.widths.offset;
    const child = node.place();
    if (place.row < directRows) return this.#inBlock(child, place.bytes, place.offset, length, id);
    const childRows = Math.log2(place.bytes) - Math.log2(startBytes * width) + 1;
    return this.#inIndirect(child, childRows, place.offset, length, id, depth + 1);
  }

  #find(offset: number, rows: number, id: Cursor) {
    let rest = offset;
    for (let row = 0; row < rows; row++) {
      const bytes = this.#rowBytes(row);
      const inRow = bytes * this.shape.width;
      if (rest < inRow) {
        const column = Math.floor(rest / bytes);
        return { row, bytes, entry: row * this.shape.width + column, offset: rest - column * bytes };
      }
      rest -= inRow;
    }
    throw id.fail("An ID of a heap leads behind its end.");
  }

  /** Large objects lie outside the heap; a B-tree tells where. */
  async #hugeObject(id: Cursor): Promise<Cursor> {
    const { offset, length } = this.file.widths;
    if (this.shape.idBytes - 1 >= offset + length) {
      const address = id.place();
      return this.#hugeAt(address, id.length(), id);
    }
    if (this.#huge === undefined) {
      const found = new Map<number, { address: number; length: number }>();
      if (this.shape.hugeTree !== null)
        await walkBtree2(this.file, this.shape.hugeTree, [1], (record) => {
          const address = record.place();
          const size = record.length();
          found.set(record.length(), { address, length: size });
        });
      this.#huge = found;
    }
    const place = this.#huge.get(id.uint(Math.min(this.file.widths.length, this.shape.idBytes - 1)));
    if (place === undefined) throw id.fail("An ID of a heap leads nowhere.");
    return this.#hugeAt(place.address, place.length, id);
  }

  #hugeAt(address: number, length: number, id: Cursor): Promise<Cursor> {
    if (length > MAX_OBJECT) throw id.fail(`A heap object of ${length} bytes.`);
    return this.file.structure(address, length, "heap object");
  }
}
