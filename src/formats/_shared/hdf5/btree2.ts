import { bytesFor, type Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";

const PREFIX = 6;
const SUM = 4;
const MAX_DEPTH = 32;

interface Tree {
  readonly type: number;
  readonly nodeBytes: number;
  readonly recordBytes: number;
  /** Per depth: records that fit, and bytes of the pointers' counts. */
  readonly levels: readonly { readonly most: number; readonly total: number; readonly totalBytes: number }[];
  readonly countBytes: number;
}

/** Walks a B-tree of version 2, calling `record` with the body of each record, in order. */
export async function walkBtree2(
  file: Hdf5File,
  address: number,
  types: readonly number[],
  record: (body: Cursor, type: number) => Promise<void> | void,
): Promise<void> {
  const head = await file.checked(address, 22 + file.widths.offset + file.widths.length, "B-tree");
  head.signature("BTHD");
  head.skip(1);
  const type = head.u8();
  if (!types.includes(type)) throw head.fail(`A B-tree of type ${type} stands where it has no meaning.`);
  const nodeBytes = head.u32();
  const recordBytes = head.u16();
  const depth = head.u16();
  head.skip(2);
  const root = head.addressOrNull();
  const count = head.u16();
  if (root === null || count === 0) return;
  if (depth > MAX_DEPTH || recordBytes === 0 || nodeBytes < PREFIX + SUM + recordBytes)
    throw head.fail("The sizes of a B-tree make no sense.");
  const tree = measure(file, { type, nodeBytes, recordBytes }, depth);
  const seen = new Set<number>();
  const visit = async (at: number, records: number, level: number): Promise<void> => {
    if (seen.has(at)) throw head.fail("A B-tree goes in a circle.");
    seen.add(at);
    const facts = tree.levels[level];
    const below = tree.levels[level - 1];
    if (facts === undefined || records > facts.most)
      throw head.fail("A node of a B-tree claims more than fits into it.");
    const pointer = below === undefined ? 0 : file.widths.offset + tree.countBytes + below.totalBytes;
    const length = PREFIX + records * recordBytes + (below === undefined ? 0 : (records + 1) * pointer) + SUM;
    const node = await file.checked(at, length, "B-tree node");
    node.signature(below === undefined ? "BTLF" : "BTIN");
    node.skip(2);
    const bodies: Cursor[] = [];
    for (let i = 0; i < records; i++) bodies.push(node.sub(recordBytes, "B-tree record"));
    for (let i = 0; i <= records; i++) {
      if (below !== undefined) {
        const child = node.place();
        const childRecords = node.uint(tree.countBytes);
        node.skip(below.totalBytes);
        await visit(child, childRecords, level - 1);
      }
      const body = bodies[i];
      if (body !== undefined) await record(body, type);
    }
  };
  await visit(root, count, depth);
}

/** How many records fit into a node of each depth decides how wide the counts in its pointers are. */
function measure(
  file: Hdf5File,
  tree: { readonly type: number; readonly nodeBytes: number; readonly recordBytes: number },
  depth: number,
): Tree {
  const leaf = Math.floor((tree.nodeBytes - PREFIX - SUM) / tree.recordBytes);
  const countBytes = bytesFor(leaf);
  const levels = [{ most: leaf, total: leaf, totalBytes: 0 }];
  for (let level = 1; level <= depth; level++) {
    const below = levels[level - 1] ?? { total: 0, totalBytes: 0 };
    const pointer = file.widths.offset + countBytes + below.totalBytes;
    const most = Math.max(0, Math.floor((tree.nodeBytes - PREFIX - SUM - pointer) / (tree.recordBytes + pointer)));
    const total = Math.min(Number.MAX_SAFE_INTEGER, (most + 1) * below.total + most);
    levels.push({ most, total, totalBytes: bytesFor(total) });
  }
  return { ...tree, levels, countBytes };
}
