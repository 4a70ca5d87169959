import { LimitError } from "../../../base/errors.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";

/** One message of an object header: a property of the object. */
export interface Message {
  readonly type: number;
  /** The body lies elsewhere (a committed datatype, the shared-message heap). */
  readonly shared: boolean;
  readonly body: Cursor;
}

export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  oldFill: 0x04,
  fill: 0x05,
  link: 0x06,
  external: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  symbolTable: 0x11,
  continuation: 0x10,
  attributeInfo: 0x15,
} as const;

/** Messages of one object: 65,535 is what a header of the first version can count. */
const MAX_MESSAGES = 200_000;
const FIRST_BYTES = 512;

/** All messages of the object at an address, through its continuation blocks. Each block is visited once. */
export async function readObjectHeader(file: Hdf5File, address: number): Promise<Message[]> {
  const start = await file.upTo(address, FIRST_BYTES, "object header");
  const modern = start.left >= 4 && String.fromCharCode(...start.bytes.subarray(0, 4)) === "OHDR";
  return modern ? readModern(file, address, start) : readFirstVersion(file, address, start);
}

interface Block {
  readonly address: number;
  readonly length: number;
}

class Collector {
  readonly messages: Message[] = [];
  readonly #seen = new Set<number>();
  readonly waiting: Block[] = [];

  add(type: number, flags: number, body: Cursor): void {
    if (type === MESSAGE.continuation) {
      const address = body.place();
      if (this.#seen.has(address)) throw body.fail("The blocks of an object header go in a circle.");
      this.#seen.add(address);
      this.waiting.push({ address, length: body.length() });
      return;
    }
    this.messages.push({ type, shared: (flags & 2) !== 0, body });
    if (this.messages.length > MAX_MESSAGES)
      throw new LimitError(`An object has more than ${MAX_MESSAGES} properties.`, {
        format: "hdf5",
        field: "object header",
        offset: body.address,
      });
  }
}

async function readFirstVersion(file: Hdf5File, address: number, start: Cursor): Promise<Message[]> {
  const version = start.u8();
  if (version !== 1) throw start.fail("There is no object header here.");
  start.skip(1);
  const count = start.u16();
  start.skip(4);
  const length = start.u32();
  const found = new Collector();
  let left = count;
  // Behind the 12 bytes of prefix, four of padding.
  for (
    let block: Block | undefined = { address: address + 16, length };
    block !== undefined;
    block = found.waiting.shift()
  ) {
    const cursor = await file.structure(block.address, block.length, "object header");
    while (left > 0 && cursor.left >= 8) {
      const type = cursor.u16();
      const size = cursor.u16();
      const flags = cursor.u8();
      cursor.skip(3);
      found.add(type, flags, cursor.sub(size, "object header message"));
      left -= 1;
    }
  }
  return found.messages;
}

async function readModern(file: Hdf5File, address: number, start: Cursor): Promise<Message[]> {
  start.skip(4);
  if (start.u8() !== 2) throw start.fail("This version of object headers is not known.");
  const flags = start.u8();
  if ((flags & 0x20) !== 0) start.skip(16);
  if ((flags & 0x10) !== 0) start.skip(4);
  const length = start.uint(1 << (flags & 3));
  const prefix = start.at;
  const head = 4 + ((flags & 4) === 0 ? 0 : 2);
  const found = new Collector();
  const take = (cursor: Cursor) => {
    while (cursor.left >= head) {
      const type = cursor.u8();
      const size = cursor.u16();
      const messageFlags = cursor.u8();
      cursor.skip(head - 4);
      found.add(type, messageFlags, cursor.sub(size, "object header message"));
    }
  };
  const first = await file.checked(address, prefix + length + 4, "object header");
  first.skip(prefix);
  take(first);
  for (let block = found.waiting.shift(); block !== undefined; block = found.waiting.shift()) {
    const cursor = await file.checked(block.address, block.length, "object header continuation");
    cursor.signature("OCHK");
    take(cursor);
  }
  return found.messages;
}
