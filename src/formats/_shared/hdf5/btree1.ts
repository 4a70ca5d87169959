import type { Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";

/** Nodes below a root: more levels than this no honest tree has (each holds at least two children). */
const MAX_LEVEL = 48;

/**
 * Walks a B-tree of version 1 from its root, calling `leaf` with each key and child of the lowest level, in order.
 * A node that is its own ancestor, or is reached twice, ends the walk with an error.
 */
export async function walkBtree1(
  file: Hdf5File,
  root: number,
  kind: { readonly type: number; readonly keyBytes: number; readonly field: string },
  leaf: (key: Cursor, child: number) => Promise<void> | void,
): Promise<void> {
  const seen = new Set<number>();
  const visit = async (address: number, wanted: number | null): Promise<void> => {
    const head = await file.structure(address, 8 + 2 * file.widths.offset, kind.field);
    head.signature("TREE");
    const type = head.u8();
    const level = head.u8();
    const count = head.u16();
    if (type !== kind.type || level > MAX_LEVEL || (wanted !== null && level !== wanted))
      throw head.fail(`A node of the ${kind.field} is of the wrong kind.`);
    if (seen.has(address)) throw head.fail(`The ${kind.field} goes in a circle.`);
    seen.add(address);
    const step = kind.keyBytes + file.widths.offset;
    const body = await file.structure(address + 8 + 2 * file.widths.offset, count * step, kind.field);
    for (let i = 0; i < count; i++) {
      const key = body.sub(kind.keyBytes, kind.field);
      const child = body.place();
      if (level === 0) await leaf(key, child);
      else await visit(child, level - 1);
    }
  };
  await visit(root, null);
}
