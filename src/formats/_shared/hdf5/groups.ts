import { walkBtree1 } from "./btree1.ts";
import { walkBtree2 } from "./btree2.ts";
import type { Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";
import { FractalHeap } from "./fractalHeap.ts";
import { MESSAGE, type Message } from "./objectHeader.ts";

/** A name in a group, and what it leads to. */
export type Link =
  | { readonly name: string; readonly kind: "object"; readonly address: number }
  | { readonly name: string; readonly kind: "soft"; readonly path: string }
  | { readonly name: string; readonly kind: "external"; readonly file: string; readonly path: string }
  | { readonly name: string; readonly kind: "unknown" };

export const isGroup = (messages: readonly Message[]) =>
  messages.some(({ type }) => type === MESSAGE.symbolTable || type === MESSAGE.linkInfo || type === MESSAGE.link);

/** All links of a group: old (symbol table), new and few (messages), new and many (heap with B-tree). */
export async function readLinks(file: Hdf5File, messages: readonly Message[]): Promise<Link[]> {
  const links: Link[] = [];
  for (const { type, body } of messages) {
    if (type === MESSAGE.symbolTable) await readSymbolTable(file, body, links);
    else if (type === MESSAGE.link) links.push(readLink(body));
    else if (type === MESSAGE.linkInfo) await readDense(file, body, links);
  }
  return links;
}

async function readSymbolTable(file: Hdf5File, body: Cursor, links: Link[]): Promise<void> {
  const { offset, length } = file.widths;
  const tree = body.place();
  const heapAt = body.place();
  const heap = await file.structure(heapAt, 8 + 2 * length + offset, "local heap");
  heap.signature("HEAP");
  heap.skip(4);
  const size = heap.length();
  heap.skip(length);
  const names = await file.structure(heap.place(), size, "local heap");
  const nameAt = (at: number) => {
    names.at = Math.min(at, names.bytes.length);
    return names.zeroText(false);
  };
  await walkBtree1(file, tree, { type: 0, keyBytes: length, field: "group B-tree" }, async (_key, child) => {
    const head = await file.structure(child, 8, "symbol table node");
    head.signature("SNOD");
    head.skip(2);
    const count = head.u16();
    const entries = await file.structure(child + 8, count * (2 * offset + 24), "symbol table node");
    for (let i = 0; i < count; i++) {
      const name = nameAt(entries.uint(offset));
      const address = entries.addressOrNull();
      const kind = entries.u32();
      entries.skip(4);
      const scratch = entries.sub(16, "symbol table entry");
      if (kind === 2) links.push({ name, kind: "soft", path: nameAt(scratch.u32()) });
      else if (address === null) links.push({ name, kind: "unknown" });
      else links.push({ name, kind: "object", address });
    }
  });
}

async function readDense(file: Hdf5File, body: Cursor, links: Link[]): Promise<void> {
  body.skip(1);
  const flags = body.u8();
  if ((flags & 1) !== 0) body.skip(8);
  const heapAt = body.addressOrNull();
  const tree = body.addressOrNull();
  if (heapAt === null || tree === null) return;
  const heap = await FractalHeap.open(file, heapAt);
  await walkBtree2(file, tree, [5], async (record) => {
    record.skip(4);
    links.push(readLink(await heap.object(record.sub(7, "heap ID"))));
  });
}

function readLink(body: Cursor): Link {
  if (body.u8() !== 1) throw body.fail("This version of links is not known.");
  const flags = body.u8();
  const kind = (flags & 8) !== 0 ? body.u8() : 0;
  if ((flags & 4) !== 0) body.skip(8);
  if ((flags & 16) !== 0) body.skip(1);
  const name = body.text(body.uint(1 << (flags & 3)));
  if (kind === 0) return { name, kind: "object", address: body.place() };
  if (kind === 1) return { name, kind: "soft", path: body.text(body.u16()) };
  if (kind !== 64) return { name, kind: "unknown" };
  const target = body.sub(body.u16(), "external link");
  target.skip(1);
  return { name, kind: "external", file: target.zeroText(false), path: target.zeroText(false) };
}
